import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RedisBus } from '../../src/bus/redis.ts';
import { encode, pack } from '../../src/bus/wire.ts';
import type { WakeUp } from '../../src/live/bus.ts';
import { BusRecord, Heard, head, openRedisBus, TEST_PREFIX } from '../support/bus.ts';
import { eventAt, messageOf, userOf } from '../support/events.ts';
import { redisUrl, skipWithoutRedis } from '../support/find-redis.ts';
import { deliveryOf, goingOut, incomingOf } from '../support/outside.ts';

const MAX_EVENT_BYTES = 2_000;

describe.skipIf(skipWithoutRedis('what comes over the bus'))('what comes over Redis', () => {
	let stranger: Redis;
	let node: { readonly url: string; readonly database: string; readonly env: Record<string, string> };
	let bus: RedisBus;
	let record: BusRecord;
	let heard: Heard;
	let epoch: string;

	beforeEach(async () => {
		const url = redisUrl() ?? '';
		stranger = new Redis(url);
		node = { url, database: randomUUID(), env: { WAKE_UP_MAX_BYTES: String(MAX_EVENT_BYTES) } };
		record = new BusRecord();
		heard = new Heard();
		epoch = 'one';
		bus = await openRedisBus({ ...node, observer: record, epoch: () => epoch });
		await bus.subscribe('a', heard.handler);
	});
	afterEach(async () => {
		stranger.disconnect();
		await bus.close();
	});

	function publish(message: string): Promise<number> {
		return stranger.publish(`${TEST_PREFIX}:${node.database}:conversation:a`, message);
	}

	const origin = { epoch: 'one', node: 'stranger' };
	const event = eventAt('a', 1, { message: messageOf('m', 'hello') });
	const delivery = deliveryOf(messageOf('m', ''), { nextAttemptAt: null, leaseUntil: new Date(7) });
	const attachment = { url: 'https://example.com/🦊', contentType: null, size: 7 };
	const travelled = eventAt('a', 1, {
		type: 'DeliveryChanged',
		message: { ...messageOf('m', 'hello'), channel: 'SMS', outside: goingOut(delivery, [attachment]) },
	});
	/** The event with something else outside. */
	const outside = (more: object) =>
		events({
			...travelled,
			message: { ...travelled.message, outside: { ...travelled.message?.outside, ...more } },
		});
	const one = JSON.parse(JSON.stringify(event)) as Record<string, unknown>;
	const events = (...changed: unknown[]) =>
		pack(origin, [JSON.stringify({ kind: 'events', events: changed })]);

	/** What is published before it has been heard, or never will be. */
	async function barrier(): Promise<readonly WakeUp[]> {
		await publish(pack(origin, encode(head(999), MAX_EVENT_BYTES)));
		while (heard.sequences.at(-1) !== 999) await heard.reaches(heard.all.length + 1);
		return heard.all.slice(0, -1);
	}

	it.each<[string, string, 'foreign' | 'invalid']>([
		['no text of ours', 'garbage', 'invalid'],
		['empty', '', 'invalid'],
		['without a header', JSON.stringify([head(1)]), 'invalid'],
		['of half a header', '2 one\n[]', 'invalid'],
		['of broken JSON', '2 one stranger\n[{"kind":"head",', 'invalid'],
		['no list', '2 one stranger\n{"kind":"head","sequence":1}', 'invalid'],
		['of an unknown kind', '2 one stranger\n[{"kind":"tail","sequence":1}]', 'invalid'],
		['a sequence that is none', '2 one stranger\n[{"kind":"head","sequence":"1"}]', 'invalid'],
		['null', '2 one stranger\n[null]', 'invalid'],
		['an event without its conversation', events({ ...one, conversation: undefined }), 'invalid'],
		['an event of another conversation', events({ ...one, conversationId: 'b' }), 'invalid'],
		['an event of an unknown type', events({ ...one, type: 'MessageLost' }), 'invalid'],
		['an event at no instant', events({ ...one, occurredAt: 'yesterday' }), 'invalid'],
		['one bad event among good ones', events(one, { ...one, sequence: 0 }), 'invalid'],
		['a user of no role', pack(origin, [signalOf({ ...userOf('bob'), role: 'ROOT' })]), 'invalid'],
		[
			'a message that says nothing of what it has outside',
			events({ ...one, message: { ...messageOf('m', ''), outside: undefined } }),
			'invalid',
		],
		['a delivery of an unknown status', outside({ delivery: { ...delivery, status: 'LOST' } }), 'invalid'],
		['a delivery of no attempts', outside({ delivery: { ...delivery, attempts: -1 } }), 'invalid'],
		['a delivery in CHAT', outside({ delivery: { ...delivery, channel: 'CHAT' } }), 'invalid'],
		['a delivery that is no object', outside({ delivery: 'SENT' }), 'invalid'],
		[
			'somebody outside without an address',
			outside({ incoming: { ...incomingOf(), contactAddress: null } }),
			'invalid',
		],
		['an attachment of half a byte', outside({ attachments: [{ ...attachment, size: 0.5 }] }), 'invalid'],
		['no list of attachments', outside({ attachments: null }), 'invalid'],
		['of another format', '1 one stranger\n[{"kind":"head","sequence":1}]', 'foreign'],
		['of another log', pack({ ...origin, epoch: 'two' }, [JSON.stringify(head(1))]), 'foreign'],
	])('is dropped and counted when it is %s', async (_, message, reason) => {
		await publish(message);
		expect(await barrier()).toEqual([]);
		expect(record.counts[reason]).toBe(1);
	});

	it('is taken beside what is dropped', async () => {
		await publish(pack(origin, ['{"kind":"tail"}', JSON.stringify(head(7)), '7']));
		expect(await barrier()).toEqual([head(7)]);
		expect(record.counts).toMatchObject({ invalid: 2, received: 2 });
	});

	it('is as it was: dates are dates, what is not known is left out, and all of it is frozen', async () => {
		await publish(events({ ...one, admin: true, message: { ...(one['message'] as object), html: '<b>' } }));
		const [wakeUp] = await barrier();
		expect(wakeUp).toEqual({ kind: 'events', events: [event] });
		if (wakeUp?.kind !== 'events') throw new Error('No events came.');
		const [got] = wakeUp.events;
		for (const part of [wakeUp, wakeUp.events, got, got?.message, got?.conversation, got?.users])
			expect(Object.isFrozen(part)).toBe(true);
	});

	it('has what a message has outside, frozen, with dates that are dates', async () => {
		const cameIn = { delivery: null, incoming: incomingOf(), attachments: [] };
		const received = eventAt('a', 2, { message: { ...messageOf('n', ''), channel: 'MMS', outside: cameIn } });
		await publish(events(travelled, received));
		const [wakeUp] = await barrier();
		expect(wakeUp).toEqual({ kind: 'events', events: [travelled, received] });
		if (wakeUp?.kind !== 'events') throw new Error('No events came.');
		const got = wakeUp.events[0]?.message?.outside;
		for (const part of [got, got?.delivery, got?.attachments, got?.attachments[0]])
			expect(Object.isFrozen(part)).toBe(true);
	});

	it('is taken of the log that is now the one', async () => {
		epoch = 'two';
		await publish(pack({ ...origin, epoch: 'two' }, [JSON.stringify(head(1))]));
		await heard.reaches(1);
		await publish(pack(origin, [JSON.stringify(head(2))]));
		epoch = 'one';
		await publish(pack(origin, [JSON.stringify(head(3))]));
		await heard.reaches(2);
		expect(heard.sequences.at(0)).toBe(1);
	});

	it('of this node is not taken twice', async () => {
		bus.publish('a', head(1));
		await heard.reaches(1);
		const other = await openRedisBus({ ...node, epoch: () => 'one' });
		other.publish('a', head(2));
		await heard.reaches(2);
		expect(heard.sequences).toEqual([1, 2]);
		expect(record.counts).toMatchObject({ published: 1, received: 1 });
		await other.close();
	});

	it('is only the sequence where an event is too large, and the others travel whole', async () => {
		const other = await openRedisBus({ ...node, epoch: () => 'one' });
		const large = eventAt('a', 2, { message: messageOf('m', 'x'.repeat(MAX_EVENT_BYTES)) });
		other.publish('a', { kind: 'events', events: [event, large, eventAt('a', 3)], committedAt: 5 });
		await heard.reaches(2);
		expect(heard.all).toEqual([
			head(2),
			{ kind: 'events', events: [event, eventAt('a', 3)], committedAt: 5 },
		]);
		await other.close();
	});

	it('is of this database and prefix alone', async () => {
		const others = await Promise.all([
			openRedisBus({ ...node, database: randomUUID() }),
			openRedisBus({ ...node, env: { REDIS_PREFIX: 'another' } }),
		]);
		for (const other of others) {
			// They are connected: what they publish comes somewhere.
			const own = new Heard();
			await other.subscribe('a', own.handler);
			other.publish('a', head(1));
			await own.reaches(1);
		}
		expect(await barrier()).toEqual([]);
		await Promise.all(others.map((other) => other.close()));
	});

	it('takes one message a conversation and turn, however many wake-ups', async () => {
		const other = await openRedisBus({ ...node, epoch: () => 'one' });
		const messages: string[] = [];
		await stranger.subscribe(`${TEST_PREFIX}:${node.database}:conversation:a`);
		stranger.on('message', (_, message: string) => messages.push(message));
		for (let sequence = 1; sequence <= 100; sequence++) other.publish('a', head(sequence));
		await heard.reaches(100);
		await other.close();
		await stranger.ping();
		expect(messages).toHaveLength(1);
	});
});

function signalOf(user: unknown): string {
	return JSON.stringify({ kind: 'activity', signal: { kind: 'read', user, sequence: 1 } });
}
