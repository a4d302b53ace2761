import { createClient } from 'graphql-ws';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Client } from '../support/client.ts';
import { converse, type Events, FOLLOW, range, send } from '../support/live.ts';
import { eventOf, RawSocket } from '../support/raw-socket.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;

beforeEach(async () => {
	service = await startService();
	alice = await service.client('Alice');
});
afterEach(() => service.stop());

const ACTIVITY = 'subscription($id: ID!) { conversationActivity(conversationId: $id) { __typename } }';

it.each([
	['events', FOLLOW],
	['activity', ACTIVITY],
])(
	'a stop closes the socket with 1001 and says nothing of the end of a stream of %s',
	async (_name, query) => {
		const { id } = await converse(alice);
		const socket = await RawSocket.open(service, alice.person.token);
		socket.subscribe('1', query, { id, after: 0 });
		await socket.next();
		const types: string[] = [];
		socket.socket.on('message', (data) => types.push((JSON.parse(String(data)) as { type: string }).type));
		await service.restart();
		expect((await socket.closed).code).toBe(1001);
		expect(types.filter((type) => type !== 'next')).toEqual([]);
	},
);

it('brings what was acknowledged right before the stop to those who follow', async () => {
	const { id, lastSequence } = await converse(alice);
	const socket = await RawSocket.open(service, alice.person.token);
	socket.subscribe('1', FOLLOW, { id, after: 0 });
	for (const sequence of range(1, lastSequence)) expect(eventOf(await socket.next()).sequence).toBe(sequence);
	const { sequence } = await send(alice, id, 'the last word');
	await service.restart();
	expect(eventOf(await socket.next())).toMatchObject({ sequence, message: { body: 'the last word' } });
	expect((await socket.closed).code).toBe(1001);
});

it('a client that connects again goes on over a restart, with nothing missing and nothing twice', async () => {
	const { id, lastSequence } = await converse(alice);
	const client = createClient({
		url: `${service.url.replace('http', 'ws')}/graphql`,
		webSocketImpl: WebSocket,
		connectionParams: { authorization: `Bearer ${alice.person.token}` },
		retryAttempts: Number.POSITIVE_INFINITY,
		// Also while nobody listens.
		shouldRetry: () => true,
		retryWait: () => new Promise((resolve) => setTimeout(resolve, 10)),
	});
	const variables: Record<string, unknown> = { id, after: 0 };
	const sequences: number[] = [];
	const ends = Promise.withResolvers<void>();
	client.subscribe<Events>(
		{ query: FOLLOW, variables },
		{
			next: ({ data }) => {
				const event = data?.conversationEvents;
				variables['after'] = event?.sequence;
				sequences.push(event?.sequence ?? 0);
				if (event?.message?.body === 'the end') ends.resolve();
			},
			error: ends.reject,
			complete: () => ends.reject(new Error('The stream is complete.')),
		},
	);
	for (const round of range(1, 3)) {
		await send(alice, id, `before restart ${round}`);
		await service.restart();
		await send(alice, id, `after restart ${round}`);
	}
	await send(alice, id, 'the end');
	await ends.promise;
	expect(sequences).toEqual(range(1, lastSequence + 7));
	await client.dispose();
});
