import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fromPublicId } from '../../src/conversations/public-ids.ts';
import { createConversation, history, log, perform, refusal, see, send, userIdOf } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import {
	freshPair,
	type OutboundService,
	outsideHistory,
	seeMessage,
	sendOut,
	startOutbound,
	untilStatus,
} from '../support/outbound.ts';
import { freshNumber } from '../support/outbound-api.ts';

let outside: OutboundService;
let agent: Client;
let colleague: Client;
let customer: Client;
let pair: { readonly from: string; readonly to: string };

beforeAll(async () => {
	outside = await startOutbound();
	agent = await outside.service.client('Agent', 'AGENT');
	colleague = await outside.service.client('Colleague', 'AGENT');
	customer = await outside.service.client('Customer');
});
afterAll(() => outside.stop());
beforeEach(() => {
	pair = freshPair();
});

/** The bodies that the provider got of these addresses, oldest first. */
function bodiesTo(to: string): readonly string[] {
	return outside.sent().flatMap((message) => (message.to === to ? [message.body] : []));
}

test('a message is stored in a conversation of its own and goes to the provider', async () => {
	const message = await sendOut(agent, { ...pair, body: 'Test message', timestamp: '2025-05-21T18:00:00Z' });
	expect(message).toMatchObject({
		sequence: 3,
		author: { name: 'Agent' },
		body: 'Test message',
		channel: 'SMS',
		internal: false,
		contact: null,
		attachments: [],
		conversation: { channel: 'SMS', status: 'OPEN' },
		delivery: { ...pair, requestedAt: '2025-05-21T18:00:00.000Z' },
	});
	const sent = await untilStatus(agent, message.id, 'SENT');
	expect(sent.delivery).toMatchObject({
		provider: 'webhook',
		providerMessageId: 'p-1',
		nextAttemptAt: null,
		error: null,
		attempts: [{ number: 1, provider: 'webhook', httpStatus: 200, outcome: 'ACCEPTED' }],
	});
	const [got] = outside.provider.requests.filter(({ body }) => body.includes(message.id));
	expect(got?.headers['idempotency-key']).toBe(message.id);
	expect(JSON.parse(got?.body ?? '')).toEqual({
		...pair,
		id: message.id,
		type: 'sms',
		body: 'Test message',
		attachments: [],
		timestamp: '2025-05-21T18:00:00.000Z',
	});
});

test('messages between the same two addresses share a conversation, in either direction', async () => {
	const { from, to } = pair;
	const first = await sendOut(agent, pair);
	expect(await outside.bring({ from: to, to: from, body: 'An answer' })).toBe(200);
	const other = await sendOut(colleague, { from: to, to: from, body: 'The other way' });
	const spaced = `${from.slice(0, 2)} ${from.slice(2, 5)}-${from.slice(5)}`;
	const again = await sendOut(agent, { from: spaced, to });
	expect(new Set([first, other, again].map(({ conversation }) => conversation.id)).size).toBe(1);
	const [, answer] = await outsideHistory(agent, first.conversation.id);
	expect(answer).toMatchObject({
		author: null,
		body: 'An answer',
		contact: { address: to, channel: 'SMS' },
		delivery: null,
	});
});

test('somebody outside may be the first', async () => {
	const { from: own, to: contact } = pair;
	expect(await outside.bring({ from: contact, to: own, body: 'Hello?' })).toBe(200);
	const { conversation } = await sendOut(agent, { from: own, to: contact, body: 'Yes' });
	expect((await outsideHistory(agent, conversation.id)).map(({ body }) => body)).toEqual(['Hello?', 'Yes']);
});

