import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { eventText } from '../../src/http/event-texts.ts';
import { frameHead, SocketOutbox } from '../../src/http/socket-outbox.ts';

let server: WebSocketServer;
let client: WebSocket;
let socket: WebSocket;
let outbox: SocketOutbox;
/** What was written to the server's socket, write by write. */
let writes: string[];
let received: string[];

beforeEach(async () => {
	writes = [];
	received = [];
	server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
	await once(server, 'listening');
	client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
	client.on('message', (data) => received.push(String(data)));
	const [[connected, { socket: stream }]] = (await Promise.all([
		once(server, 'connection'),
		once(client, 'open'),
	])) as [[WebSocket, { socket: Socket }], unknown];
	socket = connected;
	const write = stream.write.bind(stream) as (chunk: string | Buffer, ...rest: unknown[]) => boolean;
	stream.write = ((chunk: string | Buffer, ...rest: unknown[]) => {
		writes.push(typeof chunk === 'string' ? chunk : chunk.toString('latin1'));
		return write(chunk, ...rest);
	}) as Duplex['write'];
	outbox = new SocketOutbox(socket, stream);
});
afterEach(() => {
	client.terminate();
	server.close();
});

function push(message: string): void {
	const { bytes } = eventText(message);
	const shared = bytes.slice(0, bytes.length >> 1);
	outbox.push(frameHead(bytes.length) + shared, bytes.slice(shared.length));
}

/** Everything that was sent before has arrived, since messages keep their order. */
async function arrived(): Promise<string[]> {
	const last = `the last of ${writes.length}`;
	socket.send(last);
	while (received.at(-1) !== last) await once(client, 'message');
	return received.slice(0, -1);
}

it.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])(
	'a message of %i bytes arrives whole',
	async (length) => {
		const messages = ['before', 'x'.repeat(length), 'after'];
		for (const message of messages) push(message);
		await null;
		expect(await arrived()).toEqual(messages);
	},
);

it.each([
	'ü and é, which are one byte in memory and two on the way',
	'Привет, 你好, שלום',
	'👩‍👩‍👧 and 🚚',
	'\u0000 and \uffff',
])('"%s" arrives as it is', async (text) => {
	push(text);
	push(text.repeat(500));
	await null;
	expect(await arrived()).toEqual([text, text.repeat(500)]);
});

it('what is pushed in one turn leaves in one write at its end', async () => {
	const messages = Array.from({ length: 8 }, (_, index) => `message ${index}`);
	for (const message of messages) push(message);
	expect(writes).toEqual([]);
	expect(outbox.waiting).toBe(messages.join('').length + 2 * messages.length);
	await null;
	expect(writes.length).toBe(1);
	push('the next turn');
	await null;
	expect(writes.length).toBe(2);
	expect(await arrived()).toEqual([...messages, 'the next turn']);
});

it('what must not be overtaken leaves before', async () => {
	push('first');
	outbox.flush();
	socket.send('second');
	push('third');
	await null;
	expect(await arrived()).toEqual(['first', 'second', 'third']);
});

it('what is much leaves in several writes, in order', async () => {
	const messages = Array.from({ length: 10 }, (_, index) => `${index}`.repeat(20_000));
	for (const message of messages) push(message);
	await null;
	expect(writes.length).toBeGreaterThan(1);
	expect(Math.max(...writes.map(({ length }) => length))).toBeLessThan(100_000);
	expect(await arrived()).toEqual(messages);
});

it('nothing is written after a close frame', async () => {
	push('in the turn of the close');
	socket.close(1013, 'too slow');
	const before = writes.length;
	await null;
	push('later');
	await null;
	expect(writes.length).toBe(before);
	const [code] = await once(client, 'close');
	expect(code).toBe(1013);
	expect(received).toEqual([]);
});
