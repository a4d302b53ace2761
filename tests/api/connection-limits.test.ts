import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Client } from '../support/client.ts';
import { StreamReader } from '../support/event-stream.ts';
import {
	type Conversation,
	converse,
	type Events,
	eventually,
	FOLLOW,
	metric,
	range,
} from '../support/live.ts';
import { eventOf, RawSocket } from '../support/raw-socket.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let conversation: Conversation;

const start = async (env: Record<string, string>) => {
	service = await startService(env);
};
beforeEach(async () => {
	alice = await service.client('Alice');
	conversation = await converse(alice);
});

const refusedBy = (limit: string) => metric(service, `pendo_message_limited_total{limit="${limit}"}`);
const openSocket = () => RawSocket.open(service, alice.person.token);
const openStream = () => StreamReader.open(alice, FOLLOW, { id: conversation.id, after: 0 });

/** Tries until it is let in: what was closed is given back a moment later. */
async function openedAgain<Opened>(open: () => Promise<Opened | undefined>): Promise<Opened> {
	for (;;) {
		const opened = await open();
		if (opened !== undefined) return opened;
	}
}

async function openedStream(): Promise<StreamReader | undefined> {
	const stream = await openStream();
	if (stream.response.status === 200) return stream;
	await stream.cancel();
	return undefined;
}

describe('connections of one user', () => {
	beforeAll(() => start({ MAX_CONNECTIONS_PER_USER: '2' }));
	afterAll(() => service.stop());

	it('are, sockets and streams together, at most so many', async () => {
		const before = await refusedBy('user_connections');
		const socket = await openSocket();
		const stream = await openStream();
		await stream.next();

		const third = await RawSocket.open(service);
		third.send({ type: 'connection_init', payload: { authorization: `Bearer ${alice.person.token}` } });
		expect(await third.closed).toEqual({ code: 1013, reason: 'You have too many connections open' });
		const { response } = await openStream();
		expect([response.status, response.headers.get('retry-after')]).toEqual([429, '5']);
		expect(response.headers.get('content-type')).toContain('application/json');
		expect((await refusedBy('user_connections')) - before).toBe(2);

		// Another user's are others.
		const bob = await service.client('Bob');
		(await RawSocket.open(service, bob.person.token)).socket.terminate();
		// What is no connection that stays is not counted.
		expect((await alice.ask('{ viewer { name } }')).status).toBe(200);

		socket.socket.terminate();
		await stream.cancel();
		const again = await openedAgain(openedStream);
		await again.cancel();
	});

	it('let a client in that comes back when there is room', async () => {
		const sockets = [await openSocket(), await openSocket()];
		const closings: unknown[] = [];
		const client = createClient({
			url: `${service.url.replace('http', 'ws')}/graphql`,
			webSocketImpl: WebSocket,
			connectionParams: { authorization: `Bearer ${alice.person.token}` },
			retryAttempts: 1_000,
			retryWait: () => new Promise((resolve) => setTimeout(resolve, 10)),
			on: {
				closed: (event) => {
					closings.push((event as { code: number }).code);
					sockets.pop()?.socket.terminate();
				},
			},
		});
		const variables = { id: conversation.id, after: 0 };
		for await (const { data } of client.iterate<Events>({ query: FOLLOW, variables })) {
			expect(data?.conversationEvents.sequence).toBe(1);
			break;
		}
		expect(closings[0]).toBe(1013);
		await client.dispose();
		for (const { socket } of sockets) socket.terminate();
	});

	it('are given back however often they come and go', async () => {
		for (const n of range(1, 6)) {
			const socket = await openedAgain(() => openSocket().catch(() => undefined));
			if (n % 2 === 0) socket.socket.close();
			else socket.socket.terminate();
		}
		for (const _ of range(1, 6)) await (await openedAgain(openedStream)).cancel();
	});
});

