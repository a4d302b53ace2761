import { describe, expect, it } from 'vitest';
import { addMember } from '../../src/conversations/add-member.ts';
import { deleteMessage } from '../../src/conversations/delete-message.ts';
import { editMessage } from '../../src/conversations/edit-message.ts';
import { leaveConversation } from '../../src/conversations/leave-conversation.ts';
import { markRead } from '../../src/conversations/mark-read.ts';
import type { Conversation } from '../../src/conversations/model.ts';
import { RequestReader } from '../../src/conversations/request-reader.ts';
import type { Viewer } from '../../src/identity/viewer.ts';
import { append } from './store-append.ts';
import { DATABASES, send, useNodes } from './store-setup.ts';

describe.each(DATABASES)('what a member has not read on %s', (kind) => {
	const nodes = useNodes(kind);

	const unread = (by: Viewer, conversation: Conversation) =>
		new RequestReader(nodes.there.domain, by).unreadCount(conversation);

	const begin = async () => {
		const agent = await nodes.person('AGENT');
		const bob = await nodes.person();
		const conversation = await nodes.conversation(agent, { memberIds: [bob.user.id] });
		const say = async (by: Viewer, body: string, internal = false) =>
			(await send(nodes.here, by, conversation.id, body, { internal })).message;
		return { agent, bob, conversation, say };
	};

	it('is what others wrote', async () => {
		const { agent, bob, conversation, say } = await begin();
		await say(agent, 'one');
		await say(bob, 'my own');
		await say(agent, 'two');
		expect(await unread(bob, conversation)).toBe(2);
		expect(await unread(agent, conversation)).toBe(1);
	});

	it('is what came after the read marker', async () => {
		const { agent, bob, conversation, say } = await begin();
		const first = await say(agent, 'one');
		await say(agent, 'two');
		await markRead(nodes.here.domain, bob, { conversationId: conversation.id, sequence: first.sequence });
		expect(await unread(bob, conversation)).toBe(1);
		await markRead(nodes.here.domain, bob, { conversationId: conversation.id, sequence: 1_000 });
		expect(await unread(bob, conversation)).toBe(0);
	});

	it('counts an edited message once and a deleted one not at all', async () => {
		const { agent, bob, conversation, say } = await begin();
		const edited = await say(agent, 'one');
		const deleted = await say(agent, 'two');
		await editMessage(nodes.here.domain, agent, { messageId: edited.id, body: 'edited' });
		await deleteMessage(nodes.here.domain, agent, { messageId: deleted.id });
		expect(await unread(bob, conversation)).toBe(1);
	});

	it('counts notes for nobody', async () => {
		const { agent, bob, conversation, say } = await begin();
		const colleague = await nodes.person('AGENT');
		await addMember(nodes.here.domain, agent, {
			conversationId: conversation.id,
			userId: colleague.user.id,
		});
		await say(agent, 'a note', true);
		expect(await unread(colleague, conversation)).toBe(0);
		expect(await unread(bob, conversation)).toBe(0);
	});

	it('counts what an outside contact wrote, who is no user', async () => {
		const { bob, conversation } = await begin();
		await append(nodes.here, conversation.id, [{ authorId: null }, { authorId: null, internal: true }]);
		expect(await unread(bob, conversation)).toBe(1);
	});

	it('is nothing after leaving, and goes on where it was after coming back', async () => {
		const { agent, bob, conversation, say } = await begin();
		await say(agent, 'one');
		await leaveConversation(nodes.here.domain, bob, { conversationId: conversation.id });
		await say(agent, 'two');
		expect(await unread(bob, conversation)).toBe(0);
		const member = { conversationId: conversation.id, userId: bob.user.id };
		await addMember(nodes.here.domain, agent, member);
		expect(await unread(bob, conversation)).toBe(2);
	});

	it('is counted for many conversations at once, each by its own marker', async () => {
		const { agent, bob, conversation, say } = await begin();
		const read = await nodes.conversation(agent, { memberIds: [bob.user.id] });
		const other = await nodes.conversation(agent, { memberIds: [bob.user.id] });
		await say(agent, 'one');
		for (const { id } of [read, other]) await send(nodes.here, agent, id, 'one');
		await send(nodes.here, agent, other.id, 'two');
		await markRead(nodes.here.domain, bob, { conversationId: read.id, sequence: 4 });
		const keys = [conversation, read, other].map(({ id }) => ({ conversationId: id, userId: bob.user.id }));
		const memberships = await nodes.there.conversations.memberships(keys);
		expect(await nodes.there.conversations.unreadCounts(memberships, bob.user.id)).toEqual(
			new Map([
				[conversation.id, 1],
				[other.id, 2],
			]),
		);
		expect(await nodes.there.conversations.unreadCounts([], bob.user.id)).toEqual(new Map());
	});
});
