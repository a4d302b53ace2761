import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Feeds, type FeedsOptions } from '../../src/live/feeds.ts';
import { userOf } from '../support/events.ts';
import { eventually, range } from '../support/live.ts';
import { CONVERSATION, FakeBus, FakeLog, KeepingSink } from './log.ts';

const ALICE = userOf('alice');

let log: FakeLog;
let bus: FakeBus;
let feeds: Feeds;
let errors: unknown[];

beforeEach(() => {
	log = new FakeLog(3);
	bus = new FakeBus();
	errors = [];
	startFeeds();
});
afterEach(() => {
	feeds.stop();
	vi.useRealTimers();
});

/** With a slow beat that no test lives to see, unless it asks for one. */
function startFeeds(more: Partial<FeedsOptions> = {}): void {
	feeds = new Feeds(log, bus, {
		ringEvents: 8,
		ringBytes: 1_000_000,
		onDelivered: () => undefined,
		checkIntervalMs: 3_600_000,
		idleMs: 3_600_000,
		slowReaderMaxMs: 3_600_000,
		onSignal: () => undefined,
		onError: (error) => errors.push(error),
		...more,
	});
}

async function follow(after = log.head): Promise<KeepingSink> {
	const sink = new KeepingSink();
	const follower = await feeds.follow(CONVERSATION, ALICE, sink, { accessFrom: log.head, after });
	follower.pump();
	return sink;
}

describe('many followers', () => {
	const MANY = 300;
	const followAll = () => Promise.all(range(1, MANY).map(() => follow()));
	const reached = (sinks: readonly KeepingSink[], sequence: number) =>
		sinks.filter(({ sequences }) => sequences.at(-1) === sequence).length;
	const deliver = () => bus.deliver({ kind: 'events', events: log.grow(1) });

	it('are reached one part after the other, and nobody else is held up meanwhile', async () => {
		const sinks = await followAll();
		deliver();
		const atOnce = reached(sinks, 4);
		expect(atOnce).toBeGreaterThan(0);
		expect(atOnce).toBeLessThan(MANY / 2);
		await new Promise((resolve) => setImmediate(resolve));
		expect(reached(sinks, 4)).toBeGreaterThan(atOnce);
		await Promise.all(sinks.map((sink) => sink.reaches(4)));
	});

	it('get what comes meanwhile along with what they still wait for, each event once', async () => {
		const sinks = await followAll();
		deliver();
		deliver();
		await Promise.all(sinks.map((sink) => sink.reaches(5)));
		for (const { sequences } of sinks) expect(sequences).toEqual([4, 5]);
	});

	it('are all reached when others come meanwhile', async () => {
		const sinks = await followAll();
		deliver();
		deliver();
		const later = await followAll();
		await Promise.all(sinks.map((sink) => sink.reaches(5)));
		for (const { sequences } of sinks) expect(sequences).toEqual([4, 5]);
		for (const { sequences } of later) expect(sequences).toEqual([]);
	});
});

describe('wake-ups', () => {
	it('bring events without a read of the log', async () => {
		const sink = await follow();
		bus.deliver({ kind: 'events', events: log.grow(2) });
		expect(sink.sequences).toEqual([4, 5]);
		expect(log.reads).toBe(0);
	});

	it('that come twice or late bring nothing again', async () => {
		const sink = await follow();
		const first = log.grow(2);
		const second = log.grow(1);
		for (const events of [first, second, first, second, [...first, ...second]])
			bus.deliver({ kind: 'events', events });
		bus.deliver({ kind: 'head', sequence: 4 });
		expect(sink.sequences).toEqual([4, 5, 6]);
		expect(log.reads).toBe(0);
	});

	it('that overlap with what is known bring what is new', async () => {
		const sink = await follow();
		const events = log.grow(3);
		bus.deliver({ kind: 'events', events: events.slice(0, 2) });
		bus.deliver({ kind: 'events', events });
		expect(sink.sequences).toEqual([4, 5, 6]);
	});

	it('that show a gap have it read from the log', async () => {
		const sink = await follow();
		log.grow(2);
		bus.deliver({ kind: 'events', events: log.grow(1) });
		await sink.reaches(6);
		expect(sink.sequences).toEqual([4, 5, 6]);
		expect(log.reads).toBe(1);
	});

	it('that only tell how far the log is have it read', async () => {
		const sink = await follow();
		log.grow(450);
		bus.deliver({ kind: 'head', sequence: log.head });
		await sink.reaches(453);
		expect(sink.sequences).toEqual(range(4, 453));
	});

	it('while the log is being read are not lost', async () => {
		const sink = await follow();
		log.grow(1);
		const release = log.hold();
		bus.deliver({ kind: 'head', sequence: 4 });
		bus.deliver({ kind: 'events', events: log.grow(1) });
		bus.deliver({ kind: 'events', events: log.grow(1) });
		expect(sink.sequences).toEqual([]);
		release();
		await sink.reaches(6);
		expect(sink.sequences).toEqual([4, 5, 6]);
	});

	it('before it has started are not lost', async () => {
		const release = log.hold();
		const begun = follow(3);
		await eventually(() => bus.subscribers, 1);
		bus.deliver({ kind: 'events', events: log.grow(2) });
		release();
		const sink = await begun;
		await sink.reaches(5);
		expect(sink.sequences).toEqual([4, 5]);
	});

	it('of a log that cannot be read are made good by the next one', async () => {
		const sink = await follow();
		log.grow(1);
		log.failNext(1);
		bus.deliver({ kind: 'head', sequence: 4 });
		await eventually(() => errors.length, 1);
		expect(sink.ended).toBeUndefined();
		bus.deliver({ kind: 'events', events: log.grow(1) });
		await sink.reaches(5);
		expect(sink.sequences).toEqual([4, 5]);
	});
});

