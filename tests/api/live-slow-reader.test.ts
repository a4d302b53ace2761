import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { type StreamMessage, StreamReader } from '../support/event-stream.ts';
import {
	converse,
	type Event,
	type Events,
	eventually,
	FOLLOW,
	metric,
	range,
	send,
} from '../support/live.ts';
import { memoryInUse } from '../support/memory.ts';
import { eventOf, RawSocket } from '../support/raw-socket.ts';
import { startService, type TestService } from '../support/service.ts';

/** What the operating system holds for a connection is some MB; this is more. */
const MESSAGES = 300;
const TEXT = 'x'.repeat(60_000);

let service: TestService;

afterEach(() => service.stop());

async function startConversation(env: Record<string, string>): Promise<{ client: Client; id: string }> {
	service = await startService({ FEED_RING_EVENTS: '16', ...env });
	const client = await service.client('Alice');
	const { id } = await converse(client);
	return { client, id };
}

/** Sends so many large messages; answers with the newest sequence. */
async function sendLarge(client: Client, id: string, count: number): Promise<number> {
	let head = 0;
	for (let sent = 0; sent < count; sent += 20) {
		const some = await Promise.all(range(1, 20).map(() => send(client, id, TEXT)));
		head = Math.max(head, ...some.map(({ sequence }) => sequence));
	}
	return head;
}

const openFollowers = () => metric(service, 'pendo_message_open_subscriptions{field="conversationEvents"}');

/** What still arrives until the socket is closed. */
async function drain(socket: RawSocket): Promise<Event[]> {
	const events: Event[] = [];
	try {
		for (;;) events.push(eventOf(await socket.next()));
	} catch {
		await socket.closed;
	}
	return events;
}

async function follow(client: Client, id: string, after: number): Promise<RawSocket> {
	const socket = await RawSocket.open(service, client.person.token);
	socket.subscribe('1', FOLLOW, { id, after });
	return socket;
}

async function takeTo(socket: RawSocket, head: number): Promise<number[]> {
	const sequences: number[] = [];
	while (sequences.at(-1) !== head) sequences.push(eventOf(await socket.next()).sequence);
	return sequences;
}

