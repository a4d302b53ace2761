import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { converse, FOLLOW, metric, range } from '../support/live.ts';
import { eventOf, RawSocket } from '../support/raw-socket.ts';
import { startService, type TestService } from '../support/service.ts';

/** A second, and five times as many at once. */
const RATE = 20;

let service: TestService;
let alice: Client;

beforeAll(async () => {
	service = await startService({ MAX_FRAMES_PER_SECOND: String(RATE), MAX_FRAME_BYTES: '4096' });
});
beforeEach(async () => {
	alice = await service.client('Alice');
});
afterAll(() => service.stop());

const refusedBy = (limit: string) => metric(service, `pendo_message_limited_total{limit="${limit}"}`);

describe('frames of one socket', () => {
	it.each<[string, (socket: RawSocket, n: number) => void]>([
		['pings of the protocol', (socket) => socket.send({ type: 'ping' })],
		['pongs of the protocol', (socket) => socket.send({ type: 'pong' })],
		['pings of the WebSocket', ({ socket }) => socket.ping()],
		['pongs of the WebSocket', ({ socket }) => socket.pong()],
		['ends of what never began', (socket, n) => socket.send({ type: 'complete', id: `${n}` })],
		['operations', (socket, n) => socket.subscribe(`${n}`, '{ viewer { name } }')],
	])('%s close it above the rate, and only it', async (_name, send) => {
		const before = await refusedBy('socket_frames');
		const other = await RawSocket.open(service, alice.person.token);
		const socket = await RawSocket.open(service, alice.person.token);
		let answered = 0;
		socket.socket.on('message', (data) => {
			// An operation has a result as well as its end.
			if (!String(data).includes('"complete"')) answered++;
		});
		socket.socket.on('pong', () => answered++);
		const began = performance.now();
		for (const n of range(1, 1_000)) send(socket, n);
		expect(await socket.closed).toEqual({ code: 1013, reason: 'Too many messages a second' });
		const seconds = Math.ceil((performance.now() - began) / 1000);
		expect(answered).toBeLessThanOrEqual((5 + seconds) * RATE);
		expect((await refusedBy('socket_frames')) - before).toBe(1);
		other.send({ type: 'ping' });
		expect(await other.next()).toEqual({ type: 'pong' });
		other.socket.terminate();
	});

	it('of one who does not answer the close either end with the connection', async () => {
		const socket = await RawSocket.open(service, alice.person.token);
		// It reads nothing, and so does not hear that it is closed.
		socket.socket.pause();
		const open = () => metric(service, 'pendo_message_open_sockets{transport="websocket"}');
		for (const _ of range(1, 1_000)) socket.socket.ping();
		while ((await open()) > 0);
		socket.socket.terminate();
	});

	it('that are too large close it with 1009', async () => {
		const socket = await RawSocket.open(service, alice.person.token);
		const before = await refusedBy('frame_bytes');
		socket.send({ type: 'ping', payload: { text: 'x'.repeat(5_000) } });
		expect((await socket.closed).code).toBe(1009);
		expect((await refusedBy('frame_bytes')) - before).toBe(1);
	});
});

describe('by default', () => {
	it('a dashboard that opens 50 subscriptions at once is not held up', async () => {
		const own = await startService();
		const carol = await own.client('Carol');
		const ids = await Promise.all(range(1, 50).map(async () => (await converse(carol)).id));
		const socket = await RawSocket.open(own, carol.person.token);
		for (const id of ids) socket.subscribe(id, FOLLOW, { id, after: 0 });
		const first = new Map<string | undefined, number>();
		while (first.size < ids.length) {
			const frame = await socket.next();
			if (!first.has(frame.id)) first.set(frame.id, eventOf(frame).sequence);
		}
		expect([...first.values()]).toEqual(ids.map(() => 1));
		socket.socket.terminate();
		await own.stop();
	});
});
