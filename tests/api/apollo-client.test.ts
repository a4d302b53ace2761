import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition } from '@apollo/client/utilities';
import { isAbstractType } from 'graphql';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { schema } from '../../schema/index.ts';
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

const SEND = gql`
	mutation Send($input: SendMessageInput!) {
		sendMessage(input: $input) {
			... on SendMessagePayload { message { id body sequence } }
			... on Error { code message retryable }
		}
	}
`;

/** Which types an abstract one stands for: what Apollo's users have a code generator print. */
const possibleTypes = Object.fromEntries(
	Object.values(schema.getTypeMap())
		.filter(isAbstractType)
		.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
);

/** As Apollo's documentation sets one up: subscriptions by socket, everything else by HTTP. The socket does not retry. */
function connect(token: string) {
	const authorization = `Bearer ${token}`;
	const socket = createClient({
		url: `ws://127.0.0.1:${proxy.port}/graphql`,
		webSocketImpl: WebSocket,
		connectionParams: { authorization },
		retryAttempts: 0,
	});
	const client = new ApolloClient({
		cache: new InMemoryCache({ possibleTypes }),
		link: ApolloLink.split(
			({ query }) => {
				const definition = getMainDefinition(query);
				return definition.kind === 'OperationDefinition' && definition.operation === 'subscription';
			},
			new GraphQLWsLink(socket),
			new HttpLink({ uri: `http://127.0.0.1:${proxy.port}/graphql`, headers: { authorization } }),
		),
	});
	return { client, socket };
}

/** Follows, and subscribes again with the last sequence seen whenever it breaks. */
class Following {
	readonly events: Event[] = [];
	subscriptions = 0;
	readonly #client: ApolloClient;
	readonly #id: string;
	readonly #waiting: { readonly sequence: number; readonly resolve: () => void }[] = [];
	#stop = () => {};

	constructor(client: ApolloClient, id: string) {
		this.#client = client;
		this.#id = id;
		this.#subscribe();
	}

	async reaches(sequence: number): Promise<void> {
		if (this.#last < sequence)
			await new Promise<void>((resolve) => this.#waiting.push({ sequence, resolve }));
	}

	stop(): void {
		this.#stop();
	}

	get #last(): number {
		return this.events.at(-1)?.sequence ?? 0;
	}

	#subscribe(): void {
		this.subscriptions++;
		const subscription = this.#client
			.subscribe<Events>({
				query: gql(FOLLOW),
				variables: { id: this.#id, after: this.#last },
				fetchPolicy: 'no-cache',
			})
			.subscribe({
				next: ({ data, error }) => {
					// A break comes as an error of the last result.
					if (error) setTimeout(() => this.#subscribe(), 5);
					if (data) this.events.push(data.conversationEvents as Event);
					for (const { sequence, resolve } of this.#waiting) if (this.#last >= sequence) resolve();
				},
			});
		this.#stop = () => subscription.unsubscribe();
	}
}

it('Apollo Client queries, mutates and follows, and resumes when its connection was cut', async () => {
	const { id, lastSequence } = await converse(alice);
	const { client, socket } = connect(alice.person.token);

	const { data } = await client.query<{ conversation: { lastSequence: number } }>({
		query: gql`
			query ($id: ID!) {
				conversation(id: $id) { id lastSequence }
			}
		`,
		variables: { id },
	});
	expect(data?.conversation.lastSequence).toBe(lastSequence);

	const following = new Following(client, id);
	await following.reaches(lastSequence);
	const sent = await client.mutate<{ sendMessage: { message: { body: string } } }>({
		mutation: SEND,
		variables: { input: { conversationId: id, body: 'from Apollo' } },
	});
	expect(sent.data?.sendMessage).toMatchObject({
		__typename: 'SendMessagePayload',
		message: { body: 'from Apollo' },
	});
	await following.reaches(lastSequence + 1);

	let head = lastSequence + 1;
	for (const round of range(1, 3)) {
		proxy.cut();
		for (const n of range(1, 10)) head = (await send(bob, id, `round ${round}: ${n}`)).sequence;
		await following.reaches(head);
	}
	expect(following.events.map(({ sequence }) => sequence)).toEqual(range(1, head));
	expect(following.subscriptions).toBe(4);

	const refused = await client.mutate<{ sendMessage: { code: string } }>({
		mutation: SEND,
		variables: { input: { conversationId: id, body: ' ' } },
	});
	expect(refused.data?.sendMessage).toMatchObject({ __typename: 'InvalidInputError', code: 'INVALID_INPUT' });
	following.stop();
	client.stop();
	await socket.dispose();
});
