import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { refusal, send } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import {
	freshPair,
	type OutboundService,
	outsideHistory,
	sendOut,
	startOutbound,
	untilStatus,
} from '../support/outbound.ts';
import { freshNumber } from '../support/outbound-api.ts';

const HELP_REPLY = 'Ask us anything. STOP ends it.';

let outside: OutboundService;
let agent: Client;
let pair: { readonly from: string; readonly to: string };

beforeAll(async () => {
	outside = await startOutbound({ SMS_HELP_REPLY: HELP_REPLY });
	agent = await outside.service.client('Agent', 'AGENT');
});
afterAll(() => outside.stop());
beforeEach(() => {
	pair = freshPair();
});

/** The contact writes. */
async function contactWrites(body: string): Promise<void> {
	expect(await outside.bring({ from: pair.to, to: pair.from, body })).toBe(200);
}

const bodiesTo = (to: string) =>
	outside.sent().flatMap((message) => (message.to === to ? [message.body] : []));

test('a contact who writes STOP gets nothing more, by whichever way an agent sends', async () => {
	const { id, conversation } = await sendOut(agent, { ...pair, body: 'Offers', clientMessageId: 'offers' });
	// What still waits would not go out any more.
	await untilStatus(agent, id, 'SENT');
	await contactWrites(' stop ');
	const refused = { __typename: 'ContactOptedOutError', code: 'CONTACT_OPTED_OUT', retryable: false };
	const input = { ...pair, type: 'SMS', body: 'More offers' };
	expect(await refusal(agent, 'sendOutboundMessage', input)).toMatchObject(refused);
	expect(await refusal(agent, 'sendOutboundMessage', { ...input, from: freshNumber() })).toMatchObject(
		refused,
	);
	expect(
		await refusal(agent, 'sendMessage', { conversationId: conversation.id, body: 'More offers' }),
	).toMatchObject(refused);
	await send(agent, conversation.id, 'She wants none', { internal: true });
	const repeated = await sendOut(agent, { ...pair, body: 'Offers', clientMessageId: 'offers' });
	expect(repeated.id).toBe(id);
	expect((await outsideHistory(agent, conversation.id)).map(({ body }) => body)).toEqual([
		'Offers',
		' stop ',
		'She wants none',
	]);
	expect(bodiesTo(pair.to)).toEqual(['Offers']);
});

test('START lets messages through again', async () => {
	await contactWrites('STOP');
	await contactWrites('START');
	const { id } = await sendOut(agent, { ...pair, body: 'Welcome back' });
	await untilStatus(agent, id, 'SENT');
	expect(bodiesTo(pair.to)).toEqual(['Welcome back']);
});

test('HELP is answered, and is no opting out', async () => {
	await contactWrites('Help');
	const { id, conversation } = await sendOut(agent, { ...pair, body: 'How can we help?' });
	const [question, reply] = await outsideHistory(agent, conversation.id);
	expect(question).toMatchObject({ body: 'Help', contact: { address: pair.to } });
	expect(reply).toMatchObject({ author: null, contact: null, body: HELP_REPLY, delivery: { to: pair.to } });
	await untilStatus(agent, reply?.id ?? '', 'SENT');
	await untilStatus(agent, id, 'SENT');
	expect(bodiesTo(pair.to)).toEqual([HELP_REPLY, 'How can we help?']);
});

test('the word in a sentence, and in an email, is a message like any other', async () => {
	await contactWrites('Please stop sending me offers');
	const { id } = await sendOut(agent, pair);
	await untilStatus(agent, id, 'SENT');
	const mail = { type: 'EMAIL', from: 'help@example.com', to: `sam+${pair.to.slice(1)}@example.com` };
	expect(await outside.bring({ from: mail.to, to: mail.from, body: 'STOP' })).toBe(200);
	const email = await sendOut(agent, mail);
	await untilStatus(agent, email.id, 'SENT');
});

test('what was queued when the contact wrote STOP does not go out', async () => {
	const answered = Promise.withResolvers<void>();
	const asked = outside.provider.arrival();
	const { answer } = outside.provider;
	outside.provider.answer = (response) => void answered.promise.then(() => answer(response));
	const { id: first, conversation } = await sendOut(agent, { ...pair, body: 'First' });
	await asked;
	const { id: second } = await send(agent, conversation.id, 'Second');
	await contactWrites('STOP');
	outside.provider.answer = answer;
	answered.resolve();
	await untilStatus(agent, first, 'SENT');
	const refused = await untilStatus(agent, second, 'FAILED');
	expect(refused.delivery?.error).toMatch(/no messages|opted out/i);
	expect(refused.delivery?.attempts).toEqual([]);
	expect(bodiesTo(pair.to)).toEqual(['First']);
});