describe('the look at the log', () => {
	it('at a slow beat finds what no wake-up told', async () => {
		startFeeds({ checkIntervalMs: 10 });
		await feeds.start();
		const sink = await follow();
		log.grow(2);
		await sink.reaches(5);
		expect(sink.sequences).toEqual([4, 5]);
	});

	it('comes at once when the bus was interrupted', async () => {
		await feeds.start();
		const sink = await follow();
		log.grow(2);
		bus.interrupt();
		await sink.reaches(5);
		expect(sink.sequences).toEqual([4, 5]);
	});

	it('that comes while a feed starts is made good by that', async () => {
		await feeds.start();
		const release = log.hold();
		const begun = follow(3);
		await eventually(() => bus.subscribers, 1);
		log.grow(2);
		// Whoever asks from now on is answered.
		log.hold()();
		bus.interrupt();
		await new Promise((resolve) => setImmediate(resolve));
		release();
		const sink = await begun;
		await sink.reaches(5);
		expect(sink.sequences).toEqual([4, 5]);
	});

	it('resets the followers of a log that has become shorter', async () => {
		await feeds.start();
		const sink = await follow(0);
		await sink.reaches(3);
		log.events.length = 1;
		bus.interrupt();
		await sink.reaches(1);
		expect(sink.delivered.at(-1)).toMatchObject({ type: 'HistoryReset', reason: 'REPLACED', resumeFrom: 1 });
		bus.deliver({ kind: 'events', events: log.grow(1) });
		expect(sink.sequences).toEqual([1, 2, 3, 1, 2]);
	});

	it('resets the followers of a log that is another one, however long', async () => {
		await feeds.start();
		const sink = await follow();
		log.epochName = 'second';
		log.grow(4);
		bus.interrupt();
		await sink.reaches(7);
		expect(sink.delivered).toMatchObject([{ type: 'HistoryReset', reason: 'REPLACED', resumeFrom: 7 }]);
	});

	it('resets followers where the log has lost what comes next', async () => {
		await feeds.start();
		const sink = await follow();
		log.grow(4);
		log.events = log.events.filter(({ sequence }) => sequence > 5);
		bus.deliver({ kind: 'head', sequence: 7 });
		await sink.reaches(7);
		expect(sink.delivered).toMatchObject([
			{ type: 'HistoryReset', reason: 'PURGED', resumeFrom: 5 },
			{ sequence: 6 },
			{ sequence: 7 },
		]);
	});
});

describe('the delivery of an event', () => {
	it('is told once, at the first who is live, with the time of its commit', async () => {
		const told: [number, number | undefined][] = [];
		startFeeds({ onDelivered: ({ event, committedAt }) => told.push([event.sequence, committedAt]) });
		await follow();
		await follow();
		bus.deliver({ kind: 'events', events: log.grow(2), committedAt: 1_000 });
		expect(told).toEqual([
			[4, 1_000],
			[5, 1_000],
		]);
		// What is read again is no delivery to one who is live.
		const late = await follow(0);
		await late.reaches(5);
		expect(told.length).toBe(2);
	});
});

describe('a feed', () => {
	it('is shared by all who follow', async () => {
		const sinks = await Promise.all([follow(), follow(), follow(0)]);
		expect(bus.subscribers).toBe(1);
		bus.deliver({ kind: 'events', events: log.grow(1) });
		for (const sink of sinks) await sink.reaches(4);
	});

	it('is dropped some time after its last follower, and begun again by the next', async () => {
		startFeeds({ idleMs: 0 });
		const sink = new KeepingSink();
		const follower = await feeds.follow(CONVERSATION, ALICE, sink, { accessFrom: 3, after: 3 });
		follower.stop('unfollowed');
		await eventually(() => bus.subscribers, 0);
		const next = await follow();
		expect(bus.subscribers).toBe(1);
		bus.deliver({ kind: 'events', events: log.grow(1) });
		expect(next.sequences).toEqual([4]);
		expect(sink.sequences).toEqual([]);
	});

	it('is kept while a slow start is waited for', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		startFeeds({ idleMs: 1_000 });
		const release = log.hold();
		const begun = follow(3);
		await vi.advanceTimersByTimeAsync(10_000);
		release();
		const sink = await begun;
		bus.deliver({ kind: 'events', events: log.grow(1) });
		expect(sink.sequences).toEqual([4]);
	});

	it('that could not start leaves nothing behind, and the next one starts', async () => {
		log.failNext(1);
		await expect(follow()).rejects.toThrow('cannot be read');
		expect(bus.subscribers).toBe(0);
		const sink = await follow();
		bus.deliver({ kind: 'events', events: log.grow(1) });
		expect(sink.sequences).toEqual([4]);
	});

	it('tells its followers when the service stops', async () => {
		const sink = await follow();
		feeds.stop();
		expect(sink.ended).toEqual({ reason: 'stopping' });
		expect(bus.subscribers).toBe(0);
	});
});
