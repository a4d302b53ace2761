import { describe, expect, test } from 'vitest';
import {
	createConversation,
	history,
	log,
	look,
	members,
	perform,
	refusal,
	see,
	send,
	userIdOf,
} from '../support/chat.ts';
import { startWithPeople } from '../support/people.ts';

const { alice, bob, agent } = await startWithPeople();

describe('joining and leaving', () => {
	test('twice is no error, and leaves one event each', async () => {
		const { id: conversationId } = await createConversation(alice, { visibility: 'OPEN' });
		const joined = await perform(bob, 'joinConversation', { conversationId });
		expect(joined.conversation.lastSequence).toBe(3);
		expect(await perform(bob, 'joinConversation', { conversationId })).toEqual(joined);
		const left = await perform(bob, 'leaveConversation', { conversationId });
		expect(left.conversation.lastSequence).toBe(4);
		expect(await perform(bob, 'leaveConversation', { conversationId })).toEqual(left);
		const events = await log(alice, conversationId, 4);
		expect(events.map(({ __typename }) => __typename)).toEqual([
			'ConversationChanged',
			'MemberJoined',
			'MemberJoined',
			'MemberLeft',
		]);
	});

	test('leaving what one never joined is no error in an OPEN conversation and changes nothing', async () => {
		const { id: conversationId } = await createConversation(alice, { visibility: 'OPEN' });
		const { conversation } = await perform(bob, 'leaveConversation', { conversationId });
		expect(conversation).toMatchObject({ id: conversationId, lastSequence: 2, viewerMembership: null });
	});

	test('many joins at once are one', async () => {
		const { id: conversationId } = await createConversation(alice, { visibility: 'OPEN' });
		await Promise.all(Array.from({ length: 10 }, () => perform(bob, 'joinConversation', { conversationId })));
		expect(await see(alice, conversationId)).toMatchObject({ lastSequence: 3 });
		expect(await members(alice, conversationId)).toEqual([alice.person.subject, bob.person.subject]);
	});

	test('joining again sets joinedAt, clears leftAt, keeps the read marker, and shows what was said meanwhile', async () => {
		const { id: conversationId } = await createConversation(alice, { visibility: 'OPEN' });
		const first = (await perform(bob, 'joinConversation', { conversationId })).membership;
		expect(first).toMatchObject({ leftAt: null, lastReadSequence: 3 });
		const read = await send(alice, conversationId, 'Read');
		await perform(bob, 'markRead', { conversationId, sequence: read.sequence });
		await perform(bob, 'leaveConversation', { conversationId });
		const missed = await send(alice, conversationId, 'While you were away');

		await perform(bob, 'joinConversation', { conversationId });
		const again = (await see(bob, conversationId)).viewerMembership;
		expect(again).toMatchObject({ leftAt: null, lastReadSequence: read.sequence });
		expect(Date.parse(again?.joinedAt ?? '')).toBeGreaterThan(Date.parse(first.joinedAt));
		expect((await see(bob, conversationId)).unreadCount).toBe(1);
		expect((await history(bob, conversationId)).map(({ id }) => id)).toEqual([read.id, missed.id]);
	});

	test('a PRIVATE conversation cannot be joined by a customer, but by an agent', async () => {
		const { id: conversationId } = await createConversation(alice);
		expect(await refusal(bob, 'joinConversation', { conversationId })).toMatchObject({ code: 'NOT_FOUND' });
		const { membership } = await perform(agent, 'joinConversation', { conversationId });
		expect(membership).toMatchObject({ user: { subject: agent.person.subject }, lastReadSequence: 3 });
	});

	test('who left a PRIVATE conversation cannot come back by themselves', async () => {
		const { id: conversationId } = await createConversation(alice, { memberIds: [await userIdOf(bob)] });
		await perform(bob, 'leaveConversation', { conversationId });
		expect(await refusal(bob, 'joinConversation', { conversationId })).toMatchObject({ code: 'NOT_FOUND' });
		await perform(alice, 'addMember', { conversationId, subject: bob.person.subject });
		expect(await see(bob, conversationId)).toMatchObject({ viewerMembership: { leftAt: null } });
	});

	test('leaving again says nothing of what happened since', async () => {
		const { id: conversationId } = await createConversation(alice, {
			subject: 'Between us',
			memberIds: [await userIdOf(bob)],
		});
		await perform(bob, 'leaveConversation', { conversationId });
		const before = await perform(bob, 'leaveConversation', { conversationId });
		await send(alice, conversationId, 'Now that Bob is gone');
		await perform(agent, 'closeConversation', { conversationId });
		expect(await perform(bob, 'leaveConversation', { conversationId })).toEqual(before);
		expect(before.conversation).toMatchObject({ subject: null, lastSequence: 4, closedAt: null });
	});
});

