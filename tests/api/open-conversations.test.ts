import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConversation, history, log, members, perform, refusal, send } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let bob: Client;
let conversationId: string;
let messageId: string;

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
	bob = await service.client('Bob');
	conversationId = (await createConversation(alice, { subject: 'Town hall', visibility: 'OPEN' })).id;
	messageId = (await send(alice, conversationId, 'Welcome')).id;
});
afterAll(() => service.stop());

test('anyone signed in may read subject, status and visibility', async () => {
	const outline = `query ($id: ID!) {
		conversation(id: $id) { subject status visibility unreadCount viewerMembership { joinedAt } }
		node(id: $id) { id ... on Conversation { subject } }
	}`;
	expect(await bob.query(outline, { id: conversationId })).toEqual({
		conversation: {
			subject: 'Town hall',
			status: 'OPEN',
			visibility: 'OPEN',
			unreadCount: 0,
			viewerMembership: null,
		},
		node: { id: conversationId, subject: 'Town hall' },
	});
});

test.each(['messages', 'members'])('%s take membership', async (field) => {
	const { data, errors } = await bob.ask<{ conversation: unknown }>(
		`query ($id: ID!) { conversation(id: $id) { subject ${field}(first: 1) { edges { cursor } } } }`,
		{ id: conversationId },
	);
	expect(data.conversation).toBeNull();
	expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
});

test('events and activity take membership', async () => {
	for (const field of [
		'conversationEvents(conversationId: $id, after: 0) { sequence }',
		'conversationActivity(conversationId: $id) { __typename }',
	]) {
		const results = bob.subscribe<unknown>(`subscription ($id: ID!) { ${field} }`, { id: conversationId });
		expect((await results.next()).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
		await results.ended;
	}
});

test('a message of it is found by members alone', async () => {
	const find = { query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id: messageId } };
	expect(await bob.query(find.query, find.variables)).toEqual({ node: null });
	expect(await alice.query(find.query, find.variables)).toEqual({ node: { id: messageId } });
	expect(await refusal(bob, 'editMessage', { messageId, body: 'Mine now' })).toMatchObject({
		code: 'NOT_FOUND',
	});
	expect(await refusal(bob, 'deleteMessage', { messageId })).toMatchObject({ code: 'NOT_FOUND' });
});

test('sending, marking, typing and inviting take membership', async () => {
	const subject = bob.person.subject;
	for (const refused of [
		await refusal(bob, 'sendMessage', { conversationId, body: 'Hello' }),
		await refusal(bob, 'markRead', { conversationId, sequence: 1 }),
		await refusal(bob, 'setTyping', { conversationId, typing: true }),
		await refusal(bob, 'addMember', { conversationId, subject }),
		await refusal(bob, 'removeMember', { conversationId, subject: alice.person.subject }),
	])
		expect(refused).toMatchObject({ __typename: 'ForbiddenError', code: 'FORBIDDEN', retryable: false });
	expect(await members(alice, conversationId)).toEqual([alice.person.subject]);
});

test('who joins sees the history, the members and the log from its beginning', async () => {
	const carol = await service.client('Carol');
	const { conversation } = await perform(carol, 'joinConversation', { conversationId });
	expect((await history(carol, conversationId)).map(({ body }) => body)).toEqual(['Welcome']);
	expect(await members(carol, conversationId)).toEqual([alice.person.subject, carol.person.subject]);
	const events = await log(carol, conversationId, conversation.lastSequence);
	expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
});
