import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConversation, history, log, perform, refusal, see, send, userIdOf } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let agent: Client;

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
	agent = await service.client('Agent', 'AGENT');
});
afterAll(() => service.stop());

test('closing is for good: no sends and no edits any more, for nobody', async () => {
	const { id: conversationId } = await createConversation(alice);
	const { id: messageId } = await send(alice, conversationId, 'Open');
	const own = await send(agent, conversationId, 'Mine');
	const { conversation } = await perform(agent, 'closeConversation', { conversationId });
	expect(conversation.closedAt).not.toBeNull();
	expect(conversation.status).toBe('OPEN');

	const closed = { __typename: 'ConversationClosedError', code: 'CONVERSATION_CLOSED', retryable: false };
	for (const client of [alice, agent])
		expect(await refusal(client, 'sendMessage', { conversationId, body: 'Late' })).toMatchObject(closed);
	const note = { conversationId, body: 'Late note', internal: true };
	expect(await refusal(agent, 'sendMessage', note)).toMatchObject(closed);
	expect(await refusal(alice, 'editMessage', { messageId, body: 'Late' })).toMatchObject(closed);
	expect(await refusal(agent, 'editMessage', { messageId: own.id, body: 'Late' })).toMatchObject(closed);
	expect((await history(alice, conversationId)).map(({ body }) => body)).toEqual(['Open', 'Mine']);
	expect((await see(alice, conversationId)).lastSequence).toBe(conversation.lastSequence);
});

test('closing twice is no error and leaves one event', async () => {
	const { id: conversationId } = await createConversation(alice);
	const first = await perform(agent, 'closeConversation', { conversationId });
	expect(await perform(agent, 'closeConversation', { conversationId })).toEqual(first);
	const events = await log(alice, conversationId, 3);
	expect(events.map(({ __typename }) => __typename)).toEqual([
		'ConversationChanged',
		'MemberJoined',
		'ConversationChanged',
	]);
	expect(events.at(-1)?.actor?.subject).toBe(agent.person.subject);
});

test('a retry of a send from before still answers with its message', async () => {
	const { id: conversationId } = await createConversation(alice);
	const more = { clientMessageId: 'before-the-end' };
	const sent = await send(alice, conversationId, 'In time', more);
	await perform(agent, 'closeConversation', { conversationId });
	expect(await send(alice, conversationId, 'In time', more)).toEqual(sent);
	expect(
		await refusal(alice, 'sendMessage', { conversationId, body: 'In time', clientMessageId: 'another' }),
	).toMatchObject({ code: 'CONVERSATION_CLOSED' });
});

test('reading, marking, deleting and leaving go on', async () => {
	const bob = await service.client('Bob');
	const { id: conversationId } = await createConversation(alice, { memberIds: [await userIdOf(bob)] });
	const { id: messageId, sequence } = await send(alice, conversationId, 'Regretted');
	await perform(agent, 'closeConversation', { conversationId });
	expect((await see(bob, conversationId)).unreadCount).toBe(1);
	await perform(bob, 'markRead', { conversationId, sequence });
	expect((await see(bob, conversationId)).unreadCount).toBe(0);
	await perform(alice, 'deleteMessage', { messageId });
	expect(await history(bob, conversationId)).toMatchObject([{ body: '' }]);
	await perform(bob, 'leaveConversation', { conversationId });
});
