import { describe, expect, it } from 'vitest';
import { Ring } from '../../src/live/ring.ts';
import { eventAt, messageOf } from '../support/events.ts';
import { range } from '../support/live.ts';

const CONVERSATION = 'a';
const MUCH = 1_000_000;

function filled(capacity: number, from: number, to: number): Ring {
	const ring = new Ring(capacity, MUCH, from - 1);
	for (const sequence of range(from, to)) ring.push(eventAt(CONVERSATION, sequence));
	return ring;
}

function held(ring: Ring): number[] {
	return range(0, ring.head + 2).filter((sequence) => ring.get(sequence)?.event.sequence === sequence);
}

describe('the newest events of a log', () => {
	it('are held up to the capacity', () => {
		const ring = filled(4, 1, 10);
		expect(ring.head).toBe(10);
		expect(held(ring)).toEqual([7, 8, 9, 10]);
	});

	it('begin behind the head that it was given', () => {
		const ring = filled(4, 8, 9);
		expect(held(ring)).toEqual([8, 9]);
		expect(ring.get(7)).toBeUndefined();
	});

	it.each([2, 4, 0, 9])('take no event but the next: %i after 3', (sequence) => {
		const ring = filled(4, 1, 3);
		if (sequence === 4) ring.push(eventAt(CONVERSATION, sequence));
		else expect(() => ring.push(eventAt(CONVERSATION, sequence))).toThrow(RangeError);
	});

	it('are forgotten at a reset', () => {
		const ring = filled(4, 1, 6);
		ring.reset(3);
		expect(ring.head).toBe(3);
		expect(held(ring)).toEqual([]);
		ring.push(eventAt(CONVERSATION, 4));
		expect(held(ring)).toEqual([4]);
	});
});

describe('the weight of the events held', () => {
	const heavy = (sequence: number, characters: number, id = `${sequence}`) =>
		eventAt(CONVERSATION, sequence, { messageId: id, message: messageOf(id, 'x'.repeat(characters)) });

	it('is bounded: the oldest go first, the newest stays in any case', () => {
		const ring = new Ring(100, 50_000, 0);
		for (const sequence of range(1, 20)) ring.push(heavy(sequence, 5_000));
		const kept = held(ring);
		expect(kept.at(-1)).toBe(20);
		expect(kept.length).toBeGreaterThan(1);
		expect(kept.length).toBeLessThanOrEqual(5);
		ring.push(heavy(21, 100_000));
		expect(held(ring)).toEqual([21]);
		ring.push(heavy(22, 100));
		expect(held(ring)).toEqual([22]);
	});

	it('is that of what is there: what was dropped, reset or deleted weighs nothing', () => {
		const ring = new Ring(3, 20_000, 0);
		for (const sequence of range(1, 50)) ring.push(heavy(sequence, 2_000));
		expect(held(ring)).toEqual([48, 49, 50]);
		ring.reset(100);
		for (const sequence of range(101, 103)) ring.push(heavy(sequence, 2_000));
		expect(held(ring)).toEqual([101, 102, 103]);
		ring.push({ ...heavy(104, 0, '102'), type: 'MessageDeleted' });
		ring.push(heavy(105, 6_000));
		expect(held(ring)).toEqual([103, 104, 105]);
		ring.push({ ...heavy(106, 9_000, '105'), type: 'MessageEdited' });
		expect(held(ring).at(-1)).toBe(106);
		expect(held(ring)).not.toContain(104);
	});
});

describe('a message that changes', () => {
	const sent = (sequence: number, id: string, body: string) =>
		eventAt(CONVERSATION, sequence, { messageId: id, message: messageOf(id, body) });
	const changed = (
		sequence: number,
		id: string,
		body: string,
		type: 'MessageEdited' | 'MessageDeleted' | 'DeliveryChanged',
	) => ({
		...sent(sequence, id, body),
		type,
	});
	const bodyAt = (ring: Ring, sequence: number) => {
		const event = ring.get(sequence)?.event;
		return event?.type === 'HistoryReset' ? undefined : event?.message?.body;
	};

	it.each(['MessageEdited', 'MessageDeleted'] as const)('%s: its earlier events change with it', (type) => {
		const ring = new Ring(8, MUCH, 0);
		ring.push(sent(1, 'm', 'old'));
		ring.push(sent(2, 'n', 'another'));
		ring.push(changed(3, 'm', 'newer', 'MessageEdited'));
		const before = [1, 2, 3].map((sequence) => ring.get(sequence)?.id);
		const last = type === 'MessageDeleted' ? '' : 'newest';
		ring.push(changed(4, 'm', last, type));
		expect([1, 2, 3, 4].map((sequence) => bodyAt(ring, sequence))).toEqual([last, 'another', last, last]);
		expect(ring.get(1)?.event.type).toBe('MessageSent');
		// No text made of the old state is found again: of another message neither, which may show it by a reply.
		const after = [1, 2, 3].map((sequence) => ring.get(sequence)?.id);
		expect(after.filter((id) => before.includes(id))).toEqual([]);
		expect(new Set(after).size).toBe(3);
	});

	it('leaves it known which events were measured', () => {
		const ring = new Ring(8, MUCH, 0);
		ring.push(sent(1, 'm', 'old'), 1_000);
		ring.push(sent(2, 'n', 'another'), 2_000);
		const measured = ring.get(1);
		if (measured) measured.isMeasured = true;
		ring.push(changed(3, 'm', '', 'MessageDeleted'), 3_000);
		expect([1, 2, 3].map((sequence) => ring.get(sequence))).toMatchObject([
			{ committedAt: 1_000, isMeasured: true },
			{ committedAt: 2_000, isMeasured: false },
			{ committedAt: 3_000, isMeasured: false },
		]);
	});

	it('of its delivery alone leaves what was made ready of the others, and a deletion reaches that event too', () => {
		const ring = new Ring(8, MUCH, 0);
		ring.push(sent(1, 'm', 'text'));
		ring.push(changed(2, 'm', 'text', 'DeliveryChanged'));
		const ready = ring.get(1);
		ring.push(changed(3, 'm', 'text', 'DeliveryChanged'));
		expect(ring.get(1)).toBe(ready);
		ring.push(changed(4, 'm', '', 'MessageDeleted'));
		expect([1, 2, 3, 4].map((sequence) => bodyAt(ring, sequence))).toEqual(['', '', '', '']);
	});

	it('whose earlier events are forgotten already is no matter', () => {
		const ring = new Ring(2, MUCH, 0);
		ring.push(sent(1, 'm', 'old'));
		ring.push(sent(2, 'n', 'b'));
		ring.push(sent(3, 'o', 'c'));
		ring.push(changed(4, 'm', 'new', 'MessageEdited'));
		expect([1, 2, 3, 4].map((sequence) => bodyAt(ring, sequence))).toEqual([
			undefined,
			undefined,
			'c',
			'new',
		]);
	});
});