test('SMS and MMS share a conversation, email has its own', async () => {
	const sms = await sendOut(agent, pair);
	const url = 'https://93.184.215.14/cat.jpg';
	const mms = await sendOut(agent, { ...pair, type: 'MMS', body: '', attachments: [url] });
	expect(mms.conversation.id).toBe(sms.conversation.id);
	expect(mms).toMatchObject({
		channel: 'MMS',
		conversation: { channel: 'SMS' },
		attachments: [{ url, contentType: null, size: null }],
	});
	const name = freshNumber().slice(1);
	const mail = { type: 'EMAIL', from: 'Help@Example.com', to: `Sam+${name}@example.com` };
	const email = await sendOut(agent, mail);
	expect(email).toMatchObject({
		channel: 'EMAIL',
		conversation: { channel: 'EMAIL' },
		delivery: { from: 'help@example.com', to: `sam+${name}@example.com` },
	});
	const answered = await outside.bring({ from: mail.to, to: mail.from, body: 'By mail' });
	expect(answered).toBe(200);
	expect((await outsideHistory(agent, email.conversation.id)).map(({ body }) => body)).toEqual([
		'Hello',
		'By mail',
	]);
});

test('first messages at the same time make one conversation', async () => {
	const { from, to } = pair;
	const sends = Array.from({ length: 12 }, (_, index) =>
		index % 3 === 2
			? outside.bring({ from: to, to: from, body: `Nr. ${index}` }).then(() => undefined)
			: sendOut(index % 3 === 0 ? agent : colleague, { from, to, body: `Nr. ${index}` }),
	);
	const sent = (await Promise.all(sends)).filter((message) => message !== undefined);
	const [id = ''] = new Set(sent.map(({ conversation }) => conversation.id));
	expect(sent.every(({ conversation }) => conversation.id === id)).toBe(true);
	const all = await outsideHistory(agent, id);
	expect(new Set(all.map(({ body }) => body)).size).toBe(12);
});

test('a conversation that was resolved is open again, whoever writes', async () => {
	const { from, to } = pair;
	const { conversation } = await sendOut(agent, pair);
	const uuid = fromPublicId('Conversation', conversation.id);
	const resolve = () =>
		outside.service.sql(`update conversations set status = 'RESOLVED' where id = '${uuid}'`);
	for (const write of [
		() => sendOut(agent, pair),
		() => outside.bring({ from: to, to: from, body: 'One more thing' }),
		() => send(agent, conversation.id, 'By sendMessage'),
	]) {
		await resolve();
		expect((await see(agent, conversation.id)).status).toBe('RESOLVED');
		await write();
		expect((await see(agent, conversation.id)).status).toBe('OPEN');
	}
});

test('after a conversation was closed for good the next message begins another', async () => {
	const first = await sendOut(agent, pair);
	await perform(agent, 'closeConversation', { conversationId: first.conversation.id });
	const second = await sendOut(agent, pair);
	expect(second.conversation.id).not.toBe(first.conversation.id);
	const third = await sendOut(agent, pair);
	expect(third.conversation.id).toBe(second.conversation.id);
});

test('the same key with the same content sends once, with other content it is refused', async () => {
	const input = { ...pair, type: 'SMS', body: 'Once', clientMessageId: 'order-17' };
	const first = await sendOut(agent, input);
	expect(first.clientMessageId).toBe('order-17');
	const again = await sendOut(agent, { ...input, timestamp: '2026-01-01T00:00:00Z' });
	expect(again.id).toBe(first.id);
	expect(await refusal(agent, 'sendOutboundMessage', { ...input, body: 'Twice' })).toMatchObject({
		__typename: 'IdempotencyConflictError',
		retryable: false,
	});
	const colleagues = await sendOut(colleague, input);
	expect(colleagues.id).not.toBe(first.id);
	const elsewhere = await sendOut(agent, { ...input, to: freshNumber() });
	expect(elsewhere.id).not.toBe(first.id);
	await untilStatus(agent, first.id, 'SENT');
	await untilStatus(agent, colleagues.id, 'SENT');
	expect(bodiesTo(pair.to)).toEqual(['Once', 'Once']);
});

test('sends at the same time with one key store one message', async () => {
	const input = { ...pair, clientMessageId: 'order-18' };
	const sent = await Promise.all(Array.from({ length: 5 }, () => sendOut(agent, input)));
	expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
	await untilStatus(agent, sent[0]?.id ?? '', 'SENT');
	expect(bodiesTo(pair.to)).toHaveLength(1);
});

