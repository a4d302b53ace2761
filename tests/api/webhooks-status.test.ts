import { afterAll, beforeAll, expect, test } from 'vitest';
import { perform } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { eventually } from '../support/live.ts';
import { messagesIn, type OutsideMessage, sendBody, sendOverHttp } from '../support/outbound-api.ts';
import { answerWith, ProviderServer } from '../support/provider-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { postWebhook, signed, WEBHOOK_SECRET, type WebhookOptions } from '../support/webhooks.ts';

let service: TestService;
let agent: Client;
const provider = new ProviderServer();

beforeAll(async () => {
	provider.answer = answerWith(200, '{"id": "p-1"}');
	service = await startService({
		SMS_PROVIDER_URL: (await provider.start()).href,
		PROVIDER_WEBHOOK_SECRET: WEBHOOK_SECRET,
	});
	agent = await service.client('Agent', 'AGENT');
});
afterAll(async () => {
	await service.stop();
	await provider.stop();
});

const tell = (payload: unknown, options?: WebhookOptions) =>
	postWebhook(service, '/webhooks/status', payload, options);

interface Sent {
	readonly id: string;
	readonly delivery: () => Promise<OutsideMessage['delivery'] | undefined>;
}

/** A message that the provider took. */
async function sent(): Promise<Sent> {
	const { body } = await sendOverHttp(service, agent.person, sendBody());
	const delivery = async () => (await messagesIn(agent, body.conversation.id)).at(-1)?.delivery;
	await eventually(async () => (await delivery())?.status, 'SENT');
	return { id: body.message.id, delivery };
}

function status(id: string, more: Readonly<Record<string, unknown>> = {}) {
	const data = {
		id,
		providerId: 'p-1',
		status: 'delivered',
		timestamp: '2025-05-21T18:00:01Z',
		error: null,
		...more,
	};
	return { type: 'message.status', data };
}

test.each([
	['delivered', 'DELIVERED', null],
	['undelivered', 'UNDELIVERED', 'No such subscriber'],
	['FAILED', 'FAILED', 'Spam'],
])('%s makes it %s, and is told once', async (said, expected, error) => {
	const { id, delivery } = await sent();
	const told = status(id, { status: said, error });
	expect(await tell(told)).toMatchObject({ status: 200, body: { status: 'changed' } });
	expect(await delivery()).toMatchObject({ status: expected, error });
	expect(await tell(told)).toMatchObject({ status: 200, body: { status: 'unchanged' } });
});

test('of a forged webhook changes nothing', async () => {
	const { id, delivery } = await sent();
	const body = JSON.stringify(status(id, { status: 'failed' }));
	const forged = signed(body.replace('failed', 'sent'));
	expect((await tell(body, { headers: forged })).status).toBe(401);
	expect(await delivery()).toMatchObject({ status: 'SENT' });
});

test('is taken once: the same webhook says nothing of what a person has sent again', async () => {
	const { id, delivery } = await sent();
	const first = { id: `first ${id}` };
	const late = { id: `late ${id}` };
	const failed = status(id, { status: 'failed' });
	const undelivered = status(id, { status: 'undelivered' });
	expect((await tell(failed, first)).body).toEqual({ status: 'changed' });
	expect((await tell(undelivered, late)).body).toEqual({ status: 'unchanged' });
	await perform(agent, 'redriveDelivery', { messageId: id });
	await eventually(async () => (await delivery())?.status, 'SENT');
	expect((await tell(failed, first)).body).toEqual({ status: 'repeated' });
	expect((await tell(undelivered, late)).body).toEqual({ status: 'repeated' });
	expect(await delivery()).toMatchObject({ status: 'SENT' });
	expect((await tell(status(id))).body).toEqual({ status: 'changed' });
	expect(await delivery()).toMatchObject({ status: 'DELIVERED' });
});

test('does not go back, whatever order it comes in', async () => {
	const { id, delivery } = await sent();
	await tell(status(id));
	expect((await tell(status(id, { status: 'sent' }))).body).toEqual({ status: 'unchanged' });
	expect(await delivery()).toMatchObject({ status: 'DELIVERED' });
});

test('of a message that nobody knows is taken all the same', async () => {
	for (const id of [
		'msg_01970f2e-5b7c-7c3a-9d55-0a3f6a1c2b4d',
		'msg_1',
		'conv_01970f2e-5b7c-7c3a-9d55-0a3f6a1c2b4d',
		'x',
	])
		expect(await tell(status(id, { providerId: null }))).toMatchObject({
			status: 202,
			body: { status: 'not-found' },
		});
});

test.each([
	['id', { id: 5 }],
	['providerId', { providerId: 'a\u0000b' }],
	['providerId', { providerId: 'x'.repeat(256) }],
	['status', { status: 'queued' }],
	['status', { status: undefined }],
	['timestamp', { timestamp: 0 }],
	['error', { error: {} }],
])('is answered with 400 naming %s: %j', async (field, more) => {
	const answer = await tell(status('msg_01970f2e-5b7c-7c3a-9d55-0a3f6a1c2b4d', more));
	expect(answer).toMatchObject({ status: 400, body: { error: { code: 'INVALID_INPUT', field } } });
});

test('brings an error that every database keeps', async () => {
	const { id, delivery } = await sent();
	const error = `\u0000😀 'quoted' ${'x'.repeat(1_000)}`;
	expect((await tell(status(id, { status: 'failed', error }))).body).toEqual({
		status: 'changed',
	});
	expect((await delivery())?.error).toMatch(/^😀 'quoted' x+$/u);
});
