import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
	createConversation,
	history,
	log,
	type MessageView,
	perform,
	refusal,
	see,
	send,
} from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let customer: Client;
let agent: Client;
let colleague: Client;
let conversationId: string;

beforeAll(async () => {
	service = await startService();
	customer = await service.client('Customer');
	agent = await service.client('Agent', 'AGENT');
	colleague = await service.client('Colleague', 'AGENT');
});
afterAll(() => service.stop());
beforeEach(async () => {
	conversationId = (await createConversation(customer)).id;
	await perform(agent, 'joinConversation', { conversationId });
	await perform(colleague, 'joinConversation', { conversationId });
});

function note(body: string, more: Record<string, unknown> = {}): Promise<MessageView> {
	return send(agent, conversationId, body, { internal: true, ...more });
}

test('agents read notes in the history; customers do not, and their pages have no holes', async () => {
	const first = await send(customer, conversationId, 'First');
	const between = await note('Between');
	const second = await send(customer, conversationId, 'Second');
	expect(between.internal).toBe(true);
	expect(await history(colleague, conversationId)).toEqual([first, between, second]);
	expect(await history(customer, conversationId)).toEqual([first, second]);
	const { conversation } = await customer.query<{ conversation: { messages: unknown } }>(
		`query ($id: ID!) { conversation(id: $id) {
			messages(first: 2) { edges { node { body } } pageInfo { hasNextPage } }
		} }`,
		{ id: conversationId },
	);
	expect(conversation.messages).toEqual({
		edges: [{ node: { body: 'First' } }, { node: { body: 'Second' } }],
		pageInfo: { hasNextPage: false },
	});
});

test('notes, their edits and deletions are holes in a customer’s log', async () => {
	const { id: messageId } = await note('A note');
	await perform(agent, 'editMessage', { messageId, body: 'A better note' });
	await perform(agent, 'deleteMessage', { messageId });
	const { sequence } = await send(customer, conversationId, 'Last');
	expect(sequence).toBe(8);
	const seen = await log(customer, conversationId, sequence);
	expect(seen.map((event) => event.sequence)).toEqual([1, 2, 3, 4, 8]);
	const whole = await log(colleague, conversationId, sequence);
	expect(whole.map((event) => event.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
	expect(whole.slice(4, 7).map((event) => event.__typename)).toEqual([
		'MessageSent',
		'MessageEdited',
		'MessageDeleted',
	]);
});

test('notes live on: a customer who follows sees the next message and nothing between', async () => {
	const following = customer.subscribe<{ conversationEvents: { sequence: number } }>(
		'subscription ($id: ID!) { conversationEvents(conversationId: $id, after: 4) { sequence } }',
		{ id: conversationId },
	);
	const first = await send(customer, conversationId, 'Marker');
	expect((await following.take(1))[0]?.conversationEvents.sequence).toBe(first.sequence);
	const { id: messageId } = await note('A note');
	await perform(agent, 'editMessage', { messageId, body: 'A better note' });
	const second = await send(customer, conversationId, 'Marker');
	expect((await following.take(1))[0]?.conversationEvents.sequence).toBe(second.sequence);
	expect(following.waiting).toBe(0);
	following.stop();
});

test('a note is no activity and no unread message, neither to a customer nor to a colleague', async () => {
	await send(agent, conversationId, 'Public');
	const before = await see(customer, conversationId);
	const { sequence } = await note('Private');
	const after = await see(customer, conversationId);
	expect(after).toEqual({ ...before, lastSequence: sequence });
	expect(after.unreadCount).toBe(1);
	expect((await see(colleague, conversationId)).unreadCount).toBe(1);
	expect((await see(agent, conversationId)).unreadCount).toBe(0);
});

test('a reply to a note is a note itself; a public one is refused', async () => {
	const { id: replyToId } = await note('What do you think?');
	const reply = await send(colleague, conversationId, 'Fine', { replyToId });
	expect(reply).toMatchObject({ internal: true, replyTo: { id: replyToId } });
	expect(await history(customer, conversationId)).toEqual([]);
	expect(
		await refusal(colleague, 'sendMessage', { conversationId, body: 'Public', replyToId, internal: false }),
	).toMatchObject({ __typename: 'InvalidInputError', field: 'internal' });
	expect(
		await refusal(customer, 'sendMessage', { conversationId, body: 'What note?', replyToId }),
	).toMatchObject({ __typename: 'InvalidInputError', field: 'replyToId' });
});

test('a note may answer a public message, which stays public', async () => {
	const { id: replyToId } = await send(customer, conversationId, 'Help');
	const reply = await note('She means the lamp', { replyToId });
	expect(reply).toMatchObject({ internal: true, replyTo: { id: replyToId } });
	expect((await history(customer, conversationId)).map(({ id }) => id)).toEqual([replyToId]);
});

test('an agent’s first note joins them, which the customer sees, unlike the note', async () => {
	const { id } = await createConversation(customer);
	await send(agent, id, 'A note', { internal: true });
	expect((await see(customer, id)).lastSequence).toBe(4);
	expect((await log(customer, id, 3)).map((event) => event.sequence)).toEqual([1, 2, 3]);
	expect((await log(agent, id, 4)).map((event) => event.__typename)).toEqual([
		'ConversationChanged',
		'MemberJoined',
		'MemberJoined',
		'MessageSent',
	]);
});
