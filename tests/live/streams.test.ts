import { afterAll, describe, expect, it } from 'vitest';
import { ActivityStream } from '../../src/live/activity.ts';
import { EventStream, StreamEnded } from '../../src/live/event-stream.ts';
import { Feeds } from '../../src/live/feeds.ts';
import type { Follower } from '../../src/live/follower.ts';
import { userOf } from '../support/events.ts';
import { CONVERSATION, FakeBus, FakeLog } from './log.ts';

const feeds = new Feeds(new FakeLog(1), new FakeBus(), {
	ringEvents: 8,
	ringBytes: 1_000_000,
	onDelivered: () => undefined,
	checkIntervalMs: 3_600_000,
	idleMs: 3_600_000,
	slowReaderMaxMs: 3_600_000,
	onSignal: () => undefined,
	onError: () => undefined,
});
afterAll(() => feeds.stop());

function followerOf(stream: EventStream): Promise<Follower> {
	return feeds.follow(CONVERSATION, userOf('alice'), stream, { accessFrom: 1, after: 1 });
}

/** Ends and closes are counted by what is told of them. */
function counter() {
	const counted = { closes: 0, onClose: () => void counted.closes++ };
	return counted;
}

describe('a stream that ended before its end could be told', () => {
	it('of events: is told at once, and once', async () => {
		const stream = new EventStream();
		const follower = await followerOf(stream);
		follower.stop('slow');
		const closed = counter();
		stream.attach(follower, closed.onClose);
		expect(closed.closes).toBe(1);
		await expect(stream.next()).rejects.toThrow(StreamEnded);
		await stream.return();
		expect(closed.closes).toBe(1);
	});

	it('of activity: is told at once, and once', async () => {
		const stream = new ActivityStream();
		stream.end();
		const closed = counter();
		stream.attach(closed.onClose);
		expect(closed.closes).toBe(1);
		expect(await stream.next()).toEqual({ value: undefined, done: true });
		await stream.return();
		expect(closed.closes).toBe(1);
	});
});

it('a stream of activity that is open is told of its end then', async () => {
	const stream = new ActivityStream();
	const closed = counter();
	stream.attach(closed.onClose);
	expect(closed.closes).toBe(0);
	await stream.return();
	expect(closed.closes).toBe(1);
});
