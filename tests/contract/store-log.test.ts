import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { closeConversation } from '../../src/conversations/close-conversation.ts';
import { deleteMessage } from '../../src/conversations/delete-message.ts';
import { editMessage } from '../../src/conversations/edit-message.ts';
import { newId } from '../../src/conversations/ids.ts';
import { leaveConversation } from '../../src/conversations/leave-conversation.ts';
import { append } from './store-append.ts';
import { DATABASES, type Nodes, send, useNodes } from './store-setup.ts';

describe.each(DATABASES)('the log of a conversation on %s', (kind) => {
	const nodes = useNodes(kind);

	it('is read in order from any place, as much as is asked for', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		await append(
			nodes.here,
			id,
			Array.from({ length: 8 }, () => ({})),
		);
		const read = async (after: number, limit: number) =>
			(await nodes.there.conversations.eventsAfter(id, after, limit)).map(({ sequence }) => sequence);
		expect(await read(0, 3)).toEqual([1, 2, 3]);
		expect(await read(3, 3)).toEqual([4, 5, 6]);
		expect(await read(7, 100)).toEqual([8, 9, 10]);
		expect(await read(10, 100)).toEqual([]);
		expect(await read(2_147_483_647, 100)).toEqual([]);
		expect(await nodes.there.conversations.eventsAfter(newId(), 0, 10)).toEqual([]);
	});

	it('gives what each event says, with the present state of what it speaks of', async () => {
		const agent = await nodes.person('AGENT');
		const bob = await nodes.person();
		const { id } = await nodes.conversation(agent, { subject: 'A subject', memberIds: [bob.user.id] });
		const { message } = await send(nodes.here, agent, id, 'first');
		await editMessage(nodes.here.domain, agent, { messageId: message.id, body: 'second' });
		const note = await send(nodes.here, agent, id, 'a note', { internal: true, clientMessageId: 'key' });
		await leaveConversation(nodes.here.domain, bob, { conversationId: id });
		await closeConversation(nodes.here.domain, agent, { conversationId: id });
		const [conversation] = (await nodes.here.conversations.conversations([id], agent.user.id)).map(
			(seen) => seen.conversation,
		);
		const log = await nodes.log(id);
		expect(conversation).toMatchObject({ subject: 'A subject', lastSequence: 8, closedAt: expect.any(Date) });
		for (const event of log) expect(event).toMatchObject({ conversationId: id, conversation, users: [] });
		expect(log.map(({ type, actorId, internal }) => [type, actorId, internal])).toEqual([
			['ConversationChanged', agent.user.id, false],
			['MemberJoined', agent.user.id, false],
			['MemberJoined', agent.user.id, false],
			['MessageSent', agent.user.id, false],
			['MessageEdited', agent.user.id, false],
			['MessageSent', agent.user.id, true],
			['MemberLeft', bob.user.id, false],
			['ConversationChanged', agent.user.id, false],
		]);
		expect(log[3]?.message).toEqual({
			...message,
			contentHash: undefined,
			body: 'second',
			editCount: 1,
			editedAt: log[4]?.occurredAt,
		});
		expect(log[4]?.message).toEqual(log[3]?.message);
		expect(log[5]?.message).toMatchObject({ id: note.message.id, clientMessageId: 'key', internal: true });
		expect(log[2]?.member).toMatchObject({ userId: bob.user.id, leftSequence: 7 });
		expect(log[6]?.member).toEqual(log[2]?.member);
	});

	it('never gives an event with a state older than the event, while another node writes', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const { message } = await send(nodes.here, alice, id, '0');
		let writing = true;
		const write = async () => {
			for (let edit = 1; edit <= 30; edit++)
				await editMessage(nodes.here.domain, alice, { messageId: message.id, body: String(edit) });
		};
		const read = async () => {
			let reads = 0;
			for (; writing || reads === 0; reads++) {
				// The embedded database answers in the same turn: without this the writer would never have one.
				await nextTurn();
				for (const event of await nodes.there.conversations.eventsAfter(id, 2, 1_000)) {
					// Sequence 3 sent it, and each edit took the next one.
					expect(event.message?.editCount).toBeGreaterThanOrEqual(event.sequence - 3);
					expect(event.message?.body).toBe(String(event.message?.editCount));
					expect(event.conversation.lastSequence).toBeGreaterThanOrEqual(event.sequence);
				}
			}
		};
		await Promise.all([write().finally(() => (writing = false)), read()]);
		expect(await nodes.log(id)).toHaveLength(33);
	});

	it('forgets the bodies of a deleted message', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const { message } = await send(nodes.here, alice, id, 'first');
		for (const body of ['second', 'third'])
			await editMessage(nodes.here.domain, alice, { messageId: message.id, body });
		const revisions = await nodes.there.conversations.revisions(message.id);
		expect(revisions.map(({ number, body }) => [number, body])).toEqual([
			[1, 'first'],
			[2, 'second'],
		]);
		expect(revisions[0]?.createdAt).toEqual(message.createdAt);
		await deleteMessage(nodes.here.domain, alice, { messageId: message.id });
		expect(await nodes.there.conversations.revisions(message.id)).toEqual([]);
		expect((await nodes.log(id)).map((event) => event.message?.body).slice(2)).toEqual(['', '', '', '']);
	});

	it('says which commands it holds', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const other = await nodes.conversation(alice);
		await send(nodes.here, alice, id, 'hello');
		const [{ commandId = '' } = {}] = (await nodes.log(id)).slice(-1);
		const absent = newId();
		const find = async (conversationId: string, commandId: string, after: number) => [
			...(await nodes.there.conversations.findCommands([
				{ conversationId, commandId, after },
				{ conversationId, commandId: absent, after: 0 },
			])),
		];
		expect(await find(id, commandId, 2)).toEqual([commandId]);
		expect(await find(id, commandId, 0)).toEqual([commandId]);
		expect(await find(other.id, commandId, 0)).toEqual([]);
		expect(await nodes.there.conversations.findCommands([])).toEqual(new Set());
	});

	it('has a head for each conversation that there is', async () => {
		const alice = await nodes.person();
		const one = await nodes.conversation(alice);
		const other = await nodes.conversation(alice);
		await send(nodes.here, alice, other.id, 'hello');
		const heads = await nodes.there.conversations.heads([one.id, newId(), other.id]);
		expect(heads).toEqual(
			new Map([
				[one.id, 2],
				[other.id, 3],
			]),
		);
	});

	it('has one epoch on all nodes', async () => {
		const epoch = await nodes.here.conversations.epoch();
		expect(epoch).toMatch(/^[0-9a-f]{16}$/);
		expect(await nodes.there.conversations.epoch()).toBe(epoch);
	});

	it('gives messages with their conversations, as they stood then or later', async () => {
		const alice = await nodes.person();
		const messages = await sendTwice(nodes, alice);
		const ids = messages.map(({ id }) => id);
		const found = await nodes.there.conversations.messagesWithConversations([...ids, newId()]);
		expect(new Map(found.map(({ message, conversation }) => [message.id, conversation.id]))).toEqual(
			new Map(messages.map(({ id, conversationId }) => [id, conversationId])),
		);
		for (const { message, conversation } of found)
			expect(conversation.lastSequence).toBeGreaterThanOrEqual(message.sequence);
		expect(await nodes.there.conversations.messagesWithConversations([newId()])).toEqual([]);
	});
});

async function sendTwice(nodes: Nodes, by: Awaited<ReturnType<Nodes['person']>>) {
	const conversations = await Promise.all([nodes.conversation(by), nodes.conversation(by)]);
	return Promise.all(conversations.map(async ({ id }) => (await send(nodes.here, by, id, 'hello')).message));
}
