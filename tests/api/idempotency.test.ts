import { beforeEach, describe, expect, test } from 'vitest';
import {
	attempt,
	createConversation,
	history,
	look,
	type MessageView,
	perform,
	refusal,
	see,
	send,
	userIdOf,
} from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startWithPeople } from '../support/people.ts';

const { service, alice, bob, agent } = await startWithPeople();
let conversationId: string;

beforeEach(async () => {
	conversationId = (await createConversation(alice, { memberIds: [await userIdOf(bob)] })).id;
});

const clientMessageId = 'key-1';

function sendWithKey(
	client: Client,
	body = 'Once',
	more: Record<string, unknown> = {},
): Promise<MessageView> {
	return send(client, conversationId, body, { clientMessageId, ...more });
}

test('the same key and content gives the first message again and stores nothing', async () => {
	const first = await sendWithKey(alice);
	expect(first.clientMessageId).toBe(clientMessageId);
	expect(await sendWithKey(alice)).toEqual(first);
	expect(await history(alice, conversationId)).toEqual([first]);
	expect((await see(alice, conversationId)).lastSequence).toBe(first.sequence);
});

test('fifty of the same at once are one message, and all are answered with it', async () => {
	const answers = await Promise.all(Array.from({ length: 50 }, () => sendWithKey(alice)));
	const [first] = answers;
	for (const answer of answers) expect(answer).toEqual(first);
	expect(await history(bob, conversationId)).toEqual([first]);
	expect((await see(bob, conversationId)).lastSequence).toBe(first?.sequence);
});

test('of different contents at once under one key the first wins, and the others conflict', async () => {
	const answers = await Promise.all(
		Array.from({ length: 20 }, (_, at) =>
			attempt(alice, 'sendMessage', { conversationId, body: `${at % 2}`, clientMessageId }),
		),
	);
	const messages = answers.filter((answer) => 'message' in answer);
	const refused = answers.filter((answer) => 'code' in answer);
	expect(messages).toHaveLength(10);
	for (const { code } of refused) expect(code).toBe('IDEMPOTENCY_CONFLICT');
	expect(await history(alice, conversationId)).toHaveLength(1);
});

describe('a retry is answered with the message as it is now', () => {
	test('after an edit, compared with what was sent', async () => {
		const { id: messageId } = await sendWithKey(alice);
		await perform(alice, 'editMessage', { messageId, body: 'Twice' });
		expect(await sendWithKey(alice)).toMatchObject({ id: messageId, body: 'Twice' });
		expect(
			await refusal(alice, 'sendMessage', { conversationId, body: 'Twice', clientMessageId }),
		).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
	});

	test('after its deletion', async () => {
		const { id: messageId } = await sendWithKey(alice);
		await perform(agent, 'deleteMessage', { messageId });
		const again = await sendWithKey(alice);
		expect(again).toMatchObject({ id: messageId, body: '' });
		expect(again.deletedAt).not.toBeNull();
	});

	test('after leaving, after being removed, after the end', async () => {
		const first = await sendWithKey(bob);
		await perform(bob, 'leaveConversation', { conversationId });
		expect(await sendWithKey(bob)).toEqual(first);
		await perform(alice, 'addMember', { conversationId, subject: bob.person.subject });
		await perform(alice, 'removeMember', { conversationId, subject: bob.person.subject });
		expect(await sendWithKey(bob)).toEqual(first);
		const { lastSequence } = await see(alice, conversationId);
		await perform(agent, 'closeConversation', { conversationId });
		expect(await sendWithKey(bob)).toEqual(first);
		// It is nobody's way back in.
		expect(await look(bob, conversationId)).toBeNull();
		const retry = (selection: string) =>
			bob.ask<unknown>(
				`mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
					... on SendMessagePayload { message { conversation { ${selection} } } }
				} }`,
				{ input: { conversationId, body: 'Once', clientMessageId } },
			);
		for (const selection of ['messages { edges { cursor } }', 'members { edges { cursor } }']) {
			const { data, errors } = await retry(selection);
			expect(data).toBeNull();
			expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['NOT_FOUND']);
		}
		// Its conversation is as it was left.
		const { data, errors } = await retry('id subject lastSequence closedAt unreadCount');
		expect(errors).toBeUndefined();
		expect(data).toEqual({
			sendMessage: {
				message: {
					conversation: {
						id: conversationId,
						subject: null,
						lastSequence,
						closedAt: null,
						unreadCount: 0,
					},
				},
			},
		});
	});

	test('whatever was written since, in spite of expectedSequence', async () => {
		const { lastSequence: expectedSequence } = await see(alice, conversationId);
		const first = await sendWithKey(alice, 'Once', { expectedSequence });
		await send(bob, conversationId, 'Meanwhile');
		expect(await sendWithKey(alice, 'Once', { expectedSequence })).toEqual(first);
	});

	test('after a restart of the service', async () => {
		const first = await sendWithKey(alice);
		await service.restart();
		expect(await sendWithKey(alice)).toEqual(first);
	});
});

