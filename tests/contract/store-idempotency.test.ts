import { describe, expect, it } from 'vitest';
import { deleteMessage } from '../../src/conversations/delete-message.ts';
import { editMessage } from '../../src/conversations/edit-message.ts';
import { IdempotencyConflictError } from '../../src/conversations/errors.ts';
import { StoreConflict } from '../../src/conversations/store.ts';
import { append } from './store-append.ts';
import { DATABASES, send, sent, useNodes } from './store-setup.ts';

describe.each(DATABASES)('the idempotency key of a send on %s', (kind) => {
	const nodes = useNodes(kind);

	it('gives the first message again for the same content', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const first = await send(nodes.here, alice, id, 'once', { clientMessageId: 'key' });
		const again = await send(nodes.there, alice, id, 'once', { clientMessageId: 'key' });
		expect(again.message).toEqual(first.message);
		expect(sent(await nodes.log(id))).toEqual(['once']);
	});

	it.each([
		['body', 'other', {}],
		['mark as a note', 'once', { internal: true }],
	])('is refused with another %s', async (_, body, more) => {
		const agent = await nodes.person('AGENT');
		const { id } = await nodes.conversation(agent);
		await send(nodes.here, agent, id, 'once', { clientMessageId: 'key' });
		const again = send(nodes.there, agent, id, body, { clientMessageId: 'key', ...more });
		await expect(again).rejects.toBeInstanceOf(IdempotencyConflictError);
		expect(sent(await nodes.log(id))).toEqual(['once']);
	});

	it('is refused as a reply to another message', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const { message } = await send(nodes.here, alice, id, 'once', { clientMessageId: 'key' });
		const reply = { clientMessageId: 'key', replyToId: message.id };
		await expect(send(nodes.here, alice, id, 'once', reply)).rejects.toBeInstanceOf(IdempotencyConflictError);
	});

	it('belongs to its author and its conversation', async () => {
		const alice = await nodes.person();
		const bob = await nodes.person();
		const one = await nodes.conversation(alice, { memberIds: [bob.user.id] });
		const other = await nodes.conversation(alice);
		const key = { clientMessageId: 'key' };
		await send(nodes.here, alice, one.id, "Alice's", key);
		await send(nodes.here, bob, one.id, "Bob's", key);
		await send(nodes.here, alice, other.id, "Alice's elsewhere", key);
		expect(sent(await nodes.log(one.id))).toEqual(["Alice's", "Bob's"]);
		expect(sent(await nodes.log(other.id))).toEqual(["Alice's elsewhere"]);
	});

	it.each([
		['case', 'key', 'KEY'],
		['a blank at the end', 'key', 'key '],
		['a blank in front', 'key', ' key'],
		['the composition of a character', 'caf\u00e9', 'cafe\u0301'],
		['an emoji', '😀', '😁'],
	])('differs by %s', async (_, one, other) => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const first = await send(nodes.here, alice, id, 'one', { clientMessageId: one });
		const second = await send(nodes.here, alice, id, 'other', { clientMessageId: other });
		expect([first.message.clientMessageId, second.message.clientMessageId]).toEqual([one, other]);
		const { rows } = await nodes.here.conversations.history(
			id,
			{ notes: true },
			{ limit: 9, fromEnd: false },
		);
		expect(rows.map((message) => message.clientMessageId)).toEqual([one, other]);
	});

	it('holds for doubles in one commit', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const key = { clientMessageId: 'key' };
		const before = nodes.here.batches.length;
		const [first, again, other] = await Promise.allSettled([
			send(nodes.here, alice, id, 'once', key),
			send(nodes.here, alice, id, 'once', key),
			send(nodes.here, alice, id, 'other', key),
		]);
		expect(nodes.here.batches.slice(before)).toEqual([3]);
		expect(first.status).toBe('fulfilled');
		expect(again).toEqual(first);
		expect(other).toMatchObject({ reason: expect.any(IdempotencyConflictError) });
		expect(sent(await nodes.log(id))).toEqual(['once']);
	});

	it('stores one of many that two nodes race for', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		for (let round = 1; round <= 10; round++) {
			const key = { clientMessageId: `key ${round}` };
			const answers = await Promise.all(
				Array.from({ length: 10 }, (_, index) =>
					send(index % 2 ? nodes.here : nodes.there, alice, id, `round ${round}`, key),
				),
			);
			expect(new Set(answers.map(({ message }) => message.id)).size).toBe(1);
		}
		expect(sent(await nodes.log(id))).toEqual(Array.from({ length: 10 }, (_, index) => `round ${index + 1}`));
	});

	it('lets one content win where two nodes race with two', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const key = { clientMessageId: 'key' };
		const answers = await Promise.allSettled([
			send(nodes.here, alice, id, 'here', key),
			send(nodes.there, alice, id, 'there', key),
		]);
		expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
			reason: expect.any(IdempotencyConflictError),
		});
		expect(sent(await nodes.log(id))).toHaveLength(1);
	});

	it('gives the message as it is now, once it was edited or deleted', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const key = { clientMessageId: 'key' };
		const { message } = await send(nodes.here, alice, id, 'once', key);
		await editMessage(nodes.here.domain, alice, { messageId: message.id, body: 'edited' });
		expect((await send(nodes.there, alice, id, 'once', key)).message.body).toBe('edited');
		await deleteMessage(nodes.here.domain, alice, { messageId: message.id });
		expect((await send(nodes.there, alice, id, 'once', key)).message).toMatchObject({
			id: message.id,
			body: '',
		});
	});

	it('is kept by the database itself', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const message = { authorId: alice.user.id, clientMessageId: 'key' };
		await append(nodes.here, id, [message]);
		await expect(append(nodes.here, id, [message])).rejects.toBeInstanceOf(StoreConflict);
		expect(sent(await nodes.log(id))).toHaveLength(1);
	});

	it('is not asked of those that have none', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		await append(nodes.here, id, [{}, {}, { authorId: alice.user.id }, { clientMessageId: 'of nobody' }]);
		await append(nodes.here, id, [{ clientMessageId: 'of nobody' }]);
		expect(sent(await nodes.log(id))).toHaveLength(5);
	});
});
