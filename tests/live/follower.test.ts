import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../src/identity/viewer.ts';
import { Feeds } from '../../src/live/feeds.ts';
import type { Follower } from '../../src/live/follower.ts';
import type { Delivery } from '../../src/live/ring.ts';
import { eventAt, userOf } from '../support/events.ts';
import { eventually, range } from '../support/live.ts';
import { CONVERSATION, FakeBus, FakeLog, KeepingSink } from './log.ts';

const SLOW_MS = 200;

let log: FakeLog;
let bus: FakeBus;
let feeds: Feeds;

beforeEach(() => {
	log = new FakeLog();
	bus = new FakeBus();
	feeds = new Feeds(log, bus, {
		ringEvents: 4,
		ringBytes: 1_000_000,
		onDelivered: () => undefined,
		checkIntervalMs: 3_600_000,
		idleMs: 3_600_000,
		slowReaderMaxMs: SLOW_MS,
		onSignal: () => undefined,
		onError: () => undefined,
	});
});
afterEach(() => feeds.stop());

async function follow(
	sink: KeepingSink,
	{
		after = 0,
		accessFrom = log.head,
		user = userOf('alice'),
	}: { after?: number; accessFrom?: number; user?: User } = {},
): Promise<Follower> {
	const follower = await feeds.follow(CONVERSATION, user, sink, { accessFrom, after });
	follower.pump();
	return follower;
}

function departure(sequence: number, memberId: string) {
	return eventAt(CONVERSATION, sequence, { type: 'MemberLeft', memberId });
}

describe('a sink without room', () => {
	it('gets nothing more, and the rest when it has room again', async () => {
		log.grow(10);
		const sink = new KeepingSink();
		sink.room = 2;
		await follow(sink);
		await sink.reaches(2);
		for (let step = 0; step < 5; step++) bus.deliver({ kind: 'events', events: log.grow(1) });
		expect(sink.sequences).toEqual([1, 2]);
		sink.room = Number.POSITIVE_INFINITY;
		await sink.reaches(15);
		expect(sink.sequences).toEqual(range(1, 15));
	});

	it('is ended as slow when it has none for too long, and no sooner', async () => {
		log.grow(3);
		const sink = new KeepingSink();
		sink.room = 1;
		const began = performance.now();
		await follow(sink);
		await sink.isEnded();
		expect(performance.now() - began).toBeGreaterThanOrEqual(SLOW_MS - 5);
		expect(sink.ended).toEqual({ reason: 'slow' });
		bus.deliver({ kind: 'events', events: log.grow(1) });
		expect(sink.sequences).toEqual([1]);
	});

	it('is not slow as long as it takes a little in between', async () => {
		log.grow(12);
		const sink = new KeepingSink();
		sink.room = 1;
		await follow(sink);
		await sink.reaches(1);
		const began = performance.now();
		// Altogether longer than what is too long at a stretch.
		for (const sequence of range(2, 8)) {
			sink.room = 1;
			await sink.reaches(sequence);
		}
		sink.room = Number.POSITIVE_INFINITY;
		await sink.reaches(12);
		expect(performance.now() - began).toBeGreaterThan(SLOW_MS);
		expect(sink.ended).toBeUndefined();
	});

	it('holds up nobody else', async () => {
		log.grow(1);
		const slow = new KeepingSink();
		slow.room = 1;
		const quick = new KeepingSink();
		await follow(slow);
		await follow(quick);
		await quick.reaches(1);
		bus.deliver({ kind: 'events', events: log.grow(3) });
		expect(quick.sequences).toEqual([1, 2, 3, 4]);
		expect(slow.sequences).toEqual([1]);
	});
});

describe('a sink that takes its time with an event', () => {
	class PatientSink extends KeepingSink {
		readonly open: PromiseWithResolvers<void>[] = [];

		override deliver(delivery: Delivery): Promise<void> {
			super.deliver(delivery);
			const one = Promise.withResolvers<void>();
			this.open.push(one);
			return one.promise;
		}
	}

	it('gets the next one behind it', async () => {
		const sink = new PatientSink();
		await follow(sink);
		bus.deliver({ kind: 'events', events: log.grow(3) });
		expect(sink.sequences).toEqual([1]);
		bus.deliver({ kind: 'events', events: log.grow(1) });
		expect(sink.sequences).toEqual([1]);
		for (const sequence of range(1, 4)) {
			await sink.reaches(sequence);
			sink.open.at(-1)?.resolve();
		}
		expect(sink.sequences).toEqual([1, 2, 3, 4]);
	});

	it('is ended by its failure', async () => {
		const sink = new PatientSink();
		await follow(sink);
		bus.deliver({ kind: 'events', events: log.grow(2) });
		const failure = new Error('It could not be written.');
		sink.open[0]?.reject(failure);
		await sink.isEnded();
		expect(sink.ended).toEqual({ reason: failure });
		expect(sink.sequences).toEqual([1]);
	});
});

describe('followers that read a long log', () => {
	it('take turns with each other and with everything else, a page in each', async () => {
		log.grow(1_000);
		await follow(new KeepingSink(), { after: 1_000 });
		const sinks = [new KeepingSink(), new KeepingSink(), new KeepingSink()];
		for (const sink of sinks) await follow(sink);
		const steps: number[] = [];
		for (let before = 0; before < 3_000; before += steps.at(-1) ?? 0) {
			await setImmediate();
			steps.push(sinks.reduce((sum, { sequences }) => sum + sequences.length, -before));
		}
		expect(Math.max(...steps)).toBeLessThanOrEqual(100);
		for (const sink of sinks) expect(sink.sequences).toEqual(range(1, 1_000));
	});
});

describe('the end of access', () => {
	it('comes with the own departure above where access was checked', async () => {
		log.events = [departure(1, 'alice'), departure(2, 'bob'), departure(3, 'alice'), departure(4, 'alice')];
		const sink = new KeepingSink();
		await follow(sink, { accessFrom: 3 });
		await sink.isEnded();
		expect(sink.sequences).toEqual([1, 2, 3, 4]);
		expect(sink.ended).toEqual({ reason: undefined });
		log.events.push(...log.grow(1));
		bus.deliver({ kind: 'head', sequence: 5 });
		expect(sink.sequences).toEqual([1, 2, 3, 4]);
	});

	it('is not the end for staff', async () => {
		log.events = [departure(1, 'alice')];
		const sink = new KeepingSink();
		await follow(sink, { accessFrom: 0, user: userOf('alice', 'AGENT') });
		await sink.reaches(1);
		bus.deliver({ kind: 'events', events: log.grow(1) });
		expect(sink.sequences).toEqual([1, 2]);
		expect(sink.ended).toBeUndefined();
	});
});

describe('one who has stopped', () => {
	it('gets nothing more and is not told', async () => {
		const sink = new KeepingSink();
		const follower = await follow(sink);
		bus.deliver({ kind: 'events', events: log.grow(1) });
		follower.stop('unfollowed');
		follower.stop('unfollowed');
		bus.deliver({ kind: 'events', events: log.grow(1) });
		expect(sink.sequences).toEqual([1]);
		expect(sink.ended).toBeUndefined();
	});

	it('while its page is read gets nothing of it', async () => {
		log.grow(10);
		await follow(new KeepingSink(), { after: 10 });
		const release = log.hold();
		const sink = new KeepingSink();
		const follower = await follow(sink);
		await eventually(() => log.reads, 1);
		follower.stop('unfollowed');
		release();
		const other = new KeepingSink();
		await follow(other);
		await other.reaches(10);
		expect(sink.sequences).toEqual([]);
	});
});
