import { describe, expect, it } from 'vitest';
import { Ring } from '../../src/live/ring.ts';
import { eventAt, messageOf } from '../support/events.ts';
import { range } from '../support/live.ts';

const CONVERSATION = 'a';

function filled(capacity: number, from: number, to: number): Ring {
	const ring = new Ring(capacity, from - 1);
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

describe('a message that changes', () => {
	const sent = (sequence: number, id: string, body: string) =>
		eventAt(CONVERSATION, sequence, { messageId: id, message: messageOf(id, body) });
	const changed = (sequence: number, id: string, body: string, type: 'MessageEdited' | 'MessageDeleted') => ({
		...sent(sequence, id, body),
		type,
	});
	const bodyAt = (ring: Ring, sequence: number) => {
		const event = ring.get(sequence)?.event;
		return event?.type === 'HistoryReset' ? undefined : event?.message?.body;
	};

	it.each(['MessageEdited', 'MessageDeleted'] as const)('%s: its earlier events change with it', (type) => {
		const ring = new Ring(8, 0);
		ring.push(sent(1, 'm', 'old'));
		ring.push(sent(2, 'n', 'another'));
		ring.push(changed(3, 'm', 'newer', 'MessageEdited'));
		for (const sequence of [1, 2, 3]) ring.get(sequence)?.rendered.set({}, 'made ready');
		const other = ring.get(2);
		const last = type === 'MessageDeleted' ? '' : 'newest';
		ring.push(changed(4, 'm', last, type));
		expect([1, 2, 3, 4].map((sequence) => bodyAt(ring, sequence))).toEqual([last, 'another', last, last]);
		expect(ring.get(1)?.event.type).toBe('MessageSent');
		// What was made of the old state is gone; what was made of another message is not.
		expect(ring.get(1)?.rendered.size).toBe(0);
		expect(ring.get(3)?.rendered.size).toBe(0);
		expect(ring.get(2)).toBe(other);
	});

	it('whose earlier events are forgotten already is no matter', () => {
		const ring = new Ring(2, 0);
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
