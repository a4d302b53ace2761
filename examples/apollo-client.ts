import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, Observable } from '@apollo/client/core';
import { SetContextLink } from '@apollo/client/link/context';
import { getMainDefinition } from '@apollo/client/utilities';
import { print } from 'graphql';
import { createPendoClient, type PendoClientOptions, type State } from 'pendo-message/client';

/** What a page shows of a conversation, and where to follow it from. */
export const HISTORY = gql`
	query History($conversationId: ID!) {
		conversation(id: $conversationId) {
			id
			lastSequence
			epoch
			messages(last: 50) { edges { node { id sequence body author { name } } } }
		}
	}
`;

interface History {
	readonly conversation: { readonly lastSequence: number; readonly epoch: string };
}

/**
 * Apollo Client for this service: queries and mutations by HTTP, subscriptions over the client's one connection.
 * Subscriptions to events take `$conversationId`, `$after` and `$epoch`. `possibleTypes` says which types an
 * interface or a union stands for, as a code generator prints it.
 */
export function connect(
	options: PendoClientOptions,
	possibleTypes: Record<string, string[]>,
	onState: (conversationId: string, state: State) => void,
) {
	const pendo = createPendoClient(options);

	const live = new ApolloLink(
		({ query: document, variables }) =>
			new Observable((observer) => {
				const query = print(document);
				const end = (state: State) => {
					if (state.name !== 'ended') return;
					if (state.reason === 'refused') observer.next({ errors: state.errors });
					observer.complete();
				};
				const onEvent = (_event: unknown, result: ApolloLink.Result) => observer.next(result);
				// Typing and presence have no place in a log.
				if (!query.includes('$after')) return pendo.watch({ query, variables, onEvent, onState: end }).stop;
				const { conversationId, after, epoch } = variables as Following;
				return pendo.follow({
					...{ conversationId, after, epoch },
					...{ query, variables, onEvent },
					onState: (state) => {
						onState(conversationId, state);
						end(state);
					},
					onReset: () => readHistory(conversationId),
				}).stop;
			}),
	);

	const authorized = new SetContextLink(async ({ headers }) => ({
		headers: { ...headers, authorization: `Bearer ${await options.token()}` },
	}));
	const apollo = new ApolloClient({
		cache: new InMemoryCache({
			possibleTypes,
			// One event does not complete another.
			typePolicies: { Subscription: { fields: { conversationEvents: { merge: false } } } },
		}),
		link: ApolloLink.split(
			({ query }) => {
				const definition = getMainDefinition(query);
				return definition.kind === 'OperationDefinition' && definition.operation === 'subscription';
			},
			live,
			authorized.concat(new HttpLink({ uri: String(options.url) })),
		),
	});

	/** Brings the history up to date for all who show it, and says where it ends. */
	const readHistory = async (conversationId: string) => {
		const { data } = await apollo.query<History>({
			query: HISTORY,
			variables: { conversationId },
			fetchPolicy: 'network-only',
		});
		if (!data) throw new Error('There is no history.');
		return { after: data.conversation.lastSequence, epoch: data.conversation.epoch };
	};

	return { apollo, pendo, readHistory };
}

interface Following {
	readonly conversationId: string;
	readonly after?: number;
	readonly epoch?: string;
}