describe('subscriptions of one user', () => {
	beforeAll(() => start({ MAX_SUBSCRIPTIONS_PER_USER: '3' }));
	afterAll(() => service.stop());

	const ACTIVITY = 'subscription($id: ID!) { conversationActivity(conversationId: $id) { __typename } }';
	const openFollowers = () => metric(service, 'pendo_message_open_subscriptions{field="conversationEvents"}');

	it('are at most so many, over all transports, and those that have ended do not count', async () => {
		const { id } = conversation;
		const [socket, other] = [await openSocket(), await openSocket()];
		const stream = await openStream();
		await stream.next();
		socket.subscribe('events', FOLLOW, { id, after: 0 });
		expect(eventOf(await socket.next()).sequence).toBe(1);
		other.subscribe('activity', ACTIVITY, { id });
		expect((await other.next()).type).toBe('next');

		const refused = { type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED', retryAfter: 5 } }] };
		other.subscribe('too many', FOLLOW, { id });
		expect(await other.nextOf('too many')).toMatchObject(refused);
		expect((await openStream()).response.status).toBe(429);
		// What is no subscription is none.
		other.subscribe('query', '{ viewer { name } }');
		expect((await other.nextOf('query')).type).toBe('next');
		expect(await refusedBy('user_subscriptions')).toBe(2);

		socket.send({ type: 'complete', id: 'events' });
		await eventually(openFollowers, 1);
		other.subscribe('in its place', FOLLOW, { id, after: 0 });
		expect(eventOf(await other.nextOf('in its place')).sequence).toBe(1);

		// With its socket all that it carried is over.
		other.socket.terminate();
		await eventually(openFollowers, 1);
		for (const name of ['one', 'two']) {
			socket.subscribe(name, FOLLOW, { id, after: 0 });
			expect(eventOf(await socket.nextOf(name)).sequence).toBe(1);
		}
		socket.subscribe('three', FOLLOW, { id });
		expect(await socket.nextOf('three')).toMatchObject(refused);
		socket.socket.terminate();
		await stream.cancel();
	});

	it('count by what is kept for them: text and variables', async () => {
		// Of no log that there is: a reset says so, and the stream goes on.
		const variables = { id: conversation.id, after: 0, epoch: 'x'.repeat(10_000) };
		const socket = await openSocket();
		socket.subscribe('large', FOLLOW, variables);
		expect(eventOf(await socket.next()).reason).toBe('REPLACED');
		const refused = { type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] };
		socket.subscribe('small', FOLLOW, { id: conversation.id, after: 0 });
		expect(await socket.nextOf('small')).toMatchObject(refused);
		socket.send({ type: 'complete', id: 'large' });
		await eventually(openFollowers, 0);

		const stream = await StreamReader.open(alice, FOLLOW, variables);
		expect(stream.response.status).toBe(200);
		socket.subscribe('small', FOLLOW, { id: conversation.id, after: 0 });
		expect(await socket.nextOf('small')).toMatchObject(refused);
		await stream.cancel();
		await eventually(openFollowers, 0);
		for (const name of ['one', 'two', 'three']) {
			socket.subscribe(name, FOLLOW, { id: conversation.id, after: 0 });
			expect(eventOf(await socket.nextOf(name)).sequence).toBe(1);
		}
		socket.socket.terminate();
		await eventually(openFollowers, 0);
	});

	it('that are refused for another reason do not count', async () => {
		const socket = await openSocket();
		for (const n of range(1, 10)) {
			socket.subscribe(`${n}`, FOLLOW, { id: conversation.id, after: -1 });
			expect((await socket.nextOf(`${n}`)).payload).toMatchObject({
				errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
			});
		}
		socket.socket.terminate();
	});
});

describe('connections of all', () => {
	beforeAll(() => start({ MAX_CONNECTIONS: '2' }));
	afterAll(() => service.stop());

	/** The answer to an upgrade that is not granted. */
	async function refusedUpgrade(): Promise<IncomingMessage> {
		const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
		const [, response] = await once(socket, 'unexpected-response');
		return response as IncomingMessage;
	}

	it('are at most so many: one more gets 503, and what is no connection that stays is served', async () => {
		// Whoever has not said yet who it is takes a place as well.
		const socket = await RawSocket.open(service);
		const stream = await openStream();
		await stream.next();
		const { statusCode, headers } = await refusedUpgrade();
		expect([statusCode, headers['retry-after']]).toEqual([503, '5']);
		const bob = await service.client('Bob');
		const { response } = await StreamReader.open(bob, FOLLOW, { id: conversation.id });
		expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
		expect((await bob.ask('{ viewer { name } }')).status).toBe(200);
		expect(await refusedBy('connections')).toBe(2);

		socket.socket.terminate();
		await stream.cancel();
		const opened = [await openedAgain(openedStream), await openedAgain(openedStream)];
		for (const one of opened) await one.cancel();
	});

	it('do not count an upgrade that failed', async () => {
		for (const _ of range(1, 5)) {
			const broken = createConnection(service.port, '127.0.0.1');
			broken.write(
				'GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
			);
			broken.resume();
			await once(broken, 'close');
		}
		const opened = [await openedAgain(openedStream), await openedAgain(openedStream)];
		for (const one of opened) await one.cancel();
	});
});
