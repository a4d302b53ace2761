import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../src/identity/viewer.ts';
import { Feeds } from '../../src/live/feeds.ts';
import { eventAt, userOf } from '../support/events.ts';
import { eventually } from '../support/live.ts';
import { CONVERSATION, FakeBus, FakeLog, KeepingSink } from './log.ts';

const ALICE = userOf('alice');

let log: FakeLog;
let bus: FakeBus;
let feeds: Feeds;
let errors: unknown[];

beforeEach(async () => {
	log = new FakeLog(9);
	bus = new FakeBus();
	errors = [];
	feeds = new Feeds(log, bus, {
		ringEvents: 8,
		ringBytes: 1_000_000,
		onDelivered: () => undefined,
		checkIntervalMs: 3_600_000,
		idleMs: 3_600_000,
		slowReaderMaxMs: 3_600_000,
		onSignal: () => undefined,
		onError: (error) => errors.push(error),
	});
	await feeds.start();
});
afterEach(() => feeds.stop());

async function follow(user: User = ALICE): Promise<KeepingSink> {
	const sink = new KeepingSink();
	const follower = await feeds.follow(CONVERSATION, user, sink, { accessFrom: log.head, after: log.head });
	follower.pump();
	return sink;
}

/** Another log in the place of this one: of this length, and found out by the next look at it. */
function replaceLog(length: number): void {
	log.epochName = 'second';
	log.events = [];
	log.grow(length);
}

const reset = (reason: string, resumeFrom: number) => ({ type: 'HistoryReset', reason, resumeFrom });

