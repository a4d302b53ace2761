import { type ExecutionResult, fetchExchange, subscriptionExchange, Client as UrqlClient } from '@urql/core';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Client } from '../support/client.ts';
import { converse, type Event, type Events, FOLLOW, range, send } from '../support/live.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let proxy: TcpProxy;
let alice: Client;
let bob: Client;

beforeAll(async () => {
	service = await startService();
	proxy = await startProxy(service.port);
	alice = await service.client('Alice');
	bob = await service.client('Bob', 'AGENT');
});
afterAll(async () => {
	await proxy.close();
	await service.stop();
});

const SEND = `mutation Send($input: SendMessageInput!) { sendMessage(input: $input) {
	__typename ... on SendMessagePayload { message { id body sequence } } ... on Error { code message retryable } } }`;

/** As urql's documentation sets one up, with a socket client that connects again. */
function connect(token: string) {
	const authorization = `Bearer ${token}`;
	const socket = createClient({
		url: `ws://127.0.0.1:${proxy.port}/graphql`,
		webSocketImpl: WebSocket,
		connectionParams: { authorization },
		retryAttempts: 20,
		retryWait: () => new Promise((resolve) => setTimeout(resolve, 5)),
	});
	const client = new UrqlClient({
		url: `http://127.0.0.1:${proxy.port}/graphql`,
		fetchOptions: { headers: { authorization } },
		preferGetMethod: false,
		exchanges: [
			fetchExchange,
			subscriptionExchange({
				forwardSubscription: ({ query = '', variables }) => ({
					subscribe: (sink) => {
						// What is sent again after a break is this object: its `after` follows what has arrived.
						const resumed: Record<string, unknown> = { ...variables };
						const unsubscribe = socket.subscribe<Events>(
							{ query, variables: resumed },
							{
								...sink,
								next: (result) => {
									const sequence = result.data?.conversationEvents.sequence;
									if (sequence !== undefined) resumed['after'] = sequence;
									sink.next(result as ExecutionResult);
								},
							},
						);
						return { unsubscribe };
					},
				}),
			}),
		],
	});
	return { client, socket };
}

it('urql queries, mutates and follows, and resumes when its connection was cut', async () => {
	const { id, lastSequence } = await converse(alice);
	const { client, socket } = connect(alice.person.token);
	let connections = 0;
	socket.on('connected', () => connections++);

	const { data, error } = await client
		.query<{ conversation: { lastSequence: number } }>(
			'query($id: ID!) { conversation(id: $id) { lastSequence } }',
			{ id },
		)
		.toPromise();
	expect(error).toBeUndefined();
	expect(data?.conversation.lastSequence).toBe(lastSequence);

	const events: Event[] = [];
	const waiting: { readonly sequence: number; readonly resolve: () => void }[] = [];
	const reaches = async (sequence: number) => {
		if ((events.at(-1)?.sequence ?? 0) < sequence)
			await new Promise<void>((resolve) => waiting.push({ sequence, resolve }));
	};
	const { unsubscribe } = client.subscription<Events>(FOLLOW, { id, after: 0 }).subscribe((result) => {
		expect(result.error).toBeUndefined();
		if (result.data) events.push(result.data.conversationEvents);
		for (const { sequence, resolve } of waiting) if ((events.at(-1)?.sequence ?? 0) >= sequence) resolve();
	});
	await reaches(lastSequence);

	const sent = await client
		.mutation<{ sendMessage: { __typename: string; message: { sequence: number; body: string } } }>(SEND, {
			input: { conversationId: id, body: 'from urql' },
		})
		.toPromise();
	expect(sent.data?.sendMessage).toMatchObject({
		__typename: 'SendMessagePayload',
		message: { body: 'from urql' },
	});
	await reaches(lastSequence + 1);

	let head = lastSequence + 1;
	for (const round of range(1, 3)) {
		proxy.cut();
		for (const n of range(1, 10)) head = (await send(bob, id, `round ${round}: ${n}`)).sequence;
		await reaches(head);
	}
	expect(events.map(({ sequence }) => sequence)).toEqual(range(1, head));
	expect(connections).toBe(4);

	const refused = await client
		.mutation<{ sendMessage: { code: string; retryable: boolean } }>(SEND, {
			input: { conversationId: id, body: ' ' },
		})
		.toPromise();
	expect(refused.data?.sendMessage).toMatchObject({ code: 'INVALID_INPUT', retryable: false });
	unsubscribe();
	await socket.dispose();
});
