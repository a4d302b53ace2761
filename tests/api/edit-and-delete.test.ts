import { beforeEach, describe, expect, test } from 'vitest';
import { createConversation, history, log, perform, refusal, see, send, userIdOf } from '../support/chat.ts';
import { startWithPeople } from '../support/people.ts';

interface Revision {
	readonly number: number;
	readonly body: string;
	readonly createdAt: string;
}

const { alice, bob, agent } = await startWithPeople();
let conversationId: string;

beforeEach(async () => {
	conversationId = (await createConversation(alice, { memberIds: [await userIdOf(bob)] })).id;
});

const REVISIONS = `query ($id: ID!) {
	node(id: $id) { ... on Message { body revisions { number body createdAt } } }
}`;

async function revisions(messageId: string): Promise<readonly Revision[]> {
	const { node } = await agent.query<{ node: { revisions: readonly Revision[] } }>(REVISIONS, {
		id: messageId,
	});
	return node.revisions;
}

describe('an edit', () => {
	test('replaces the body in its place and takes the next sequence', async () => {
		const sent = await send(alice, conversationId, 'First');
		await send(bob, conversationId, 'Later');
		const { message } = await perform(alice, 'editMessage', { messageId: sent.id, body: 'Second' });
		expect(message).toEqual({ ...sent, body: 'Second', editedAt: message.editedAt });
		expect(Date.parse(message.editedAt ?? '')).toBeGreaterThan(Date.parse(sent.createdAt));
		expect((await history(bob, conversationId)).map(({ body }) => body)).toEqual(['Second', 'Later']);
		const events = await log(bob, conversationId, 6);
		expect(events.at(-1)).toMatchObject({
			__typename: 'MessageEdited',
			actor: { subject: alice.person.subject },
			message,
		});
		// Read from the log, the earlier event shows the present state.
		expect(events[3]).toMatchObject({ __typename: 'MessageSent', message });
	});

	test('with the same body is none: no event, no mark, no revision', async () => {
		const sent = await send(alice, conversationId, 'Same');
		const { message } = await perform(alice, 'editMessage', { messageId: sent.id, body: 'Same' });
		expect(message).toEqual(sent);
		expect((await see(alice, conversationId)).lastSequence).toBe(sent.sequence);
		expect(await revisions(sent.id)).toEqual([]);
	});

	test('keeps the bodies before it, for agents alone', async () => {
		const { id: messageId, createdAt } = await send(alice, conversationId, 'One');
		expect(await revisions(messageId)).toEqual([]);
		await perform(alice, 'editMessage', { messageId, body: 'Two' });
		await perform(alice, 'editMessage', { messageId, body: 'Three' });
		const kept = await revisions(messageId);
		expect(kept).toMatchObject([
			{ number: 1, body: 'One', createdAt },
			{ number: 2, body: 'Two' },
		]);
		const { data, errors } = await alice.ask<unknown>(REVISIONS, { id: messageId });
		expect(data).toEqual({ node: { body: 'Three', revisions: null } });
		expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
	});

	test('is refused to who left, even the author', async () => {
		const { id: messageId } = await send(bob, conversationId, 'Mine');
		await perform(bob, 'leaveConversation', { conversationId });
		expect(await refusal(bob, 'editMessage', { messageId, body: 'x' })).toMatchObject({ code: 'NOT_FOUND' });
		expect(await refusal(bob, 'deleteMessage', { messageId })).toMatchObject({ code: 'NOT_FOUND' });
	});

	test('of a deleted message is refused', async () => {
		const { id: messageId } = await send(alice, conversationId, 'Gone');
		await perform(alice, 'deleteMessage', { messageId });
		expect(await refusal(alice, 'editMessage', { messageId, body: 'Back' })).toMatchObject({
			code: 'INVALID_INPUT',
			field: 'messageId',
		});
		expect((await history(alice, conversationId))[0]?.body).toBe('');
	});

	test('many at once are in one order, and nothing of them is lost', async () => {
		const { id: messageId } = await send(alice, conversationId, 'start');
		const bodies = Array.from({ length: 20 }, (_, at) => `body ${at}`);
		await Promise.all(bodies.map((body) => perform(alice, 'editMessage', { messageId, body })));
		const last = (await history(alice, conversationId))[0]?.body ?? '';
		const kept = await revisions(messageId);
		expect(kept.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
		expect(kept[0]?.body).toBe('start');
		expect(new Set([...kept.slice(1).map(({ body }) => body), last])).toEqual(new Set(bodies));
		expect((await see(alice, conversationId)).lastSequence).toBe(4 + 20);
	});
});

describe('a deletion', () => {
	test('empties the body, keeps the place and forgets the revisions', async () => {
		const first = await send(alice, conversationId, 'First');
		const second = await send(alice, conversationId, 'Second');
		await perform(alice, 'editMessage', { messageId: first.id, body: 'First, edited' });
		const { message } = await perform(alice, 'deleteMessage', { messageId: first.id });
		expect(message).toMatchObject({ id: first.id, sequence: first.sequence, body: '' });
		expect(message.deletedAt).not.toBeNull();
		expect(await history(bob, conversationId)).toEqual([message, second]);
		expect(await revisions(first.id)).toEqual([]);
	});

	test('leaves no body in the log, from its beginning on', async () => {
		const { id: messageId } = await send(alice, conversationId, 'Password: 1234');
		await perform(alice, 'editMessage', { messageId, body: 'Password: 12345' });
		await perform(alice, 'deleteMessage', { messageId });
		const events = await log(agent, conversationId, 6);
		expect(events.map(({ __typename }) => __typename).slice(3)).toEqual([
			'MessageSent',
			'MessageEdited',
			'MessageDeleted',
		]);
		expect(JSON.stringify(events)).not.toContain('1234');
	});

	test('twice is no error and leaves one event', async () => {
		const { id: messageId } = await send(alice, conversationId, 'Gone');
		const deleted = await perform(alice, 'deleteMessage', { messageId });
		expect(await perform(agent, 'deleteMessage', { messageId })).toEqual(deleted);
		expect((await see(alice, conversationId)).lastSequence).toBe(5);
	});

	test('by an agent who is no member does not join them', async () => {
		const { id: messageId } = await send(alice, conversationId, 'Rude');
		await perform(agent, 'deleteMessage', { messageId });
		const events = await log(alice, conversationId, 5);
		expect(events.at(-1)).toMatchObject({
			__typename: 'MessageDeleted',
			actor: { subject: agent.person.subject },
		});
		expect((await see(agent, conversationId)).viewerMembership).toBeNull();
	});
});