test('customers may not send to the outside', async () => {
	expect(
		await refusal(customer, 'sendOutboundMessage', { ...pair, type: 'SMS', body: 'Hello' }),
	).toMatchObject({ __typename: 'ForbiddenError' });
	const { conversation, sequence } = await sendOut(agent, { ...pair, body: 'Barrier' });
	expect(sequence).toBe(3);
	expect((await outsideHistory(agent, conversation.id)).map(({ body }) => body)).toEqual(['Barrier']);
});

test.each([
	['from', { from: '5551234' }],
	['to', { to: '+1' }],
	['to', { to: 'sam@example.com' }],
	['from', { type: 'EMAIL', to: 'sam@example.com' }],
	['body', { body: ' ' }],
	['body', { body: 'a\0b' }],
	['attachments', { attachments: ['https://93.184.215.14/cat.jpg'] }],
	['attachments', { type: 'MMS', attachments: ['javascript:alert(1)'] }],
	['attachments', { type: 'MMS', attachments: ['http://127.0.0.1/cat.jpg'] }],
	['attachments', { type: 'MMS', attachments: Array(11).fill('https://93.184.215.14/cat.jpg') }],
	['clientMessageId', { clientMessageId: '' }],
])('a wrong %s is named: %o', async (field, wrong) => {
	const input = { ...pair, type: 'SMS', body: 'Hello', ...wrong };
	expect(await refusal(agent, 'sendOutboundMessage', input)).toMatchObject({
		__typename: 'InvalidInputError',
		field,
	});
});

test('an agent’s message in the conversation goes out, a note stays inside', async () => {
	const { conversation } = await sendOut(agent, { ...pair, body: 'First' });
	const note = await send(colleague, conversation.id, 'Do not tell', { internal: true });
	const answer = await send(colleague, conversation.id, 'Second');
	await untilStatus(agent, answer.id, 'SENT');
	expect(bodiesTo(pair.to)).toEqual(['First', 'Second']);
	expect(await seeMessage(agent, note.id)).toMatchObject({ internal: true, delivery: null });
	expect(await seeMessage(agent, answer.id)).toMatchObject({ delivery: pair });
});

test('what went outside cannot be edited, whoever wrote it; a note can', async () => {
	const { id, conversation } = await sendOut(agent, { ...pair, body: 'As it went out' });
	expect(await refusal(agent, 'editMessage', { messageId: id, body: 'As it should have' })).toMatchObject({
		__typename: 'ForbiddenError',
	});
	expect(await seeMessage(agent, id)).toMatchObject({ body: 'As it went out' });
	const note = await send(agent, conversation.id, 'Calm', { internal: true });
	await perform(agent, 'editMessage', { messageId: note.id, body: 'Very calm' });
});

test('a customer who was added reads along and may not write', async () => {
	const { conversation } = await sendOut(agent, pair);
	const conversationId = conversation.id;
	await perform(agent, 'addMember', { conversationId, userId: await userIdOf(customer) });
	expect(await refusal(customer, 'sendMessage', { conversationId, body: 'Me too' })).toMatchObject({
		__typename: 'ForbiddenError',
	});
	expect((await history(customer, conversationId)).map(({ body }) => body)).toEqual(['Hello']);
});

test('a conversation of the chat has nothing outside', async () => {
	const { id } = await createConversation(agent);
	const { id: messageId } = await send(agent, id, 'Inside');
	expect(await seeMessage(agent, messageId)).toMatchObject({
		attachments: [],
		contact: null,
		delivery: null,
	});
	expect(await refusal(agent, 'redriveDelivery', { messageId })).toMatchObject({
		__typename: 'NotFoundError',
	});
	const events = await log(agent, id, 3);
	expect(events.map(({ __typename }) => __typename)).not.toContain('DeliveryChanged');
});
