import { describe, expect, it } from 'vitest';
import { addMember } from '../../src/conversations/add-member.ts';
import { ForbiddenError, NotFoundError } from '../../src/conversations/errors.ts';
import { joinConversation } from '../../src/conversations/join-conversation.ts';
import { leaveConversation } from '../../src/conversations/leave-conversation.ts';
import { markRead } from '../../src/conversations/mark-read.ts';
import type { Membership } from '../../src/conversations/model.ts';
import type { MemberCursor } from '../../src/conversations/pages.ts';
import { removeMember } from '../../src/conversations/remove-member.ts';
import type { Viewer } from '../../src/identity/viewer.ts';
import { DATABASES, idOrder, send, useNodes } from './store-setup.ts';

describe.each(DATABASES)('memberships on %s', (kind) => {
	const nodes = useNodes(kind);

	const membership = async (conversationId: string, { user }: Viewer): Promise<Membership | undefined> => {
		const key = { conversationId, userId: user.id };
		const [found] = await nodes.there.conversations.memberships([key]);
		const [seen] = await nodes.there.conversations.conversations([conversationId], user.id);
		expect(seen?.membership).toEqual(found);
		return found;
	};

	it('begin once, however often and wherever one joins', async () => {
		const alice = await nodes.person();
		const bob = await nodes.person();
		const { id } = await nodes.conversation(alice, { visibility: 'OPEN' });
		const joins = await Promise.all(
			[nodes.here, nodes.there, nodes.here, nodes.there].map(({ domain }) =>
				joinConversation(domain, bob, { conversationId: id }),
			),
		);
		for (const join of joins) expect(join.membership).toEqual(await membership(id, bob));
		expect((await nodes.log(id)).map(({ type, memberId }) => [type, memberId]).slice(2)).toEqual([
			['MemberJoined', bob.user.id],
		]);
	});

	it('end at the sequence of the event that says so, and keep the read marker', async () => {
		const alice = await nodes.person();
		const bob = await nodes.person();
		const { id } = await nodes.conversation(alice, { memberIds: [bob.user.id] });
		await send(nodes.here, alice, id, 'hello');
		await markRead(nodes.here.domain, bob, { conversationId: id, sequence: 4 });
		await leaveConversation(nodes.here.domain, bob, { conversationId: id });
		await leaveConversation(nodes.there.domain, bob, { conversationId: id });
		const log = await nodes.log(id);
		expect(log.at(-1)).toMatchObject({ type: 'MemberLeft', sequence: 5, memberId: bob.user.id });
		const left = await membership(id, bob);
		expect(left).toMatchObject({ leftSequence: 5, lastReadSequence: 4, removed: false });
		expect(left?.leftAt).toEqual(log.at(-1)?.occurredAt);
		await expect(send(nodes.here, bob, id, 'too late')).rejects.toBeInstanceOf(NotFoundError);
	});

	it('begin again by joining, except for one who was removed', async () => {
		const alice = await nodes.person();
		const bob = await nodes.person();
		const { id } = await nodes.conversation(alice, { visibility: 'OPEN', memberIds: [bob.user.id] });
		await leaveConversation(nodes.here.domain, bob, { conversationId: id });
		await joinConversation(nodes.here.domain, bob, { conversationId: id });
		expect(await membership(id, bob)).toMatchObject({ leftAt: null, leftSequence: null, removed: false });

		await removeMember(nodes.here.domain, alice, { conversationId: id, userId: bob.user.id });
		expect(await membership(id, bob)).toMatchObject({ leftSequence: 6, removed: true });
		const join = joinConversation(nodes.there.domain, bob, { conversationId: id });
		await expect(join).rejects.toBeInstanceOf(ForbiddenError);

		await addMember(nodes.here.domain, alice, { conversationId: id, subject: bob.user.subject });
		expect(await membership(id, bob)).toMatchObject({ leftAt: null, leftSequence: null, removed: false });
		expect((await nodes.log(id)).map(({ type }) => type).slice(3)).toEqual([
			'MemberLeft',
			'MemberJoined',
			'MemberLeft',
			'MemberJoined',
		]);
	});

	it('change the same whether one commit takes all or each its own', async () => {
		const agent = await nodes.person('AGENT');
		const { id } = await nodes.conversation(await nodes.person());
		const input = { conversationId: id };
		const before = nodes.here.batches.length;
		await Promise.all([
			joinConversation(nodes.here.domain, agent, input),
			send(nodes.here, agent, id, 'hello'),
			leaveConversation(nodes.here.domain, agent, input),
			joinConversation(nodes.here.domain, agent, input),
		]);
		expect(nodes.here.batches.slice(before)).toEqual([4]);
		expect((await nodes.log(id)).map(({ type }) => type).slice(2)).toEqual([
			'MemberJoined',
			'MessageSent',
			'MemberLeft',
			'MemberJoined',
		]);
		expect(await membership(id, agent)).toMatchObject({ leftAt: null, lastReadSequence: 3 });
	});

	it('keep the read marker from going back when two nodes move it', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		for (let number = 0; number < 8; number++) await send(nodes.here, alice, id, 'hello');
		await Promise.all(
			[9, 3, 8, 10, 5].map((sequence, index) =>
				markRead((index % 2 ? nodes.here : nodes.there).domain, alice, { conversationId: id, sequence }),
			),
		);
		expect(await membership(id, alice)).toMatchObject({ lastReadSequence: 10 });
		expect(await nodes.log(id)).toHaveLength(10);
	});

	it('are listed while they last, in the order of joining, the id deciding between equals', async () => {
		const alice = await nodes.person();
		const others = await Promise.all(Array.from({ length: 7 }, () => nodes.person()));
		const { id } = await nodes.conversation(alice, { memberIds: others.map(({ user }) => user.id) });
		const [leaver] = others;
		if (leaver) await leaveConversation(nodes.here.domain, leaver, { conversationId: id });
		const stay = [alice, ...others.slice(1)].map(({ user }) => user.id).sort(idOrder(kind));
		const page = async (request: { after?: MemberCursor; before?: MemberCursor; fromEnd: boolean }) => {
			const { rows, hasMore } = await nodes.here.conversations.members(id, { limit: 3, ...request });
			return { ids: rows.map(({ userId }) => userId), last: rows.at(-1), first: rows[0], hasMore };
		};
		const start = await page({ fromEnd: false });
		expect([start.ids, start.hasMore]).toEqual([stay.slice(0, 3), true]);
		const next = await page({ fromEnd: false, ...(start.last && { after: start.last }) });
		expect([next.ids, next.hasMore]).toEqual([stay.slice(3, 6), true]);
		const end = await page({ fromEnd: true });
		expect([end.ids, end.hasMore]).toEqual([stay.slice(4), true]);
		const back = await page({ fromEnd: true, ...(end.first && { before: end.first }) });
		expect([back.ids, back.hasMore]).toEqual([stay.slice(1, 4), true]);
	});
});