describe('a reader that stops reading', () => {
	it('is closed with 1013 over a WebSocket, costs no memory meanwhile, and loses nothing by it', async () => {
		const { client, id } = await startConversation({
			SLOW_READER_MAX_MS: '300',
			SLOW_READER_MAX_BYTES: '65536',
		});
		const stopped = await Promise.all(range(1, 10).map(() => follow(client, id, 0)));
		for (const socket of stopped) {
			await socket.next();
			socket.socket.pause();
		}
		const before = memoryInUse();
		const head = await sendLarge(client, id, MESSAGES);
		// All would queue ten times 18 MB; what is shared is the ring and the cohort's texts.
		expect(memoryInUse() - before).toBeLessThan(60e6);
		await eventually(openFollowers, 0);

		const [slow] = stopped;
		slow?.socket.resume();
		if (slow === undefined) throw new Error('There is none.');
		const seen = (await drain(slow)).map(({ sequence }) => sequence);
		const { code } = await slow.closed;
		expect(code).toBe(1013);
		const last = seen.at(-1) ?? 1;
		expect(seen).toEqual(range(2, last));
		expect(last).toBeLessThan(head);

		const resumed = await follow(client, id, last);
		expect(await takeTo(resumed, head)).toEqual(range(last + 1, head));
		for (const { socket } of [...stopped, resumed]) socket.terminate();
	});

	it('holds up nobody, and costs little memory, when it is one of a hundred', async () => {
		const { client, id } = await startConversation({
			SLOW_READER_MAX_MS: '3000',
			SLOW_READER_MAX_BYTES: '65536',
		});
		const reader = await follow(client, id, 0);
		const stopped = await Promise.all(range(1, 100).map(() => follow(client, id, 0)));
		for (const socket of stopped) {
			await socket.next();
			socket.socket.pause();
		}
		const before = memoryInUse();
		let seen = 0;
		for (let sent = 0; sent < 80; sent++) {
			// Each is read before the next one is sent: what the others do not take holds nothing up.
			const { sequence } = await send(client, id, TEXT);
			expect(await takeTo(reader, sequence)).toEqual(range(seen + 1, sequence));
			seen = sequence;
		}
		// Each may have its limit and an event above it.
		expect(memoryInUse() - before).toBeLessThan(40e6);
		await eventually(openFollowers, 1);
		for (const { socket } of [...stopped, reader]) socket.terminate();
	});

	it('is cut off over server-sent events, and loses nothing by it', async () => {
		const { client, id } = await startConversation({ SLOW_READER_MAX_MS: '300' });
		const stream = await StreamReader.open(client, FOLLOW, { id, after: 0 });
		const seen: number[] = [sequenceIn(await stream.next())];
		const head = await sendLarge(client, id, MESSAGES);
		await eventually(openFollowers, 0);
		try {
			for (;;) seen.push(sequenceIn(await stream.next()));
		} catch (error) {
			expect(String(error)).toContain('terminated');
		}
		const last = seen.at(-1) ?? 0;
		expect(seen).toEqual(range(1, last));
		expect(last).toBeLessThan(head);
		const resumed = await follow(client, id, last);
		expect(await takeTo(resumed, head)).toEqual(range(last + 1, head));
		resumed.socket.terminate();
	});

	it.each(['POST', 'GET'])(
		'of the answer to a %s is cut off, so that nothing is held for it',
		async (method) => {
			const { client, id } = await startConversation({ SLOW_READER_MAX_MS: '300' });
			await sendLarge(client, id, 100);
			const page = 'conversation(id: $id) { messages(first: 100) { nodes: edges { node { body } } } }';
			const query = `query($id: ID!) { ${range(1, 6).map((n) => `p${n}: ${page}`)} }`;
			const parameters = new URLSearchParams({ query, variables: JSON.stringify({ id }) });
			const asked = request(`${service.url}/graphql${method === 'GET' ? `?${parameters}` : ''}`, {
				method,
				headers: { authorization: `Bearer ${client.person.token}`, 'content-type': 'application/json' },
			});
			const before = memoryInUse();
			asked.end(method === 'GET' ? undefined : JSON.stringify({ query, variables: { id } }));
			const [answer] = (await once(asked, 'response')) as [IncomingMessage];
			const length = Number(answer.headers['content-length']);
			expect(length).toBeGreaterThan(30e6);
			await eventually(() => memoryInUse() - before < length / 2, true);
			let read = 0;
			answer.on('data', (chunk: Buffer) => {
				read += chunk.length;
			});
			const [error] = await once(answer, 'error');
			expect(error).toMatchObject({ code: 'ECONNRESET' });
			expect(read).toBeLessThan(length);
		},
	);

	it('is closed with 1013 as well where its subscription begins with a fragment', async () => {
		const { client, id } = await startConversation({
			SLOW_READER_MAX_MS: '300',
			SLOW_READER_MAX_BYTES: '65536',
		});
		const agent = await service.client('Agent', 'AGENT');
		const activity = agent.subscribe<{ conversationActivity: { online?: boolean } }>(
			'subscription($id: ID!) { conversationActivity(conversationId: $id) { ... on PresenceChanged { online } } }',
			{ id },
		);
		await activity.next();
		const socket = await RawSocket.open(service, client.person.token);
		const query = `subscription($id: ID!) { ...F }
			fragment F on Subscription { conversationEvents(conversationId: $id, after: 0) {
				sequence ... on MessageSent { message { body } } } }`;
		socket.subscribe('1', query, { id });
		await socket.next();
		socket.socket.pause();
		await sendLarge(client, id, MESSAGES);
		// The others hear of the end of the stream.
		for (;;) {
			const [change] = await activity.take(1);
			if (change?.conversationActivity.online === false) break;
		}
		socket.socket.resume();
		const seen = (await drain(socket)).map(({ sequence }) => sequence);
		expect(seen).toEqual(range(2, seen.at(-1) ?? 0));
		expect((await socket.closed).code).toBe(1013);
	});

	it('gets its whole backlog when it reads again in time', async () => {
		const { client, id } = await startConversation({
			SLOW_READER_MAX_BYTES: '65536',
			SLOW_READER_MAX_MS: '60000',
		});
		const socket = await follow(client, id, 0);
		await socket.next();
		socket.socket.pause();
		const large = await sendLarge(client, id, MESSAGES);
		await Promise.all(range(1, 1_000).map((n) => send(client, id, `${n}`)));
		socket.socket.resume();
		expect(await takeTo(socket, large + 1_000)).toEqual(range(2, large + 1_000));
		socket.socket.terminate();
	});
});

function sequenceIn(message: StreamMessage | undefined): number {
	const data = message?.data?.data as Events | undefined;
	if (data === undefined) throw new Error(`No event: ${JSON.stringify(message)}`);
	return data.conversationEvents.sequence;
}
