import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toGlobalId } from '../../schema/ids.ts';
import {
	createConversation,
	documentOf,
	log,
	type Mutation,
	perform,
	send,
	userIdOf,
} from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

/** Ids that a customer may try: of what is hidden from them, of nothing, and of no form at all. */
interface Ids {
	readonly conversation: string;
	readonly message: string;
	readonly note: string;
	readonly user: string;
}

let service: TestService;
let owner: Client;
let outsider: Client;
let former: Client;
let removed: Client;
let hidden: Ids;
let head: number;

const nothing: Ids = {
	conversation: toGlobalId('Conversation', crypto.randomUUID()),
	message: toGlobalId('Message', crypto.randomUUID()),
	note: toGlobalId('Message', crypto.randomUUID()),
	user: toGlobalId('User', crypto.randomUUID()),
};
const malformed: Ids = { conversation: 'rubbish', message: 'Q29udmVyc2F0aW9uOjE=', note: '', user: '%' };

beforeAll(async () => {
	service = await startService();
	owner = await service.client('Owner');
	outsider = await service.client('Outsider');
	former = await service.client('Former');
	removed = await service.client('Removed');
	const agent = await service.client('Agent', 'AGENT');
	const memberIds = [await userIdOf(former), await userIdOf(removed)];
	const { id: conversationId } = await createConversation(owner, { subject: 'Secret', memberIds });
	const message = await send(owner, conversationId, 'Hidden', { clientMessageId: 'key' });
	const note = await send(agent, conversationId, 'More hidden', { internal: true });
	await perform(former, 'leaveConversation', { conversationId });
	await perform(owner, 'removeMember', { conversationId, subject: removed.person.subject });
	hidden = { conversation: conversationId, message: message.id, note: note.id, user: await userIdOf(agent) };
	head = (await log(agent, conversationId, 9)).length;
});
afterAll(async () => {
	// Whatever was tried left nothing in the log.
	const { conversation } = await owner.query<{ conversation: { lastSequence: number } }>(
		'query ($id: ID!) { conversation(id: $id) { lastSequence } }',
		{ id: hidden.conversation },
	);
	expect(conversation.lastSequence).toBe(head);
	await service.stop();
});

type Operation = readonly [query: string, variables: (ids: Ids) => Record<string, unknown>];

function mutation(name: Mutation, input: (ids: Ids) => Record<string, unknown>): Operation {
	return [documentOf(name), (ids) => ({ input: input(ids) })];
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
	'conversation(id:)': [
		`query ($id: ID!) { conversation(id: $id) {
			id subject lastSequence unreadCount members { edges { cursor } } messages { edges { cursor } }
		} }`,
		({ conversation }) => ({ id: conversation }),
	],
	'node(id:) of a conversation': [
		'query ($id: ID!) { node(id: $id) { __typename id ... on Conversation { subject } } }',
		({ conversation }) => ({ id: conversation }),
	],
	'node(id:) of a message': [
		'query ($id: ID!) { node(id: $id) { __typename id ... on Message { body conversation { id } } } }',
		({ message }) => ({ id: message }),
	],
	nodes: [
		'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
		({ conversation, message, note, user }) => ({ ids: [conversation, message, note, user] }),
	],
	'conversations of a member': [
		'query ($memberId: ID) { conversations(filter: { memberId: $memberId }) { edges { node { id } } } }',
		({ user }) => ({ memberId: user }),
	],
	joinConversation: mutation('joinConversation', ({ conversation }) => ({ conversationId: conversation })),
	'addMember of oneself': mutation('addMember', ({ conversation }) => ({
		conversationId: conversation,
		subject: outsider.person.subject,
	})),
	'addMember by a user’s id': mutation('addMember', ({ conversation, user }) => ({
		conversationId: conversation,
		userId: user,
	})),
	removeMember: mutation('removeMember', ({ conversation }) => ({
		conversationId: conversation,
		subject: owner.person.subject,
	})),
	closeConversation: mutation('closeConversation', ({ conversation }) => ({ conversationId: conversation })),
	sendMessage: mutation('sendMessage', ({ conversation }) => ({
		conversationId: conversation,
		body: 'Let me in',
	})),
	'sendMessage with somebody’s key': mutation('sendMessage', ({ conversation }) => ({
		conversationId: conversation,
		body: 'Hidden',
		clientMessageId: 'key',
	})),
	'sendMessage as a reply, expecting a sequence': mutation('sendMessage', ({ conversation, message }) => ({
		conversationId: conversation,
		body: 'Let me in',
		replyToId: message,
		expectedSequence: 1,
	})),
	'sendMessage of a note': mutation('sendMessage', ({ conversation }) => ({
		conversationId: conversation,
		body: 'Let me in',
		internal: true,
	})),
	editMessage: mutation('editMessage', ({ message }) => ({ messageId: message, body: 'Changed' })),
	'editMessage of a note': mutation('editMessage', ({ note }) => ({ messageId: note, body: 'Changed' })),
	deleteMessage: mutation('deleteMessage', ({ message }) => ({ messageId: message })),
	'deleteMessage of a note': mutation('deleteMessage', ({ note }) => ({ messageId: note })),
	markRead: mutation('markRead', ({ conversation }) => ({ conversationId: conversation, sequence: 1 })),
	setTyping: mutation('setTyping', ({ conversation }) => ({ conversationId: conversation, typing: true })),
};