describe('other content under the same key conflicts', () => {
	test('another body, reply or mark', async () => {
		const target = await send(bob, conversationId, 'Ask me');
		const first = await sendWithKey(agent);
		for (const other of [
			{ body: 'Other' },
			{ body: 'Once ' },
			{ body: 'once' },
			{ body: 'Once', replyToId: target.id },
			{ body: 'Once', internal: true },
		])
			expect(
				await refusal(agent, 'sendMessage', { conversationId, clientMessageId, ...other }),
			).toMatchObject({
				__typename: 'IdempotencyConflictError',
				code: 'IDEMPOTENCY_CONFLICT',
				retryable: false,
			});
		expect((await history(agent, conversationId)).map(({ id }) => id)).toEqual([target.id, first.id]);
		expect(await sendWithKey(agent, 'Once', { internal: false, replyToId: null })).toEqual(first);
	});

	test('a note by being a reply to one retries with and without its mark', async () => {
		const note = await send(agent, conversationId, 'Look at this', { internal: true });
		const first = await sendWithKey(agent, 'Seen', { replyToId: note.id });
		expect(first.internal).toBe(true);
		expect(await sendWithKey(agent, 'Seen', { replyToId: note.id })).toEqual(first);
		expect(await sendWithKey(agent, 'Seen', { replyToId: note.id, internal: true })).toEqual(first);
	});
});

describe('the scope of a key is its conversation and author', () => {
	test('two authors use the same one', async () => {
		const [ofAlice, ofBob] = [await sendWithKey(alice), await sendWithKey(bob)];
		expect(ofAlice.id).not.toBe(ofBob.id);
		expect(await sendWithKey(alice)).toEqual(ofAlice);
		expect(await sendWithKey(bob)).toEqual(ofBob);
	});

	test('another conversation uses it again', async () => {
		const first = await sendWithKey(alice);
		const other = await createConversation(alice);
		const second = await send(alice, other.id, 'Something else', { clientMessageId });
		expect(second.id).not.toBe(first.id);
	});

	test('keys that differ by a blank, a case or an accent are different keys', async () => {
		const ids = new Set<string>();
		const keys = ['a', 'A', 'a ', ' a', 'á', 'a\u0301', 'ａ'];
		for (const key of keys) ids.add((await send(alice, conversationId, 'Same', { clientMessageId: key })).id);
		expect(ids.size).toBe(keys.length);
	});

	test('a refused send does not use it up', async () => {
		const refused = await refusal(alice, 'sendMessage', {
			conversationId,
			body: 'Reply',
			replyToId: 'rubbish',
			clientMessageId,
		});
		expect(refused.code).toBe('INVALID_INPUT');
		expect((await sendWithKey(alice)).sequence).toBe(4);
	});
});

describe('a key', () => {
	test('has at most 64 characters, and the longest is kept', async () => {
		const longest = '✓'.repeat(64);
		const { id, clientMessageId: kept } = await send(alice, conversationId, 'x', {
			clientMessageId: longest,
		});
		expect(kept).toBe(longest);
		expect((await send(alice, conversationId, 'x', { clientMessageId: longest })).id).toBe(id);
	});

	test.each([
		['of 65 characters', 'x'.repeat(65)],
		['that is empty', ''],
		['with U+0000', 'a\0'],
		['with a lone surrogate', '\ud800'],
	])('%s is refused', async (_name, key) => {
		expect(
			await refusal(alice, 'sendMessage', { conversationId, body: 'x', clientMessageId: key }),
		).toMatchObject({ code: 'INVALID_INPUT', field: 'clientMessageId' });
		expect(await history(alice, conversationId)).toEqual([]);
	});
});
