import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connect, HISTORY } from '../../examples/urql.ts';
import type { Client } from '../support/client.ts';
import { FOLLOW_EVENTS, Heard, WATCH_ACTIVITY } from '../support/heard.ts';
import { converse, type Events, eventually, metric, mutate, range, send } from '../support/live.ts';
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

interface History {
	readonly conversation: { readonly lastSequence: number };
}

const SEND = `mutation Send($input: SendMessageInput!) { sendMessage(input: $input) {
	__typename ... on SendMessagePayload { message { id body sequence } } ... on Error { code message retryable } } }`;

function connectAs(person: Client) {
	const states: string[] = [];
	const live = Promise.withResolvers<void>();
	const connected = connect(
		{
			url: `http://127.0.0.1:${proxy.port}/graphql`,
			token: () => person.person.token,
			webSocketImpl: WebSocket,
			minRetryMs: 10,
		},
		(_conversationId, { name }) => {
			states.push(name);
			if (name === 'live') live.resolve();
		},
	);
	return { ...connected, states, live: live.promise };
}

it('urql queries, mutates and follows, and resumes when its connection was cut', async () => {
	const { id, epoch } = await converse(alice);
	const { urql, pendo, readHistory, states } = connectAs(alice);
	const place = await readHistory(id);
	expect(place).toEqual({ after: (await send(alice, id, 'after the history')).sequence - 1, epoch });

	const heard = new Heard();
	const { unsubscribe } = urql
		.subscription<Events>(FOLLOW_EVENTS, { conversationId: id, ...place })
		.subscribe(({ data, error }) => {
			expect(error).toBeUndefined();
			if (data) heard.hear(data.conversationEvents.sequence);
		});
	const sent = await urql
		.mutation<{ sendMessage: { __typename: string; message: { sequence: number; body: string } } }>(SEND, {
			input: { conversationId: id, body: 'from urql' },
		})
		.toPromise();
	expect(sent.data?.sendMessage).toMatchObject({
		__typename: 'SendMessagePayload',
		message: { body: 'from urql' },
	});
	let head = sent.data?.sendMessage.message.sequence ?? 0;
	await heard.reaches(head);

	for (const round of range(1, 3)) {
		proxy.cut();
		for (const n of range(1, 10)) head = (await send(bob, id, `round ${round}: ${n}`)).sequence;
		await heard.reaches(head);
	}
	expect(heard.sequences).toEqual(range(place.after + 1, head));
	expect(states.filter((name) => name === 'offline')).toHaveLength(3);

	const refused = await urql
		.mutation<{ sendMessage: { code: string; retryable: boolean } }>(SEND, {
			input: { conversationId: id, body: ' ' },
		})
		.toPromise();
	expect(refused.data?.sendMessage).toMatchObject({ code: 'INVALID_INPUT', retryable: false });
	unsubscribe();
	expect(states.at(-1)).toBe('ended');
	pendo.close();
});

it('urql reads the history again where it cannot go on, and hears who types over the same connection', async () => {
	const { id } = await converse(alice);
	const { urql, pendo, live } = connectAs(alice);
	const shown = new Heard();
	urql
		.query<History>(HISTORY, { conversationId: id })
		.subscribe(({ data }) => data && shown.hear(data.conversation.lastSequence));
	const typing = new Heard();
	urql
		.subscription<{ conversationActivity: { typing?: boolean } }>(WATCH_ACTIVITY, { conversationId: id })
		.subscribe(({ data }) => data?.conversationActivity.typing && typing.hear(1));
	const heard = new Heard();
	await shown.reaches(1);
	const read = (await send(alice, id, 'not shown yet')).sequence;
	urql
		.subscription<Events>(FOLLOW_EVENTS, { conversationId: id, after: 1_000 })
		.subscribe(({ data }) => data && heard.hear(data.conversationEvents.sequence));
	await live;
	await shown.reaches(read);
	const { sequence } = await send(alice, id, 'behind the history');
	await heard.reaches(sequence);
	expect(heard.sequences).toEqual([sequence]);
	while (typing.sequences.length === 0)
		for (const isTyping of [true, false])
			await mutate(bob, 'setTyping', { conversationId: id, typing: isTyping });
	await eventually(() => metric(service, 'pendo_message_open_sockets{transport="websocket"}'), 1);
	pendo.close();
});

it('urql hears why a conversation cannot be followed', async () => {
	const { id } = await converse(bob);
	const { urql, pendo } = connectAs(alice);
	const { error } = await new Promise<{ error?: { graphQLErrors: readonly object[] } | undefined }>(
		(resolve) => urql.subscription(FOLLOW_EVENTS, { conversationId: id, after: 0 }).subscribe(resolve),
	);
	expect(error?.graphQLErrors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
	pendo.close();
});