describe('a log that is another one', () => {
	it('ends one who is no member in it, and tells nothing of it', async () => {
		const sink = await follow();
		replaceLog(20);
		log.strangers.add(ALICE.id);
		bus.interrupt();
		await sink.isEnded();
		bus.deliver({ kind: 'events', events: log.grow(1) });
		expect(sink).toMatchObject({ delivered: [], ended: { reason: undefined } });
	});

	it('brings nothing until it is known who is a member in it', async () => {
		const sink = await follow();
		const ofStaff = await follow(userOf('agent', 'AGENT'));
		replaceLog(20);
		// The heads are answered, the question who is a member is held.
		const release = log.holdMembers();
		bus.interrupt();
		await ofStaff.reaches(20);
		bus.deliver({ kind: 'events', events: log.grow(1) });
		await ofStaff.reaches(21);
		expect(sink.delivered).toEqual([]);
		release();
		await sink.reaches(21);
		expect(sink.delivered).toMatchObject([reset('REPLACED', 20), { sequence: 21 }]);
	});

	it('brings one who left it before it was known, to their end', async () => {
		const sink = await follow();
		const other = await follow(userOf('bob'));
		replaceLog(2);
		bus.interrupt();
		await sink.reaches(2);
		await other.reaches(2);
		// Below the head that the log before had.
		log.events.push(eventAt(CONVERSATION, 3, { type: 'MemberLeft', memberId: ALICE.id }));
		bus.deliver({ kind: 'events', events: log.events.slice(-1) });
		bus.deliver({ kind: 'events', events: log.grow(1) });
		await other.reaches(4);
		expect(sink.delivered).toMatchObject([reset('REPLACED', 2), { type: 'MemberLeft', sequence: 3 }]);
		expect(sink.ended).toEqual({ reason: undefined });
		expect(other.ended).toBeUndefined();
	});

	it('that comes in the middle of a look is told once', async () => {
		const sink = await follow(userOf('agent', 'AGENT'));
		log.onceRead(() => replaceLog(2));
		bus.interrupt();
		await sink.reaches(2);
		bus.interrupt();
		await eventually(() => feeds.epoch, 'second');
		// Another reset would come before what is told now.
		bus.deliver({ kind: 'events', events: log.grow(1) });
		await sink.reaches(3);
		expect(sink.delivered).toMatchObject([reset('REPLACED', 2), { sequence: 3 }]);
	});

	it('is told once, however many looks find it', async () => {
		for (const change of [() => replaceLog(20), () => log.events.splice(2)]) {
			const sink = await follow(userOf('agent', 'AGENT'));
			change();
			bus.interrupt();
			bus.interrupt();
			await sink.reaches(log.head);
			bus.deliver({ kind: 'events', events: log.grow(1) });
			await sink.reaches(log.head);
			expect(sink.delivered).toMatchObject([reset('REPLACED', log.head - 1), { sequence: log.head }]);
		}
	});

	it('brings nothing that was still being read of the log before', async () => {
		const sink = await follow(userOf('agent', 'AGENT'));
		log.grow(30);
		const release = log.hold();
		bus.deliver({ kind: 'head', sequence: 39 });
		// Whoever asks from now on is answered.
		log.hold()();
		replaceLog(20);
		bus.interrupt();
		await sink.reaches(20);
		release();
		await eventually(() => log.reads, 2);
		bus.deliver({ kind: 'events', events: log.grow(1) });
		await sink.reaches(21);
		expect(sink.delivered).toMatchObject([reset('REPLACED', 20), { sequence: 21 }]);
	});

	it('begins again with one who comes with a place of the log before', async () => {
		replaceLog(20);
		bus.interrupt();
		await eventually(() => feeds.epoch, 'second');
		const sink = new KeepingSink();
		const place = { accessFrom: 9, after: 9, epoch: 'first' };
		(await feeds.follow(CONVERSATION, ALICE, sink, place)).pump();
		await sink.reaches(20);
		expect(sink.delivered).toMatchObject([reset('REPLACED', 20)]);
	});

	it('is told to one who came with a place of the log before, while its heads were read', async () => {
		await feeds.follow('another conversation', ALICE, new KeepingSink(), { accessFrom: 9, after: 9 });
		let release = () => {};
		// The heads of the look are answered, those of the new log are held.
		log.onceRead(() => {
			release = log.hold();
		});
		replaceLog(20);
		bus.interrupt();
		await setImmediate();
		// Whoever asks from now on is answered.
		log.hold()();
		const sink = new KeepingSink();
		const place = { accessFrom: 9, after: 9, epoch: feeds.epoch };
		(await feeds.follow(CONVERSATION, ALICE, sink, place)).pump();
		expect(feeds.epoch).toBe('first');
		release();
		await eventually(() => sink.delivered.some(({ type }) => type === 'HistoryReset'), true);
		expect(sink.delivered.at(-1)).toMatchObject(reset('REPLACED', 20));
	});

	it('whose heads cannot be read is told at the next look', async () => {
		const sink = await follow();
		replaceLog(20);
		log.failNext(1);
		bus.interrupt();
		await eventually(() => errors.length, 1);
		expect(feeds.epoch).toBe('first');
		expect(sink.delivered).toEqual([]);
		bus.interrupt();
		await sink.reaches(20);
		expect(sink.delivered).toMatchObject([reset('REPLACED', 20)]);
		expect(feeds.epoch).toBe('second');
	});

	it('whose members cannot be read ends the follower with the failure', async () => {
		const sink = await follow();
		replaceLog(20);
		log.failNextMembers(1);
		bus.interrupt();
		await sink.isEnded();
		expect(sink.ended?.reason).toBeInstanceOf(Error);
		expect(sink.delivered).toEqual([]);
	});

	it('once more, while the first question is open, is told once', async () => {
		const sink = await follow();
		replaceLog(20);
		const release = log.holdMembers();
		bus.interrupt();
		await eventually(() => log.memberReads, 1);
		log.epochName = 'third';
		log.grow(5);
		bus.interrupt();
		await eventually(() => log.memberReads, 2);
		release();
		await sink.reaches(25);
		expect(sink.delivered).toMatchObject([reset('REPLACED', 25)]);
	});
});

it('a departure among the events that the log has lost ends its follower', async () => {
	const sink = await follow();
	log.grow(4);
	log.events = log.events.filter(({ sequence }) => sequence > 11);
	log.strangers.add(ALICE.id);
	bus.deliver({ kind: 'head', sequence: 13 });
	await sink.isEnded();
	expect(sink).toMatchObject({ delivered: [], ended: { reason: undefined } });
});
