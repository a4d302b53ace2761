import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { converse, type Event, FOLLOW, range, send } from '../support/live.ts';
import { eventOf, RawSocket } from '../support/raw-socket.ts';
import { startService, type TestService } from '../support/service.ts';

const SENDERS = 5;
const SENDS_EACH = 60;
const END = 'the end';

let service: TestService;

beforeAll(async () => {
	// A small ring, so that those who come back find a part of what they missed in the database alone.
	service = await startService({ FEED_RING_EVENTS: '16' });
});
afterAll(() => service.stop());

/** Follows to the end; the connection breaks after every few events and is resumed from the last one seen. */
async function followBroken(client: Client, id: string): Promise<{ events: Event[]; connections: number }> {
	const events: Event[] = [];
	let connections = 0;
	while (events.at(-1)?.message?.body !== END) {
		const socket = await RawSocket.open(service, client.person.token);
		connections++;
		socket.subscribe('1', FOLLOW, { id, after: events.at(-1)?.sequence ?? 0 });
		for (let left = 1 + Math.floor(Math.random() * 40); left > 0; left--) {
			events.push(eventOf(await socket.next()));
			if (events.at(-1)?.message?.body === END) break;
		}
		socket.socket.terminate();
	}
	return { events, connections };
}

it('everyone sees every event once and in order, while several send and connections break', async () => {
	const senders = await Promise.all(range(1, SENDERS).map((n) => service.client(`Sender${n}`)));
	const [creator, ...others] = senders as [Client, ...Client[]];
	const agent = await service.client('Agent', 'AGENT');
	const { id } = await converse(creator, others);

	const followers = [...senders.slice(0, 2), agent, agent].map((client) => followBroken(client, id));
	const steady = await RawSocket.open(service, agent.person.token);
	steady.subscribe('1', FOLLOW, { id, after: 0 });

	const acknowledged = new Map<number, string>();
	const sendAll = async (client: Client, index: number) => {
		for (const n of range(1, SENDS_EACH)) {
			const body = `${index}: ${n}`;
			acknowledged.set((await send(client, id, body)).sequence, body);
		}
	};
	await Promise.all(senders.map(sendAll));
	const { sequence: head } = await send(creator, id, END);
	acknowledged.set(head, END);
	expect(acknowledged.size).toBe(SENDERS * SENDS_EACH + 1);

	const expected = range(1, head);
	for (const { events, connections } of await Promise.all(followers)) {
		expect(events.map(({ sequence }) => sequence)).toEqual(expected);
		for (const { sequence, message } of events)
			if (message) expect(message.body).toBe(acknowledged.get(sequence));
		expect(connections).toBeGreaterThan(1);
	}
	const sequences: number[] = [];
	while (sequences.at(-1) !== head) {
		sequences.push(eventOf(await steady.next()).sequence);
	}
	expect(sequences).toEqual(expected);
	steady.socket.terminate();
});