test.each([
	['OPEN', 'FORBIDDEN'],
	['PRIVATE', 'NOT_FOUND'],
])('the answer to leaving an %s conversation shows no messages and no members', async (visibility, code) => {
	const { id } = await createConversation(alice, { visibility, memberIds: [await userIdOf(bob)] });
	await send(alice, id, 'Hello');
	for (const field of ['messages', 'members']) {
		const { data, errors } = await bob.ask<unknown>(
			`mutation ($id: ID!) { leaveConversation(input: { conversationId: $id }) {
				... on LeaveConversationPayload { conversation { id ${field} { edges { cursor } } } }
			} }`,
			{ id },
		);
		expect(data).toBeNull();
		expect(errors?.map(({ extensions }) => extensions['code'])).toEqual([code]);
	}
});

describe('a customer who was removed', () => {
	test.each(['OPEN', 'PRIVATE'])('needs addMember to come back to an %s conversation', async (visibility) => {
		const { id: conversationId } = await createConversation(alice, {
			visibility,
			memberIds: [await userIdOf(bob)],
		});
		const { membership } = await perform(alice, 'removeMember', {
			conversationId,
			subject: bob.person.subject,
		});
		expect(membership.leftAt).not.toBeNull();
		// Where the conversation cannot be seen any more the refusal must not say that it is there.
		const code = visibility === 'OPEN' ? 'FORBIDDEN' : 'NOT_FOUND';
		expect(await refusal(bob, 'joinConversation', { conversationId })).toMatchObject({ code });
		expect(await refusal(bob, 'sendMessage', { conversationId, body: 'Hello?' })).toMatchObject({ code });
		await perform(bob, 'leaveConversation', { conversationId });
		expect(await refusal(bob, 'joinConversation', { conversationId })).toMatchObject({ code });
		expect((await see(alice, conversationId)).lastSequence).toBe(4);

		await perform(agent, 'addMember', { conversationId, userId: await userIdOf(bob) });
		await send(bob, conversationId, 'Back again');
	});

	test('may join by themselves again once they were added back and left', async () => {
		const { id: conversationId } = await createConversation(alice, { visibility: 'OPEN' });
		const bobHere = { conversationId, subject: bob.person.subject };
		await perform(alice, 'addMember', bobHere);
		await perform(alice, 'removeMember', bobHere);
		await perform(alice, 'addMember', bobHere);
		await perform(bob, 'leaveConversation', { conversationId });
		await perform(bob, 'joinConversation', { conversationId });
	});

	test('an agent who was removed joins again', async () => {
		const { id: conversationId } = await createConversation(alice);
		await perform(agent, 'joinConversation', { conversationId });
		await perform(alice, 'removeMember', { conversationId, subject: agent.person.subject });
		expect(await members(alice, conversationId)).toEqual([alice.person.subject]);
		await perform(agent, 'joinConversation', { conversationId });
		expect(await members(alice, conversationId)).toEqual([alice.person.subject, agent.person.subject]);
	});
});

test('former members see nothing of a PRIVATE conversation, neither by its id nor by a message’s', async () => {
	const { id: conversationId } = await createConversation(alice, { memberIds: [await userIdOf(bob)] });
	const message = await send(bob, conversationId, 'Mine');
	await perform(bob, 'leaveConversation', { conversationId });
	expect(await look(bob, conversationId)).toBeNull();
	const found = await bob.query<{ nodes: unknown[] }>('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
		ids: [conversationId, message.id],
	});
	expect(found.nodes).toEqual([null, null]);
	const { id: messageId } = message;
	expect(await refusal(bob, 'editMessage', { messageId, body: 'Changed' })).toMatchObject({
		code: 'NOT_FOUND',
	});
	expect(await refusal(bob, 'deleteMessage', { messageId })).toMatchObject({ code: 'NOT_FOUND' });
	expect(await refusal(bob, 'markRead', { conversationId, sequence: 1 })).toMatchObject({
		code: 'NOT_FOUND',
	});
	expect(await history(alice, conversationId)).toMatchObject([{ body: 'Mine' }]);
});
