import {
	type ExecutionResult,
	fetchExchange,
	type SubscriptionForwarder,
	subscriptionExchange,
	Client as UrqlClient,
} from '@urql/core';
import { createPendoClient, type PendoClientOptions, type State } from 'pendo-message/client';

/** What a page shows of a conversation, and where to follow it from. */
export const HISTORY = `query History($conversationId: ID!) {
	conversation(id: $conversationId) {
		id lastSequence epoch
		messages(last: 50) { edges { node { id sequence body author { name } } } }
	}
}`;

interface History {
	readonly conversation: { readonly lastSequence: number; readonly epoch: string };
}

/**
 * urql for this service: queries and mutations by HTTP, subscriptions over the client's one connection. Subscriptions
 * to events take `$conversationId`, `$after` and `$epoch`.
 */
export function connect(
	options: PendoClientOptions,
	onState: (conversationId: string, state: State) => void,
) {
	const pendo = createPendoClient(options);

	const forward: SubscriptionForwarder = ({ query = '', variables = {} }) => ({
		subscribe: (sink) => {
			const end = (state: State) => {
				if (state.name !== 'ended') return;
				if (state.reason === 'refused') sink.error(state.errors);
				else sink.complete();
			};
			const onEvent = (_event: unknown, result: object) => sink.next(result as ExecutionResult);
			// Typing and presence have no place in a log.
			if (!query.includes('$after'))
				return { unsubscribe: pendo.watch({ query, variables, onEvent, onState: end }).stop };
			const { conversationId, after, epoch } = variables as Following;
			const { stop } = pendo.follow({
				...{ conversationId, after, epoch },
				...{ query, variables, onEvent },
				onState: (state) => {
					onState(conversationId, state);
					end(state);
				},
				onReset: () => readHistory(conversationId),
			});
			return { unsubscribe: stop };
		},
	});

	const urql: UrqlClient = new UrqlClient({
		url: String(options.url),
		preferGetMethod: false,
		fetch: async (input, init) => {
			const headers = new Headers(init?.headers);
			headers.set('authorization', `Bearer ${await options.token()}`);
			return fetch(input, { ...init, headers });
		},
		exchanges: [fetchExchange, subscriptionExchange({ forwardSubscription: forward })],
	});

	/** Brings the history up to date for all who show it, and says where it ends. */
	const readHistory = async (conversationId: string) => {
		const { data, error } = await urql
			.query<History>(HISTORY, { conversationId }, { requestPolicy: 'network-only' })
			.toPromise();
		if (!data) throw error ?? new Error('There is no history.');
		return { after: data.conversation.lastSequence, epoch: data.conversation.epoch };
	};

	return { urql, pendo, readHistory };
}

interface Following {
	readonly conversationId: string;
	readonly after?: number;
	readonly epoch?: string;
}
