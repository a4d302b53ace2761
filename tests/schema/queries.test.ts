import { describe, expect, test } from 'vitest';
import { ID_OF_NOTHING, toGlobalId } from '../../schema/ids.ts';
import { schema } from '../../schema/index.ts';
import type { PageRequest } from '../../src/conversations/pages.ts';
import { asJson, EXECUTORS, originalOf } from './executors.ts';
import { alice, conversation, fakeContext, incoming, message, outgoing } from './fake-context.ts';

const CONVERSATION = toGlobalId('Conversation', conversation.id);

describe.each(EXECUTORS)('a query, %s', (_name, run) => {
	test('reads a page of history', async () => {
		const requests: PageRequest<number>[] = [];
		const context = fakeContext({
			reader: {
				history: async (_conversation, page) => {
					requests.push(page);
					return { rows: [message(3), message(4)], hasMore: true };
				},
			},
		});
		const source = `query ($id: ID!, $before: String) { conversation(id: $id) {
			id lastSequence epoch unreadCount viewerMembership { lastReadSequence user { id } }
			messages(last: 2, before: $before) {
				pageInfo { hasNextPage hasPreviousPage startCursor }
				edges { cursor node { __typename id sequence body createdAt editedAt channel author { name } conversation { id } replyTo { id } } }
			} } }`;
		const first = await run(source, context, { id: CONVERSATION });
		expect(first.errors).toBeUndefined();
		const author = { name: 'Alice' };
		const node = (sequence: number) => ({
			__typename: 'Message',
			id: toGlobalId('Message', message(sequence).id),
			sequence,
			body: `Nr. ${sequence}`,
			createdAt: '2026-01-31T12:00:00.000Z',
			editedAt: null,
			channel: 'CHAT',
			author,
			conversation: { id: CONVERSATION },
			replyTo: null,
		});
		expect(asJson(first.data)).toMatchObject({
			conversation: {
				id: CONVERSATION,
				lastSequence: 4,
				epoch: 'first',
				unreadCount: 3,
				viewerMembership: { lastReadSequence: 2, user: { id: toGlobalId('User', alice.id) } },
				messages: {
					pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: expect.any(String) },
					edges: [{ node: node(3) }, { node: node(4) }],
				},
			},
		});
		const before = Buffer.from('messages:3').toString('base64');
		expect(first.data).toHaveProperty('conversation.messages.pageInfo.startCursor', before);
		await run(source, context, { id: CONVERSATION, before });
		expect(requests).toEqual([
			{ limit: 2, fromEnd: true },
			{ limit: 2, fromEnd: true, before: 3 },
		]);
	});

	test('reads what messages have outside', async () => {
		const rows = [message(2), outgoing, incoming];
		const context = fakeContext({ reader: { history: async () => ({ rows, hasMore: false }) } });
		const source = `query ($id: ID!) { conversation(id: $id) { messages { edges { node {
			attachments { url contentType size }
			contact { address channel }
			delivery {
				status from to provider nextAttemptAt providerMessageId error requestedAt updatedAt
				attempts { number provider startedAt durationMs httpStatus outcome }
			}
		} } } } }`;
		const { data, errors } = await run(source, context, { id: CONVERSATION });
		expect(errors).toBeUndefined();
		const at = '2026-01-31T12:00:00.000Z';
		const nodes = [
			{ attachments: [], contact: null, delivery: null },
			{
				attachments: [{ url: 'https://example.com/cat.jpg', contentType: 'image/jpeg', size: 2048 }],
				contact: null,
				delivery: {
					status: 'RETRYING',
					from: '+11234567890',
					to: '+10987654321',
					provider: 'webhook',
					nextAttemptAt: at,
					providerMessageId: null,
					error: 'The provider answered 429.',
					requestedAt: at,
					updatedAt: at,
					attempts: [
						{
							number: 1,
							provider: 'webhook',
							startedAt: at,
							durationMs: 12,
							httpStatus: 429,
							outcome: 'RETRY',
						},
					],
				},
			},
			{ attachments: [], contact: { address: '+10987654321', channel: 'SMS' }, delivery: null },
		];
		expect(asJson(data)).toEqual({
			conversation: { messages: { edges: nodes.map((node) => ({ node })) } },
		});
	});

	test('finds nodes of every type, and null for the rest', async () => {
		const ids = [
			toGlobalId('Message', message(3).id),
			toGlobalId('User', alice.id),
			CONVERSATION,
			toGlobalId('Conversation', ID_OF_NOTHING),
			'rubbish',
		];
		const source = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
		const { data, errors } = await run(source, fakeContext(), { ids });
		expect(errors).toBeUndefined();
		expect(asJson(data)).toEqual({
			nodes: [
				{ __typename: 'Message', id: ids[0] },
				{ __typename: 'User', id: ids[1] },
				{ __typename: 'Conversation', id: CONVERSATION },
				null,
				null,
			],
		});
		const one = await run('{ conversation(id: "rubbish") { id } node(id: "rubbish") { id } }', fakeContext());
		expect(asJson(one)).toEqual({ data: { conversation: null, node: null } });
	});

	test('refuses more nodes than a page has', async () => {
		const ids = Array.from({ length: 101 }, () => CONVERSATION);
		const result = await run('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', fakeContext(), { ids });
		expect(originalOf(result)).toMatchObject({ code: 'INVALID_INPUT', field: 'ids' });
	});

	test('looks up a filter of a user that does not exist as one that nobody is', async () => {
		const filters: unknown[] = [];
		const context = fakeContext({
			reader: {
				conversations: async (filter) => {
					filters.push(filter);
					return { rows: [], hasMore: false };
				},
			},
		});
		const source =
			'{ conversations(filter: { memberId: "rubbish", closed: false, search: null }) { edges { cursor } } }';
		expect((await run(source, context)).errors).toBeUndefined();
		expect((await run('{ conversations { edges { cursor } } }', context)).errors).toBeUndefined();
		expect(filters).toEqual([{ memberId: ID_OF_NOTHING, closed: false }, {}]);
	});

	test('shows health', async () => {
		const { data } = await run('{ health { status parts { name status latencyMs detail } } }', fakeContext());
		expect(asJson(data)).toEqual({
			health: {
				status: 'DEGRADED',
				parts: [{ name: 'database', status: 'OK', latencyMs: 0.5, detail: null }],
			},
		});
	});
});

describe('marks on fields', () => {
	test('say whose value depends on the viewer', () => {
		const marked = Object.values(schema.getTypeMap()).flatMap((type) =>
			'getFields' in type
				? Object.values(type.getFields())
						.filter(({ extensions }) => extensions['viewerDependent'])
						.map((field) => `${type.name}.${field.name}`)
				: [],
		);
		expect(marked).toEqual(
			expect.arrayContaining(['Conversation.unreadCount', 'Conversation.viewerMembership', 'Query.viewer']),
		);
	});
});

describe('a compiled page of messages', () => {
	test('calls no resolver for what a row holds', () => {
		const resolvers = [
			'Message',
			'ConversationMessagesConnection',
			'ConversationMessagesConnectionEdge',
			'MessageSent',
		]
			.map((name) => schema.getType(name))
			.flatMap((type) => (type && 'getFields' in type ? Object.values(type.getFields()) : []))
			.flatMap((field) => ('resolve' in field && field.resolve ? [field.name] : []));
		expect([...new Set(resolvers)].sort()).toEqual(
			[
				'actor',
				'attachments',
				'author',
				'contact',
				'conversation',
				'conversationId',
				'delivery',
				'id',
				'replyTo',
				'revisions',
			].sort(),
		);
	});
});
