import { beforeEach, expect, test } from 'vitest';
import {
	attempt,
	createConversation,
	history,
	perform,
	refusal,
	see,
	send,
	userIdOf,
} from '../support/chat.ts';
import { startWithPeople } from '../support/people.ts';

const { service, alice, bob, agent } = await startWithPeople();
let conversationId: string;

beforeEach(async () => {
	conversationId = (await createConversation(alice, { memberIds: [await userIdOf(bob)] })).id;
});

async function head(): Promise<number> {
	return (await see(agent, conversationId)).lastSequence;
}

test('nothing is sent when others wrote since, and what they wrote comes along, oldest first', async () => {
	const expectedSequence = await head();
	const missed = [await send(bob, conversationId, 'First'), await send(bob, conversationId, 'Second')];
	const refused = await refusal(alice, 'sendMessage', { conversationId, body: 'Well', expectedSequence });
	expect(refused).toMatchObject({
		__typename: 'ConversationMovedError',
		code: 'CONVERSATION_MOVED',
		retryable: false,
	});
	expect(refused.missed).toEqual(missed);
	expect(await history(alice, conversationId)).toEqual(missed);
	await send(alice, conversationId, 'Well', { expectedSequence: missed[1]?.sequence });
});

test('a refused first message of an agent does not join them, and leaves no hole', async () => {
	const expectedSequence = await head();
	const { sequence } = await send(bob, conversationId, 'Meanwhile');
	await refusal(agent, 'sendMessage', { conversationId, body: 'Well', expectedSequence });
	const seen = await see(agent, conversationId);
	expect(seen).toMatchObject({ lastSequence: sequence, viewerMembership: null });
	expect((await send(bob, conversationId, 'Next')).sequence).toBe(sequence + 1);
});

test('only what came after the expected sequence is missed', async () => {
	const { sequence } = await send(bob, conversationId, 'Seen');
	const unseen = await send(bob, conversationId, 'Unseen');
	const refused = await refusal(alice, 'sendMessage', {
		conversationId,
		body: 'x',
		expectedSequence: sequence,
	});
	expect(refused.missed).toEqual([unseen]);
});

test('own messages do not count', async () => {
	const expectedSequence = await head();
	await send(alice, conversationId, 'One');
	await send(alice, conversationId, 'Two', { expectedSequence });
});

test('joins, leaves, edits and deletions do not count', async () => {
	const { id: messageId } = await send(bob, conversationId, 'Seen');
	const { id: gone } = await send(bob, conversationId, 'Seen too');
	const expectedSequence = await head();
	await perform(bob, 'editMessage', { messageId, body: 'Edited' });
	await perform(bob, 'deleteMessage', { messageId: gone });
	await perform(bob, 'leaveConversation', { conversationId });
	await perform(agent, 'joinConversation', { conversationId });
	await send(alice, conversationId, 'Well', { expectedSequence });
});

test('notes do not count, for agents neither', async () => {
	const other = await service.client('Other agent', 'AGENT');
	await perform(other, 'joinConversation', { conversationId });
	const expectedSequence = await head();
	await send(other, conversationId, 'Careful', { internal: true });
	const { sequence } = await send(alice, conversationId, 'Well', { expectedSequence });
	await send(other, conversationId, 'Very careful', { internal: true });
	await send(agent, conversationId, 'Well', { expectedSequence: sequence });
});

test('missed leaves out the notes between, for agents too', async () => {
	const other = await service.client('Other agent', 'AGENT');
	await perform(other, 'joinConversation', { conversationId });
	const expectedSequence = await head();
	const first = await send(bob, conversationId, 'First');
	await send(agent, conversationId, 'Note', { internal: true });
	const second = await send(agent, conversationId, 'Second');
	for (const writer of [alice, other]) {
		const refused = await refusal(writer, 'sendMessage', { conversationId, body: 'x', expectedSequence });
		expect(refused.missed).toEqual([first, second]);
	}
});

test('a sequence beyond the head has seen everything; a negative one is refused', async () => {
	await send(bob, conversationId, 'Seen');
	await send(alice, conversationId, 'Well', { expectedSequence: 2 ** 31 - 1 });
	expect(
		await refusal(alice, 'sendMessage', { conversationId, body: 'x', expectedSequence: -1 }),
	).toMatchObject({ code: 'INVALID_INPUT', field: 'expectedSequence' });
});

test('of two writers at once who have seen the same, one is sent and the other hears of it', async () => {
	for (let round = 0; round < 5; round++) {
		const expectedSequence = await head();
		const answers = await Promise.all(
			[alice, bob].map((writer) =>
				attempt(writer, 'sendMessage', { conversationId, body: writer.person.name, expectedSequence }),
			),
		);
		const sent = answers.flatMap((answer) => ('message' in answer ? [answer.message] : []));
		const refused = answers.flatMap((answer) => ('code' in answer ? [answer] : []));
		expect(sent).toHaveLength(1);
		expect(refused).toHaveLength(1);
		expect(refused[0]?.missed).toEqual(sent);
	}
});

test('at most 100 missed messages come along, the oldest', async () => {
	const expectedSequence = await head();
	const sent = await Promise.all(Array.from({ length: 103 }, (_, at) => send(bob, conversationId, `${at}`)));
	const refused = await refusal(alice, 'sendMessage', { conversationId, body: 'x', expectedSequence });
	const oldest = sent.toSorted((a, b) => a.sequence - b.sequence).slice(0, 100);
	expect(refused.missed).toEqual(oldest);
});
