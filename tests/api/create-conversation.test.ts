import { expect, test } from 'vitest';
import { toGlobalId } from '../../schema/ids.ts';
import { createConversation, log, look, members, refusal, see, userIdOf } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startWithPeople } from '../support/people.ts';

const { alice, bob, agent } = await startWithPeople();

test('a conversation begins private, on chat, with its creator as the only member', async () => {
	const conversation = await createConversation(alice);
	expect(conversation).toMatchObject({
		subject: null,
		channel: 'CHAT',
		status: 'OPEN',
		visibility: 'PRIVATE',
		closedAt: null,
		lastSequence: 2,
		unreadCount: 0,
		viewerMembership: { user: { subject: alice.person.subject }, leftAt: null, lastReadSequence: 1 },
	});
	expect(await members(alice, conversation.id)).toEqual([alice.person.subject]);
	expect(await see(alice, conversation.id)).toEqual(conversation);
});

test('the log begins with the creation, then the creator joins, then the members named', async () => {
	const memberIds = [await userIdOf(bob)];
	const { id, lastSequence } = await createConversation(alice, { subject: 'Broken lamp', memberIds });
	const events = await log(bob, id, lastSequence);
	expect(
		events.map(({ __typename, sequence, member }) => [sequence, __typename, member?.user.subject]),
	).toEqual([
		[1, 'ConversationChanged', undefined],
		[2, 'MemberJoined', alice.person.subject],
		[3, 'MemberJoined', bob.person.subject],
	]);
	for (const { actor } of events) expect(actor?.subject).toBe(alice.person.subject);
	expect(await see(bob, id)).toMatchObject({
		subject: 'Broken lamp',
		viewerMembership: { lastReadSequence: 3 },
	});
});

test('naming a member twice, or the creator, joins each once', async () => {
	const [own, others] = [await userIdOf(alice), await userIdOf(bob)];
	const { id, lastSequence } = await createConversation(alice, { memberIds: [others, own, others] });
	expect(lastSequence).toBe(3);
	expect(new Set(await members(alice, id))).toEqual(new Set([alice.person.subject, bob.person.subject]));
});

test.each(['SMS', 'MMS', 'EMAIL'])(
	'channel %s is refused: such a conversation begins with a message',
	async (channel) => {
		expect(await refusal(agent, 'createConversation', { channel })).toMatchObject({
			__typename: 'InvalidInputError',
			code: 'INVALID_INPUT',
			field: 'channel',
			retryable: false,
		});
	},
);

test('a subject of 200 characters is kept exactly, of 201 refused', async () => {
	const subject = `${'ü'.repeat(199)}?`;
	expect((await createConversation(alice, { subject })).subject).toBe(subject);
	expect(await refusal(alice, 'createConversation', { subject: `${subject}!` })).toMatchObject({
		code: 'INVALID_INPUT',
		field: 'subject',
		reason: expect.stringContaining('200'),
	});
});

test.each([
	['U+0000', 'a\0b'],
	['a lone surrogate', 'a\ud800b'],
])('a subject with %s is refused', async (_name, subject) => {
	expect(await refusal(alice, 'createConversation', { subject })).toMatchObject({
		code: 'INVALID_INPUT',
		field: 'subject',
	});
});

test('members who do not exist are refused, and nothing is created', async () => {
	const before = await countOf(alice);
	for (const id of [toGlobalId('User', crypto.randomUUID()), 'rubbish', ''])
		expect(await refusal(alice, 'createConversation', { memberIds: [id] })).toMatchObject({
			code: 'NOT_FOUND',
		});
	expect(await countOf(alice)).toBe(before);
});

test('more than 100 members at the start are refused', async () => {
	const memberIds = Array.from({ length: 101 }, () => toGlobalId('User', crypto.randomUUID()));
	expect(await refusal(alice, 'createConversation', { memberIds })).toMatchObject({
		code: 'INVALID_INPUT',
		field: 'memberIds',
		reason: expect.stringContaining('100'),
	});
});

test('what is looked up is the viewer’s own view, and null for what does not exist', async () => {
	const { id } = await createConversation(alice, { visibility: 'OPEN' });
	expect((await see(alice, id)).viewerMembership).not.toBeNull();
	expect((await see(agent, id)).viewerMembership).toBeNull();
	expect(await look(agent, toGlobalId('Conversation', crypto.randomUUID()))).toBeNull();
});

async function countOf(client: Client): Promise<number> {
	const { conversations } = await client.query<{ conversations: { edges: unknown[] } }>(
		'{ conversations(first: 100) { edges { cursor } } }',
	);
	return conversations.edges.length;
}
