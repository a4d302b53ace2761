import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { converse, eventually, FOLLOW, metric, range, send } from '../support/live.ts';
import { memoryInUse } from '../support/memory.ts';
import { eventOf, type Frame, RawSocket } from '../support/raw-socket.ts';
import { startService, type TestService } from '../support/service.ts';

const SLOW_MS = 300;
const LARGE = 'x'.repeat(240_000);
/** Far above what the operating system holds for a connection. */
const MUCH = 60_000_000;

let service: TestService;
let alice: Client;
let conversation: string;

beforeAll(async () => {
	service = await startService({
		SLOW_READER_MAX_MS: String(SLOW_MS),
		SLOW_READER_MAX_BYTES: '65536',
	});
	alice = await service.client('Alice');
	({ id: conversation } = await converse(alice));
});
afterAll(() => service.stop());

const openFollowers = () => metric(service, 'pendo_message_open_subscriptions{field="conversationEvents"}');

/** Sends one after the other has left; so often, or until the socket is closed. */
async function sendAll(socket: RawSocket, messages: Iterable<object>): Promise<void> {
	for (const message of messages) {
		const text = JSON.stringify(message);
		const error = await new Promise<Error | undefined>((left) => socket.socket.send(text, left));
		if (error != null) return;
	}
}

function* times(count: number, make: (n: number) => object): Iterable<object> {
	for (let n = 0; n < count; n++) yield make(n);
}

