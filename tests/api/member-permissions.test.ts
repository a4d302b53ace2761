import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toGlobalId } from '../../schema/ids.ts';
import {
	createConversation,
	history,
	type Mutation,
	members,
	perform,
	refusal,
	see,
	send,
	userIdOf,
} from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let creator: Client;
let member: Client;
let newcomer: Client;
let agent: Client;
let admin: Client;
let conversationId: string;

beforeAll(async () => {
	service = await startService();
	creator = await service.client('Creator');
	member = await service.client('Member');
	newcomer = await service.client('Newcomer');
	agent = await service.client('Agent', 'AGENT');
	admin = await service.client('Admin', 'ADMIN');
	await userIdOf(newcomer);
});
afterAll(() => service.stop());
beforeEach(async () => {
	conversationId = (await createConversation(creator, { memberIds: [await userIdOf(member)] })).id;
});

describe('adding and removing members', () => {
	test.each([
		['the creator', () => creator],
		['an agent who is no member', () => agent],
		['an admin', () => admin],
	])('is open to %s, by subject and by id, and twice is no error', async (_who, who) => {
		const bySubject = { conversationId, subject: newcomer.person.subject };
		const byId = { conversationId, userId: await userIdOf(newcomer) };
		const added = await perform(who(), 'addMember', bySubject);
		expect(added.membership).toMatchObject({ user: { subject: newcomer.person.subject }, leftAt: null });
		expect(await perform(who(), 'addMember', byId)).toEqual(added);
		expect(await members(creator, conversationId)).toHaveLength(3);
		const gone = await perform(who(), 'removeMember', byId);
		expect(gone.membership.leftAt).not.toBeNull();
		expect(await perform(who(), 'removeMember', bySubject)).toEqual(gone);
		expect(await members(creator, conversationId)).toHaveLength(2);
		expect((await see(creator, conversationId)).lastSequence).toBe(5);
	});

	test('is forbidden to other members, with no effect', async () => {
		const { subject } = newcomer.person;
		expect(await refusal(member, 'addMember', { conversationId, subject })).toMatchObject({
			code: 'FORBIDDEN',
		});
		expect(
			await refusal(member, 'removeMember', { conversationId, subject: creator.person.subject }),
		).toMatchObject({ code: 'FORBIDDEN' });
		expect((await see(creator, conversationId)).lastSequence).toBe(3);
	});

	test('is not the creator’s any more once they left', async () => {
		await perform(creator, 'leaveConversation', { conversationId });
		expect(
			await refusal(creator, 'addMember', { conversationId, subject: creator.person.subject }),
		).toMatchObject({ code: 'NOT_FOUND' });
	});

	test.each([
		['neither a user’s id nor a subject', {}],
		['both', { userId: 'x', subject: 'y' }],
		['nulls', { userId: null, subject: null }],
	])('takes one of the two, not %s', async (_name, whom) => {
		for (const mutation of ['addMember', 'removeMember'] as const)
			expect(await refusal(agent, mutation, { conversationId, ...whom })).toMatchObject({
				code: 'INVALID_INPUT',
				field: 'userId',
			});
	});

	test('finds no user where there is none, and removes nobody who never was a member', async () => {
		for (const whom of [
			{ subject: 'nobody' },
			{ userId: toGlobalId('User', crypto.randomUUID()) },
			{ userId: '' },
		])
			for (const mutation of ['addMember', 'removeMember'] as const)
				expect(await refusal(creator, mutation, { conversationId, ...whom })).toMatchObject({
					code: 'NOT_FOUND',
				});
		const { subject } = newcomer.person;
		expect(await refusal(agent, 'removeMember', { conversationId, subject })).toMatchObject({
			code: 'NOT_FOUND',
		});
	});
});

describe('what only agents may', () => {
	test('is refused to customers before anything is looked up', async () => {
		const closed = await refusal(creator, 'closeConversation', { conversationId });
		expect(closed).toMatchObject({ __typename: 'ForbiddenError', code: 'FORBIDDEN' });
		expect((await see(creator, conversationId)).closedAt).toBeNull();
		const { errors } = await creator.ask('{ users { edges { node { id } } } }');
		expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
		const note = await refusal(creator, 'sendMessage', { conversationId, body: 'Psst', internal: true });
		expect(note).toMatchObject({ code: 'FORBIDDEN' });
		expect(await history(agent, conversationId)).toEqual([]);
	});

	test('agents find users by name and by subject, in pages', async () => {
		const found = async (search: string) => {
			const { users } = await agent.query<{ users: { edges: { node: { subject: string } }[] } }>(
				'query ($search: String) { users(search: $search) { edges { node { subject } } } }',
				{ search },
			);
			return users.edges.map(({ node }) => node.subject);
		};
		expect(await found('newcom')).toEqual([newcomer.person.subject]);
		expect(await found(newcomer.person.subject.slice(4))).toEqual([newcomer.person.subject]);
		expect(await found('100%')).toEqual([]);
		const { errors } = await agent.ask(
			'query ($search: String) { users(search: $search) { edges { cursor } } }',
			{
				search: 'x'.repeat(60_000),
			},
		);
		expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'search' });
	});
});

describe('a message', () => {
	test('is edited by its author alone, and deleted by its author and agents', async () => {
		const { id: messageId } = await send(member, conversationId, 'First');
		for (const other of [creator, agent, admin])
			expect(await refusal(other, 'editMessage', { messageId, body: 'Not mine' })).toMatchObject({
				code: 'FORBIDDEN',
			});
		expect(await refusal(creator, 'deleteMessage', { messageId })).toMatchObject({ code: 'FORBIDDEN' });
		expect(await history(member, conversationId)).toMatchObject([{ body: 'First', deletedAt: null }]);
		await perform(member, 'editMessage', { messageId, body: 'Second' });
		await perform(agent, 'deleteMessage', { messageId });
		const own = await send(member, conversationId, 'Third');
		await perform(member, 'deleteMessage', { messageId: own.id });
		expect(await history(member, conversationId)).toMatchObject([{ body: '' }, { body: '' }]);
	});
});

test('an agent without membership has no read marker to move', async () => {
	expect(await refusal(agent, 'markRead', { conversationId, sequence: 1 })).toMatchObject({
		code: 'FORBIDDEN',
	});
});

test('the role is the token’s: the same user may do more with a newer one', async () => {
	const { subject } = member.person;
	const promoted = await service.token({ subject, name: 'Member', role: 'AGENT' });
	const as = (token: string, mutation: Mutation) =>
		fetch(`${service.url}/graphql`, {
			method: 'POST',
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			body: JSON.stringify({
				query: `mutation ($input: CloseConversationInput!) { ${mutation}(input: $input) { __typename } }`,
				variables: { input: { conversationId } },
			}),
		}).then((response) => response.text());
	expect(await as(member.person.token, 'closeConversation')).toContain('ForbiddenError');
	expect(await as(promoted, 'closeConversation')).toContain('CloseConversationPayload');
});
