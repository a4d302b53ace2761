import { gql } from '@apollo/client/core';
import { isAbstractType } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connect, HISTORY } from '../../examples/apollo-client.ts';
import { schema } from '../../schema/index.ts';
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

const SEND = gql`
	mutation Send($input: SendMessageInput!) {
		sendMessage(input: $input) {
			... on SendMessagePayload { message { id body sequence } }
			... on Error { code message retryable }
		}
	}
`;

/** What Apollo's users have a code generator print. */
const possibleTypes = Object.fromEntries(
	Object.values(schema.getTypeMap())
		.filter(isAbstractType)
		.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
);

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
		possibleTypes,
		(_conversationId, { name }) => {
			states.push(name);
			if (name === 'live') live.resolve();
		},
	);
	return { ...connected, states, live: live.promise };
}

it('Apollo Client queries, mutates and follows, and resumes when its connection was cut', async () => {
	const { id, epoch } = await converse(alice);
	const { apollo, pendo, readHistory, states } = connectAs(alice);
	const place = await readHistory(id);
	expect(place).toEqual({ after: (await send(alice, id, 'after the history')).sequence - 1, epoch });

	const heard = new Heard();
	const subscription = apollo
		.subscribe<Events>({ query: gql(FOLLOW_EVENTS), variables: { conversationId: id, ...place } })
		.subscribe(({ data, error }) => {
			expect(error).toBeUndefined();
			if (data) heard.hear(data.conversationEvents.sequence);
		});
	const sent = await apollo.mutate<{ sendMessage: { message: { body: string; sequence: number } } }>({
		mutation: SEND,
		variables: { input: { conversationId: id, body: 'from Apollo' } },
	});
	expect(sent.data?.sendMessage).toMatchObject({
		__typename: 'SendMessagePayload',
		message: { body: 'from Apollo' },
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

	const refused = await apollo.mutate<{ sendMessage: { code: string } }>({
		mutation: SEND,
		variables: { input: { conversationId: id, body: ' ' } },
	});
	expect(refused.data?.sendMessage).toMatchObject({ __typename: 'InvalidInputError', code: 'INVALID_INPUT' });
	subscription.unsubscribe();
	expect(states.at(-1)).toBe('ended');
	apollo.stop();
	pendo.close();
});

it('Apollo Client reads the history again where it cannot go on, and hears who types over the same connection', async () => {
	const { id } = await converse(alice);
	const { apollo, pendo, live } = connectAs(alice);
	const shown = new Heard();
	apollo
		.watchQuery<History>({ query: HISTORY, variables: { conversationId: id } })
		.subscribe(
			({ data, dataState }) => dataState === 'complete' && shown.hear(data.conversation.lastSequence),
		);
	const typing = new Heard();
	apollo
		.subscribe<{ conversationActivity: { typing?: boolean } }>({
			query: gql(WATCH_ACTIVITY),
			variables: { conversationId: id },
		})
		.subscribe(({ data }) => data?.conversationActivity.typing && typing.hear(1));
	const heard = new Heard();
	await shown.reaches(1);
	const read = (await send(alice, id, 'not shown yet')).sequence;
	apollo
		.subscribe<Events>({ query: gql(FOLLOW_EVENTS), variables: { conversationId: id, after: 1_000 } })
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
	apollo.stop();
	pendo.close();
});

it('Apollo Client hears why a conversation cannot be followed', async () => {
	const { id } = await converse(bob);
	const { apollo, pendo } = connectAs(alice);
	const { error } = await new Promise<{ error?: object | undefined }>((resolve) =>
		apollo
			.subscribe({ query: gql(FOLLOW_EVENTS), variables: { conversationId: id, after: 0 } })
			.subscribe(resolve),
	);
	expect(error).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
	apollo.stop();
	pendo.close();
});