/** Status and bytes; the request ids are the same since the client chooses them. */
async function answer(client: Client, [query, variables]: Operation, ids: Ids): Promise<string> {
	const response = await fetch(`${service.url}/graphql`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${client.person.token}`,
			'content-type': 'application/json',
			'x-request-id': 'the-same',
		},
		body: JSON.stringify({ query, variables: variables(ids) }),
	});
	return `${response.status} ${await response.text()}`;
}

describe.each([
	['who never was a member', () => outsider],
	['who left', () => former],
	['who was removed', () => removed],
])('to a customer %s, a PRIVATE conversation of others looks like none', (_who, who) => {
	test.each(Object.entries(OPERATIONS))('%s', async (_name, operation) => {
		const found = await answer(who(), operation, hidden);
		expect(found).toBe(await answer(who(), operation, nothing));
		expect(found).toBe(await answer(who(), operation, malformed));
		for (const word of ['Secret', 'Hidden', 'Changed', hidden.conversation, hidden.message])
			expect(found).not.toContain(word);
	});

	test.each([
		['conversationEvents', 'conversationEvents(conversationId: $id, after: 0) { sequence }'],
		['conversationActivity', 'conversationActivity(conversationId: $id) { __typename }'],
	])('%s', async (_name, field) => {
		const ended = async ({ conversation }: Ids) => {
			const results = who().subscribe<unknown>(`subscription ($id: ID!) { ${field} }`, { id: conversation });
			const answered = JSON.stringify(await results.next()).replace(/"requestId":"[^"]*"/, '');
			return `${answered} ${JSON.stringify(await results.ended)}`;
		};
		const found = await ended(hidden);
		expect(found).toContain('NOT_FOUND');
		expect(found).toBe(await ended(nothing));
		expect(found).toBe(await ended(malformed));
	});
});

test('leaving what one never was a member of looks like leaving nothing', async () => {
	const leave = mutation('leaveConversation', ({ conversation }) => ({ conversationId: conversation }));
	const found = await answer(outsider, leave, hidden);
	expect(found).toContain('NOT_FOUND');
	expect(found).toBe(await answer(outsider, leave, nothing));
	expect(found).toBe(await answer(outsider, leave, malformed));
});

test('a note looks to a member like a message that does not exist', async () => {
	for (const name of ['editMessage of a note', 'deleteMessage of a note']) {
		const found = await answer(owner, OPERATIONS[name] as Operation, hidden);
		expect(found).toContain('NOT_FOUND');
		expect(found).toBe(await answer(owner, OPERATIONS[name] as Operation, nothing));
	}
	const node: Operation = ['query ($id: ID!) { node(id: $id) { id } }', ({ note }) => ({ id: note })];
	expect(await answer(owner, node, hidden)).toBe(await answer(owner, node, nothing));
	const reply = (replyToId: string) =>
		mutation('sendMessage', () => ({ conversationId: hidden.conversation, body: 'To what?', replyToId }));
	const found = await answer(owner, reply(hidden.note), hidden);
	expect(found).toContain('InvalidInputError');
	expect(found).toBe(await answer(owner, reply(nothing.note), hidden));
	expect(found).toBe(await answer(owner, reply(malformed.note), hidden));
});

test('another user is seen by those who share a conversation with them, and by agents', async () => {
	const stranger = await service.client('Stranger');
	const agent = await service.client('Agent', 'AGENT');
	const id = await userIdOf(owner);
	const visible = async (client: Client) =>
		(await client.query<{ node: unknown }>('query ($id: ID!) { node(id: $id) { id } }', { id })).node !==
		null;
	expect(await visible(stranger)).toBe(false);
	expect(await visible(agent)).toBe(true);
	expect(await visible(owner)).toBe(true);
	await createConversation(stranger, { memberIds: [id] });
	expect(await visible(stranger)).toBe(true);
});
