import { beforeEach, expect, test } from 'vitest';
import { createConversation, history, look, perform, see, send, userIdOf } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startWithPeople } from '../support/people.ts';

const { service, alice, bob, agent } = await startWithPeople();
let conversationId: string;

beforeEach(async () => {
	conversationId = (await createConversation(alice, { memberIds: [await userIdOf(bob)] })).id;
});

async function unread(client: Client): Promise<number> {
	return (await see(client, conversationId)).unreadCount;
}

/** Counted anew from what the viewer can read. */
async function recount(client: Client): Promise<number> {
	const { viewerMembership } = await see(client, conversationId);
	if (viewerMembership === null) return 0;
	const messages = await history(client, conversationId);
	return messages.filter(
		({ sequence, author, internal, deletedAt }) =>
			sequence > viewerMembership.lastReadSequence &&
			author?.subject !== client.person.subject &&
			!internal &&
			deletedAt === null,
	).length;
}

test('own messages, edits and notes do not count; deleting one takes it away', async () => {
	const first = await send(alice, conversationId, 'One');
	const second = await send(alice, conversationId, 'Two');
	await send(agent, conversationId, 'Note', { internal: true });
	expect([await unread(alice), await unread(bob), await unread(agent)]).toEqual([0, 2, 0]);
	await perform(alice, 'editMessage', { messageId: first.id, body: 'One, edited' });
	expect(await unread(bob)).toBe(2);
	await perform(alice, 'deleteMessage', { messageId: second.id });
	expect(await unread(bob)).toBe(1);
	await perform(bob, 'markRead', { conversationId, sequence: first.sequence });
	expect(await unread(bob)).toBe(0);
	// An edit of what was read does not make it unread again.
	await perform(alice, 'editMessage', { messageId: first.id, body: 'One, edited again' });
	expect(await unread(bob)).toBe(0);
});

test('without membership it is 0, and after coming back it counts from the kept marker', async () => {
	const { sequence } = await send(alice, conversationId, 'Read');
	await perform(bob, 'markRead', { conversationId, sequence });
	await perform(bob, 'leaveConversation', { conversationId });
	await send(alice, conversationId, 'Missed');
	expect(await unread(agent)).toBe(0);
	await perform(alice, 'addMember', { conversationId, subject: bob.person.subject });
	expect(await unread(bob)).toBe(1);
});

test('a newcomer has read nothing of what came before, and it does not count', async () => {
	await send(alice, conversationId, 'Before');
	await perform(agent, 'joinConversation', { conversationId });
	expect(await unread(agent)).toBe(0);
	await send(alice, conversationId, 'After');
	expect(await unread(agent)).toBe(1);
});

test('a list of conversations has the right count for each', async () => {
	const carol = await service.client('Carol');
	const ids: string[] = [];
	for (let count = 0; count < 4; count++) {
		const { id } = await createConversation(alice, { memberIds: [await userIdOf(carol)] });
		ids.push(id);
		for (let at = 0; at < count; at++) await send(alice, id, `${at}`);
	}
	const { conversations } = await carol.query<{
		conversations: { edges: { node: { id: string; unreadCount: number } }[] };
	}>('{ conversations { edges { node { id unreadCount } } } }');
	const counts = new Map(conversations.edges.map(({ node }) => [node.id, node.unreadCount]));
	expect(ids.map((id) => counts.get(id))).toEqual([0, 1, 2, 3]);
});

test('a mutation answers with the count after it', async () => {
	await send(alice, conversationId, 'Before');
	await perform(bob, 'leaveConversation', { conversationId });
	const { conversation } = await perform(alice, 'addMember', {
		conversationId,
		subject: bob.person.subject,
	});
	expect(conversation.unreadCount).toBe(0);
	const sent = await bob.query<{ sendMessage: unknown }>(
		`mutation ($id: ID!) { sendMessage(input: { conversationId: $id, body: "Hi" }) {
			... on SendMessagePayload { message { conversation { unreadCount lastSequence } } }
		} }`,
		{ id: conversationId },
	);
	expect(sent.sendMessage).toEqual({ message: { conversation: { unreadCount: 1, lastSequence: 7 } } });
});

test('equals a recount after each step of a long story, for everybody', async () => {
	const colleague = await service.client('Colleague', 'AGENT');
	await perform(colleague, 'joinConversation', { conversationId });
	const everybody = [alice, bob, agent, colleague];
	const steps: (() => Promise<unknown>)[] = [];
	for (let round = 0; round < 6; round++) {
		for (const client of everybody) steps.push(() => send(client, conversationId, `Round ${round}`));
		steps.push(() => send(agent, conversationId, 'Note', { internal: true }));
		steps.push(async () => {
			const messages = await history(agent, conversationId);
			const own = messages.filter(({ author }) => author?.subject === agent.person.subject);
			const messageId = own[(round * 7) % own.length]?.id;
			await perform(agent, 'deleteMessage', { messageId });
		});
		steps.push(async () => {
			const { lastSequence } = await see(bob, conversationId);
			const sequence = round % 2 === 0 ? lastSequence - 3 : 1;
			await perform(bob, 'markRead', { conversationId, sequence });
		});
		if (round % 2 === 1) {
			steps.push(() => perform(agent, 'leaveConversation', { conversationId }));
			steps.push(() => perform(alice, 'removeMember', { conversationId, subject: bob.person.subject }));
			steps.push(() => send(alice, conversationId, 'While Bob is away'));
			steps.push(() => perform(alice, 'addMember', { conversationId, subject: bob.person.subject }));
		}
	}
	for (const step of steps) {
		await step();
		for (const client of everybody)
			if ((await look(client, conversationId)) !== null)
				expect(await unread(client)).toBe(await recount(client));
	}
	expect(await unread(bob)).toBeGreaterThan(0);
});
