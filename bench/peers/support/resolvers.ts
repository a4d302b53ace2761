import { makeExecutableSchema } from '@graphql-tools/schema';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Database } from './database.ts';
import type { ConversationView, History, MessageView } from './history.ts';
import { LIMITS } from './settings.ts';
import { typeDefs } from './type-defs.ts';
import {
	createConversation,
	joinConversation,
	type SendInput,
	sendMessage,
	type Viewer,
} from './use-cases.ts';

export interface Context {
	readonly viewer: Viewer;
}

/** How a server tells its subscribers; each peer brings the one its users would take. */
export interface Events {
	publish(conversationId: string, event: unknown): void;
	subscribe(
		conversationId: string,
		context: Context,
	): AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>;
}

interface Input<T> {
	readonly input: T;
}

const notFound = {
	__typename: 'NotFoundError',
	code: 'NOT_FOUND',
	message: 'There is no such conversation.',
	retryable: false,
};
const byTypename = { __resolveType: (value: { __typename: string }) => value.__typename };

/** Resolvers over the given database; `history` decides how pages are read. */
export function createSchema(orm: Database, history: History, events: Events): GraphQLSchema {
	return makeExecutableSchema({
		typeDefs,
		resolverValidationOptions: { requireResolversForResolveType: 'ignore' },
		resolvers: {
			DateTime: { serialize: (value: Date | number) => new Date(value).toISOString() },
			Error: byTypename,
			Node: byTypename,
			CreateConversationResult: byTypename,
			JoinConversationResult: byTypename,
			SendMessageResult: byTypename,
			ConversationEvent: byTypename,
			Query: {
				conversation: (_: unknown, { id }: { id: string }, { viewer }: Context) =>
					history.conversation(id, viewer.id),
			},
			Conversation: {
				messages: (parent: ConversationView, page: PageArguments) => messagePage(history, parent, page),
			},
			Mutation: mutations(orm, events),
			Subscription: {
				conversationEvents: {
					async subscribe(_: unknown, { conversationId }: { conversationId: string }, context: Context) {
						const { id, role } = context.viewer;
						// Staff may follow every conversation, as they may in the product.
						if (role === 'CUSTOMER' && !(await history.conversation(conversationId, id))) {
							throw new GraphQLError(notFound.message, { extensions: { code: 'NOT_FOUND' } });
						}
						return events.subscribe(conversationId, context);
					},
					resolve: (event: unknown) => event,
				},
			},
		},
	});
}

function mutations(orm: Database, events: Events) {
	return {
		async createConversation(_: unknown, { input }: Input<{ subject?: string }>, { viewer }: Context) {
			return {
				__typename: 'CreateConversationPayload',
				conversation: await createConversation(orm, viewer, input),
			};
		},
		async joinConversation(_: unknown, { input }: Input<{ conversationId: string }>, { viewer }: Context) {
			const conversation = await joinConversation(orm, viewer, input.conversationId);
			return conversation ? { __typename: 'JoinConversationPayload', conversation } : notFound;
		},
		async sendMessage(_: unknown, { input }: Input<SendInput>, { viewer }: Context) {
			if (!input.body.trim() || Buffer.byteLength(input.body) > LIMITS.bodyBytes) return invalid('body');
			const sent = await sendMessage(orm, viewer, input);
			if (!sent) return notFound;
			const { id, sequence, body, createdAt } = sent;
			const message = { id, sequence, body, createdAt, author: viewer };
			const { conversationId } = input;
			const event = { conversationId, sequence, occurredAt: createdAt, actor: viewer, message };
			events.publish(conversationId, { __typename: 'MessageSent', ...event });
			return { __typename: 'SendMessagePayload', message };
		},
	};
}

function invalid(field: string) {
	const message = `${field} must have text, and at most ${LIMITS.bodyBytes} bytes of it.`;
	return { __typename: 'InvalidInputError', code: 'INVALID_INPUT', message, retryable: false, field };
}

interface PageArguments {
	readonly last?: number | null;
	readonly before?: string | null;
}

/** Of an integer column. */
const MAX_SEQUENCE = 2 ** 31 - 1;

function messagePage(history: History, { id }: ConversationView, { last, before }: PageArguments) {
	const limit = last ?? 50;
	if (limit < 0 || limit > LIMITS.pageSize) {
		throw new GraphQLError(`last must be between 0 and ${LIMITS.pageSize}.`, {
			extensions: { code: 'BAD_USER_INPUT' },
		});
	}
	const sequence = before ? Number(Buffer.from(before, 'base64').toString()) : MAX_SEQUENCE;
	const found = history.messages(id, limit + 1, sequence);
	return found instanceof Promise ? found.then((rows) => connection(rows, limit)) : connection(found, limit);
}

function connection(rows: MessageView[], limit: number) {
	const page = rows.length > limit ? rows.slice(-limit) : rows;
	const edges = page.map((node) => ({ cursor: Buffer.from(String(node.sequence)).toString('base64'), node }));
	const pageInfo = {
		hasPreviousPage: rows.length > limit,
		startCursor: edges[0]?.cursor ?? null,
		endCursor: edges.at(-1)?.cursor ?? null,
	};
	return { edges, pageInfo };
}