describe('an upgrade that is refused', () => {
	it.each([
		['of a foreign origin', '/graphql', 'Origin: https://evil.example', 403],
		['of another path', '/nowhere', 'Origin: null', 404],
	])('%s is over, whether its client ends the connection or not', async (_which, path, header, status) => {
		const connection = createConnection({ port: service.port, host: '127.0.0.1', allowHalfOpen: true });
		connection.write(
			`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${header}\r\n\r\n`,
		);
		const [answer] = await once(connection, 'data');
		expect(String(answer)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
		// Once the service has let go of it the operating system says so to whoever goes on.
		const goingOn = setInterval(() => connection.write('still here'), 5);
		const [error] = await once(connection, 'error');
		clearInterval(goingOn);
		expect(error).toMatchObject({ code: expect.stringMatching(/^(EPIPE|ECONNRESET)$/) });
	});
});

describe('pings', () => {
	const ping = () => ({ type: 'ping', payload: { text: LARGE } });

	it('are answered without their payload', async () => {
		const socket = await RawSocket.open(service);
		socket.send(ping());
		expect(await socket.next()).toEqual({ type: 'pong' });
		socket.socket.terminate();
	});

	it('of one who never reads cost no memory', async () => {
		const socket = await RawSocket.open(service);
		socket.socket.pause();
		const before = memoryInUse();
		await sendAll(socket, times(MUCH / LARGE.length, ping));
		expect(memoryInUse() - before).toBeLessThan(25_000_000);
		socket.socket.terminate();
	});
});

describe('refused operations of one who never reads', () => {
	it('cost no memory, and close the socket with 1013', async () => {
		const socket = await RawSocket.open(service, alice.person.token);
		socket.socket.pause();
		const before = memoryInUse();
		const began = performance.now();
		// The answer brings back the id.
		await sendAll(
			socket,
			times(MUCH / LARGE.length, (n) => ({
				type: 'subscribe',
				id: `${n} ${LARGE}`,
				payload: { query: '{' },
			})),
		);
		// It takes what is sent only once the reader is given up.
		expect(performance.now() - began).toBeGreaterThanOrEqual(SLOW_MS - 5);
		expect(memoryInUse() - before).toBeLessThan(25_000_000);
		socket.socket.resume();
		expect((await socket.closed).code).toBe(1013);
	});

	it('are all answered when it reads on in time', async () => {
		const own = await startService({ SLOW_READER_MAX_BYTES: '65536' });
		const client = await own.client('Carol');
		const socket = await RawSocket.open(own, client.person.token);
		socket.socket.pause();
		const count = MUCH / LARGE.length;
		const sent = sendAll(
			socket,
			times(count, (n) => ({ type: 'subscribe', id: `${n} ${LARGE}`, payload: { query: '{' } })),
		);
		socket.socket.resume();
		for (const n of range(0, count - 1)) {
			const { type, id } = await socket.next();
			expect([type, id?.split(' ')[0]]).toEqual(['error', String(n)]);
		}
		await sent;
		socket.socket.terminate();
		await own.stop();
	});
});

describe('subscribing again under an id right after ending it', () => {
	it('brings no event twice, and leaves no follower behind', async () => {
		const before = await openFollowers();
		const sockets = await Promise.all(range(1, 20).map(() => RawSocket.open(service, alice.person.token)));
		const { sequence: newest } = await send(alice, conversation, 'the newest');
		const variables = { id: conversation, after: newest - 1 };
		for (const socket of sockets) {
			socket.subscribe('1', FOLLOW, variables);
			socket.send({ type: 'complete', id: '1' });
			socket.subscribe('1', FOLLOW, variables);
			socket.subscribe('another', FOLLOW, variables);
		}
		const frames = sockets.map((): Frame[] => []);
		const takeTo = async (sequence: number) => {
			for (const [index, socket] of sockets.entries())
				for (;;) {
					const frame = await socket.next();
					if (frame.id === '1') frames[index]?.push(frame);
					else if (eventOf(frame).sequence === sequence) break;
				}
		};
		await takeTo(newest);
		const { sequence: head } = await send(alice, conversation, 'to all who are there');
		await takeTo(head);
		for (const ofOne of frames) {
			const refused = ofOne.findIndex(({ type }) => type === 'error');
			const sequences = ofOne.filter(({ type }) => type === 'next').map((frame) => eventOf(frame).sequence);
			if (refused < 0) expect(sequences).toEqual([newest, head]);
			else {
				expect(ofOne[refused]?.payload).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
				expect(ofOne.slice(refused + 1).filter(({ type }) => type === 'next')).toEqual([]);
			}
		}
		for (const { socket } of sockets) socket.terminate();
		await eventually(openFollowers, before);
	});

	it('works once the end is through', async () => {
		const before = await openFollowers();
		const socket = await RawSocket.open(service, alice.person.token);
		const { sequence } = await send(alice, conversation, 'the newest');
		for (const _ of range(1, 3)) {
			socket.subscribe('1', FOLLOW, { id: conversation, after: sequence - 1 });
			expect(eventOf(await socket.nextOf('1')).sequence).toBe(sequence);
			socket.send({ type: 'complete', id: '1' });
			await eventually(openFollowers, before);
		}
		socket.socket.terminate();
	});
});

describe('variables that an operation does not declare', () => {
	it('cost no memory while it runs, and keep nobody from sharing its events', async () => {
		const count = 200;
		const sockets = await Promise.all(range(1, 2).map(() => RawSocket.open(service, alice.person.token)));
		const { sequence: newest } = await send(alice, conversation, 'the newest');
		const before = memoryInUse();
		for (const n of range(1, count)) {
			const socket = sockets[n % 2] as RawSocket;
			const more = { [`undeclared${n}`]: `${n} ${LARGE}` };
			socket.subscribe(String(n), FOLLOW, { id: conversation, after: newest - 1, ...more });
			expect(eventOf(await socket.nextOf(String(n))).sequence).toBe(newest);
		}
		// All of them would be 48 MB.
		expect(memoryInUse() - before).toBeLessThan(15_000_000);

		const executions = () => metric(service, 'pendo_message_event_executions_total');
		const executed = await executions();
		await send(alice, conversation, 'for all of them');
		for (const n of range(1, count)) await (sockets[n % 2] as RawSocket).next();
		expect((await executions()) - executed).toBe(1);
		for (const { socket } of sockets) socket.terminate();
	});
});

describe('an id that is longer than any client makes it', () => {
	it('is refused, and the socket goes on', async () => {
		const socket = await RawSocket.open(service, alice.person.token);
		const id = 'x'.repeat(129);
		socket.subscribe(id, '{ viewer { id } }');
		expect(await socket.next()).toMatchObject({
			type: 'error',
			id,
			payload: [{ extensions: { code: 'BAD_USER_INPUT' } }],
		});
		socket.subscribe(id.slice(1), '{ viewer { id } }');
		expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: {} } });
		socket.socket.terminate();
	});
});
