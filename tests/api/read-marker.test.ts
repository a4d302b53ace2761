import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createConversation, perform, refusal, see, send, userIdOf } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let bob: Client;
let conversationId: string;

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
	bob = await service.client('Bob');
});
afterAll(() => service.stop());
beforeEach(async () => {
	conversationId = (await createConversation(alice, { memberIds: [await userIdOf(bob)] })).id;
});

async function mark(sequence: number, client = bob): Promise<number> {
	return (await perform(client, 'markRead', { conversationId, sequence })).membership.lastReadSequence;
}

test('moves forward, never back, and takes no sequence', async () => {
	const { sequence } = await send(alice, conversationId, 'One');
	await send(alice, conversationId, 'Two');
	expect(await mark(sequence)).toBe(4);
	expect(await mark(1)).toBe(4);
	expect(await mark(0)).toBe(4);
	expect(await mark(sequence + 1)).toBe(5);
	const seen = await see(bob, conversationId);
	expect(seen).toMatchObject({ lastSequence: 5, unreadCount: 0, viewerMembership: { lastReadSequence: 5 } });
});

test('never moves past the head, so that what comes later is unread', async () => {
	expect(await mark(2 ** 31 - 1)).toBe(3);
	await send(alice, conversationId, 'New');
	expect((await see(bob, conversationId)).unreadCount).toBe(1);
});

test('many at once end at the highest', async () => {
	for (let at = 0; at < 5; at++) await send(alice, conversationId, `${at}`);
	await Promise.all([5, 8, 4, 7, 6, 3].map((sequence) => mark(sequence)));
	expect((await see(bob, conversationId)).viewerMembership?.lastReadSequence).toBe(8);
});

test('is each member’s own, and sending does not move it', async () => {
	await send(alice, conversationId, 'One');
	await send(bob, conversationId, 'Two');
	await mark(5);
	expect((await see(alice, conversationId)).viewerMembership?.lastReadSequence).toBe(1);
	expect((await see(alice, conversationId)).unreadCount).toBe(1);
});

test('a negative sequence is refused, naming the field', async () => {
	expect(await refusal(bob, 'markRead', { conversationId, sequence: -1 })).toMatchObject({
		__typename: 'InvalidInputError',
		field: 'sequence',
	});
});

test('without membership there is none', async () => {
	const agent = await service.client('Agent', 'AGENT');
	expect(await refusal(agent, 'markRead', { conversationId, sequence: 1 })).toMatchObject({
		code: 'FORBIDDEN',
	});
	await perform(bob, 'leaveConversation', { conversationId });
	expect(await refusal(bob, 'markRead', { conversationId, sequence: 1 })).toMatchObject({
		code: 'NOT_FOUND',
	});
});
