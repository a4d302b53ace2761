import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { CountingSocket } from '../../bench/support/counting-socket.ts';

const UPGRADED = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
const server = createServer();

afterEach(() => {
	server.removeAllListeners('connection');
	server.close();
});

function textFrame(text: string): Buffer {
	const { length } = text;
	const head =
		length < 126
			? [0x81, length]
			: length < 65_536
				? [0x81, 126, length >> 8, length & 255]
				: [0x81, 127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
	return Buffer.concat([Buffer.from(head), Buffer.from(text)]);
}

/** Says all of it in pieces of this size, and what the socket made of it. */
async function receive(frames: Buffer, size: number, decodes: boolean) {
	const seen = { events: [] as (string | undefined)[], messages: [] as string[] };
	server.on('connection', async (peer: Socket) => {
		peer.setNoDelay();
		await once(peer, 'data');
		const all = Buffer.concat([Buffer.from(UPGRADED), frames]);
		for (let at = 0; at < all.length; at += size) {
			peer.write(all.subarray(at, at + size));
			await setImmediate();
		}
		peer.end(Buffer.from([0x88, 2, 0x03, 0xf5]));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const ended = Promise.withResolvers<string>();
	await CountingSocket.open({
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
		protocol: undefined,
		decodes,
		onEvent: (text) => seen.events.push(text),
		onMessage: (text) => seen.messages.push(text),
		onEnd: ended.resolve,
	});
	return { ...seen, end: await ended.promise };
}

it.each([
	['a byte', 1],
	['three bytes', 3],
	['any size', 1_000_000],
])('tells messages apart that come in pieces of %s', async (_name, size) => {
	const events = [400, 401, 65_535, 65_536]
		.map((length) => 'e'.repeat(length))
		.slice(0, size < 1_000 ? 2 : 4);
	const frames = Buffer.concat([
		textFrame('ack'),
		...events.map(textFrame),
		textFrame('m'.repeat(399)),
		textFrame(''),
	]);
	const { messages, end, ...seen } = await receive(frames, size, true);
	expect(seen.events).toEqual(events);
	expect(messages).toEqual(['ack', 'm'.repeat(399), '']);
	expect(end).toBe('closed 1013 ');
});

it('counts the events that it need not read', async () => {
	const frames = Buffer.concat([textFrame('e'.repeat(500)), textFrame('ack'), textFrame('e'.repeat(70_000))]);
	const { events, messages } = await receive(frames, 1_000, false);
	expect(events).toEqual([undefined, undefined]);
	expect(messages).toEqual(['ack']);
});
