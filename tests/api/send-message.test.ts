import { beforeEach, describe, expect, test } from 'vitest';
import { toGlobalId } from '../../schema/ids.ts';
import {
	createConversation,
	history,
	log,
	members,
	perform,
	refusal,
	see,
	send,
	userIdOf,
} from '../support/chat.ts';
import { startWithPeople } from '../support/people.ts';

const { alice, bob, agent } = await startWithPeople();
let conversationId: string;

beforeEach(async () => {
	conversationId = (await createConversation(alice, { memberIds: [await userIdOf(bob)] })).id;
});

test('a message answers with its author, place and time, and every member reads the same', async () => {
	const sent = await send(alice, conversationId, 'Hello, Bob');
	expect(sent).toMatchObject({
		sequence: 4,
		body: 'Hello, Bob',
		author: { subject: alice.person.subject, name: 'Alice' },
		editedAt: null,
		deletedAt: null,
		clientMessageId: null,
		internal: false,
		channel: 'CHAT',
		replyTo: null,
	});
	expect(sent.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
	for (const reader of [alice, bob, agent]) expect(await history(reader, conversationId)).toEqual([sent]);
	const conversation = await see(bob, conversationId);
	expect(conversation).toMatchObject({ lastSequence: 4, lastActivityAt: sent.createdAt });
});

test('sends at the same time take the next sequences without a gap', async () => {
	const sent = await Promise.all(
		Array.from({ length: 40 }, (_, at) => send(at % 2 === 0 ? alice : bob, conversationId, `${at}`)),
	);
	const sequences = sent.map(({ sequence }) => sequence).toSorted((a, b) => a - b);
	expect(sequences).toEqual(Array.from({ length: 40 }, (_, at) => 4 + at));
	const read = await history(bob, conversationId);
	expect(read).toEqual(sent.toSorted((a, b) => a.sequence - b.sequence));
});

describe('a reply', () => {
	test('names the message that it answers, also one that was deleted since', async () => {
		const asked = await send(alice, conversationId, 'When?');
		const answered = await send(bob, conversationId, 'At noon', { replyToId: asked.id });
		expect(answered.replyTo).toEqual({ id: asked.id });
		await perform(alice, 'deleteMessage', { messageId: asked.id });
		expect((await history(alice, conversationId)).at(-1)?.replyTo).toEqual({ id: asked.id });
		expect((await send(bob, conversationId, 'To nobody', { replyToId: asked.id })).replyTo).toEqual({
			id: asked.id,
		});
	});

	test('to a message of another conversation, or to none, is refused', async () => {
		const elsewhere = await createConversation(alice);
		const other = await send(alice, elsewhere.id, 'Elsewhere');
		const nothing = toGlobalId('Message', crypto.randomUUID());
		const refused = [];
		for (const replyToId of [other.id, nothing, conversationId, 'rubbish', ''])
			refused.push(await refusal(alice, 'sendMessage', { conversationId, body: 'Well', replyToId }));
		expect(refused[0]).toMatchObject({
			__typename: 'InvalidInputError',
			field: 'replyToId',
			retryable: false,
		});
		for (const one of refused) expect(one).toEqual(refused[0]);
		expect(await history(alice, conversationId)).toEqual([]);
	});
});

describe('an agent’s first message', () => {
	test('joins, in the same breath: MemberJoined, then MessageSent', async () => {
		const sent = await send(agent, conversationId, 'How can I help?');
		expect(sent.sequence).toBe(5);
		const events = await log(alice, conversationId, 5);
		expect(events.slice(3)).toMatchObject([
			{ __typename: 'MemberJoined', sequence: 4, member: { user: { subject: agent.person.subject } } },
			{ __typename: 'MessageSent', sequence: 5, message: { id: sent.id } },
		]);
		expect(await members(alice, conversationId)).toContain(agent.person.subject);
		expect((await send(agent, conversationId, 'Still here')).sequence).toBe(6);
	});

	test('joins once, however many come first at the same time', async () => {
		await Promise.all(Array.from({ length: 10 }, (_, at) => send(agent, conversationId, `${at}`)));
		const events = await log(alice, conversationId, 14);
		expect(events.map(({ __typename }) => __typename).slice(3)).toEqual([
			'MemberJoined',
			...Array.from({ length: 10 }, () => 'MessageSent'),
		]);
	});

	test('joins again after leaving', async () => {
		await send(agent, conversationId, 'Here');
		await perform(agent, 'leaveConversation', { conversationId });
		await send(agent, conversationId, 'Here again');
		const events = await log(alice, conversationId, 8);
		expect(events.map(({ __typename }) => __typename).slice(3)).toEqual([
			'MemberJoined',
			'MessageSent',
			'MemberLeft',
			'MemberJoined',
			'MessageSent',
		]);
	});

	test('joins nobody when it is refused', async () => {
		const replyToId = toGlobalId('Message', crypto.randomUUID());
		await refusal(agent, 'sendMessage', { conversationId, body: 'Well', replyToId });
		expect((await see(alice, conversationId)).lastSequence).toBe(3);
		expect(await members(alice, conversationId)).not.toContain(agent.person.subject);
	});
});
