import { describe, expect, it } from 'vitest';
import { closeConversation } from '../../src/conversations/close-conversation.ts';
import { createConversation } from '../../src/conversations/create-conversation.ts';
import { editMessage } from '../../src/conversations/edit-message.ts';
import { NotFoundError } from '../../src/conversations/errors.ts';
import { newId } from '../../src/conversations/ids.ts';
import { leaveConversation } from '../../src/conversations/leave-conversation.ts';
import { DATABASES, send, sent, useNodes } from './store-setup.ts';

const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);

describe.each(DATABASES)('the sequences of a conversation on %s', (kind) => {
	const nodes = useNodes(kind, 1_024);

	it('begin with its creation and its members', async () => {
		const alice = await nodes.person();
		const bob = await nodes.person();
		const { id, lastSequence } = await nodes.conversation(alice, { memberIds: [bob.user.id] });
		const log = await nodes.log(id);
		expect(lastSequence).toBe(3);
		expect(log.map(({ type, memberId }) => ({ type, memberId }))).toEqual([
			{ type: 'ConversationChanged', memberId: null },
			{ type: 'MemberJoined', memberId: alice.user.id },
			{ type: 'MemberJoined', memberId: bob.user.id },
		]);
	});

	it('are given in the order in which one node was asked', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const bodies = numbers(100).map((number) => `message ${number}`);
		const answers = await Promise.all(bodies.map((body) => send(nodes.here, alice, id, body)));
		expect(answers.map(({ message }) => message.sequence)).toEqual(numbers(100, 3));
		expect(sent(await nodes.log(id))).toEqual(bodies);
	});

	it('have no hole and no double when two nodes write at once', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const other = await nodes.conversation(alice);
		const answers = await Promise.all(
			numbers(200).map((number) => {
				const node = number % 2 ? nodes.here : nodes.there;
				return send(node, alice, number % 5 ? id : other.id, `message ${number}`);
			}),
		);
		const log = [...(await nodes.log(id)), ...(await nodes.log(other.id))];
		expect(sent(log)).toHaveLength(200);
		expect(new Set(answers.map(({ message }) => message.id)).size).toBe(200);
		for (const { message } of answers)
			expect(log).toContainEqual(
				expect.objectContaining({
					conversationId: message.conversationId,
					messageId: message.id,
					sequence: message.sequence,
				}),
			);
	});

	it('are not used up by what is refused', async () => {
		const alice = await nodes.person();
		const stranger = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const answers = await Promise.allSettled([
			send(nodes.here, alice, id, 'first'),
			send(nodes.here, stranger, id, 'refused'),
			send(nodes.here, alice, newId(), 'to nowhere'),
			send(nodes.here, alice, id, 'second'),
		]);
		expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
		expect(answers[1]).toMatchObject({ reason: expect.any(NotFoundError) });
		expect(sent(await nodes.log(id))).toEqual(['first', 'second']);
	});

	it('count every kind of change, also in one commit', async () => {
		const agent = await nodes.person('AGENT');
		const { id } = await nodes.conversation(agent);
		const { message } = await send(nodes.here, agent, id, 'a slip');
		await editMessage(nodes.here.domain, agent, { messageId: message.id, body: 'mended' });
		await Promise.all([
			send(nodes.here, agent, id, 'a note', { internal: true }),
			leaveConversation(nodes.here.domain, agent, { conversationId: id }),
			closeConversation(nodes.here.domain, agent, { conversationId: id }),
		]);
		expect((await nodes.log(id)).map(({ type }) => type)).toEqual([
			'ConversationChanged',
			'MemberJoined',
			'MessageSent',
			'MessageEdited',
			'MessageSent',
			'MemberLeft',
			'ConversationChanged',
		]);
	});

	it('hold for 1,024 commands over 300 conversations in one commit', async () => {
		const alice = await nodes.person();
		const conversations = await Promise.all(
			numbers(300).map(() => createConversation(nodes.here.domain, alice, {})),
		);
		const ids = conversations.map(({ conversation }) => conversation.id);
		const before = nodes.here.batches.length;
		const answers = await Promise.all(
			numbers(1_024).map((number) => {
				const id = ids[number % ids.length] ?? '';
				return send(nodes.here, alice, id, `message ${number}`, { clientMessageId: `key ${number}` });
			}),
		);
		expect(nodes.here.batches.slice(before)).toEqual([1_024]);
		const heads = await nodes.here.conversations.heads(ids);
		for (const [index, id] of ids.entries()) {
			const own = answers.filter((_, command) => (command + 1) % ids.length === index);
			expect(own.map(({ message }) => message.sequence)).toEqual(numbers(own.length, 3));
			expect(heads.get(id)).toBe(2 + own.length);
		}
	});
});
