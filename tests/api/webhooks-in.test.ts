import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { metric } from '../support/live.ts';
import { freshNumber, messagesIn, messagesWith, sendBody, sendOverHttp } from '../support/outbound-api.ts';
import { answerWith, ProviderServer } from '../support/provider-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { postWebhook, signed, WEBHOOK_SECRET, type WebhookOptions } from '../support/webhooks.ts';

const MAX_BODY_BYTES = 8192;
const OTHER_SECRET = `whsec_${Buffer.from('another key for tests, 32 bytes.').toString('base64')}`;
const OWN = '+11234567890';

let service: TestService;
let agent: Client;
const provider = new ProviderServer();

beforeAll(async () => {
	provider.answer = answerWith(200, '{"id": "p-1"}');
	service = await startService({
		MAX_BODY_BYTES: String(MAX_BODY_BYTES),
		SMS_PROVIDER_URL: (await provider.start()).href,
		PROVIDER_WEBHOOK_SECRET: WEBHOOK_SECRET,
	});
	agent = await service.client('Agent', 'AGENT');
});
afterAll(async () => {
	await service.stop();
	await provider.stop();
});

let ids = 0;

/** A message that came in. */
function received(more: Readonly<Record<string, unknown>> = {}) {
	const data = {
		id: `in-${++ids}`,
		from: freshNumber(),
		to: OWN,
		type: 'sms',
		body: 'Where is it?',
		attachments: [],
		timestamp: '2025-05-21T18:00:00Z',
		...more,
	};
	return { type: 'message.received', data };
}

const bring = (payload: unknown, options?: WebhookOptions) =>
	postWebhook(service, '/webhooks/messages', payload, options);
const tell = (payload: unknown, options?: WebhookOptions) =>
	postWebhook(service, '/webhooks/status', payload, options);
const counted = (kind: string, outcome: string) =>
	metric(service, `pendo_message_webhooks_total{from="generic",kind="${kind}",outcome="${outcome}"}`);

describe('a message from outside', () => {
	test('is stored in the conversation of its two addresses, as the contact’s', async () => {
		const from = freshNumber();
		const { body: sent } = await sendOverHttp(service, agent.person, sendBody({ from_: OWN, to: from }));
		const { status, body } = await bring(received({ from }));
		expect({ status, body }).toEqual({ status: 200, body: { status: 'stored' } });
		expect((await messagesIn(agent, sent.conversation.id)).at(-1)).toMatchObject({
			channel: 'SMS',
			body: 'Where is it?',
			author: null,
			contact: { address: from, channel: 'SMS' },
			delivery: null,
		});
	});

	test('begins a conversation where there is none', async () => {
		const from = freshNumber();
		await bring(
			received({ from, type: 'MMS', body: '', attachments: ['https://cdn.example.com/a.png?b=c'] }),
		);
		expect(await messagesWith(agent, from)).toMatchObject([
			{
				channel: 'MMS',
				body: '',
				attachments: [{ url: 'https://cdn.example.com/a.png?b=c', contentType: null }],
			},
		]);
	});

	test('may be an email', async () => {
		const address = `sam-${++ids}@example.com`;
		await bring(received({ from: address.toUpperCase(), to: 'help@example.com', type: 'email' }));
		expect(await messagesWith(agent, address)).toMatchObject([{ channel: 'EMAIL', contact: { address } }]);
	});

	test.each(['Grüße 😀 مرحبا\u202e "?" % \\ \u0007', 'line\r\nline\t \u2028'])(
		'says exactly %j',
		async (body) => {
			const from = freshNumber();
			await bring(received({ from, body }));
			expect(await messagesWith(agent, from)).toMatchObject([{ body }]);
		},
	);

	test('is stored once, however often it comes and under whatever webhook', async () => {
		const from = freshNumber();
		const payload = received({ from });
		const [first, ...others] = await Promise.all(
			Array.from({ length: 10 }, (_, index) => bring(payload, index % 2 === 0 ? { id: `${from} same` } : {})),
		);
		const statuses = [first, ...others].map((answer) => answer?.body.status).sort();
		expect(statuses).toEqual([...Array.from({ length: 9 }, () => 'repeated'), 'stored']);
		expect((await bring(payload)).body).toEqual({ status: 'repeated' });
		expect(await messagesWith(agent, from)).toHaveLength(1);
	});

	test('is not stored by a webhook that was seen, whatever it says', async () => {
		const from = freshNumber();
		const id = `hook ${from}`;
		await bring(received({ from }), { id });
		const { status, body } = await bring(received({ from, body: 'Another' }), { id });
		expect({ status, body }).toEqual({ status: 200, body: { status: 'repeated' } });
		expect(await messagesWith(agent, from)).toMatchObject([{ body: 'Where is it?' }]);
	});

	test('has an id of its own among SMS and among emails', async () => {
		const [number, address] = [freshNumber(), `eve-${++ids}@example.com`];
		const id = `same ${number}`;
		await bring(received({ id, from: number }));
		const { body } = await bring(received({ id, from: address, to: 'help@example.com', type: 'email' }));
		expect(body).toEqual({ status: 'stored' });
	});
});

function without(headers: Record<string, string>, name: string): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

describe('the signature of a webhook', () => {
	const payload = () => JSON.stringify(received());
	const refusals: readonly (readonly [string, (body: string) => Record<string, string>])[] = [
		['is forged', (body) => signed(body, { secret: OTHER_SECRET })],
		['is of other content', (body) => signed(body.replace('Where', 'There'))],
		['is old', (body) => signed(body, { ageSeconds: 301 })],
		['is of a time to come', (body) => signed(body, { ageSeconds: -360 })],
		['is missing', () => ({ 'content-type': 'application/json' })],
		['has no id', (body) => without(signed(body), 'webhook-id')],
		['has no time', (body) => without(signed(body), 'webhook-timestamp')],
		['has no signature', (body) => without(signed(body), 'webhook-signature')],
		['is of another id', (body) => signed(body, { headers: { 'webhook-id': 'another' } })],
		['is of another version', (body) => signed(body, { headers: { 'webhook-signature': 'v2,AAAA' } })],
		['is rubbish', (body) => signed(body, { headers: { 'webhook-signature': ', ,, v1' } })],
	];

	test.each(refusals)('%s: 401, without a reason, and nothing is done', async (_name, headersOf) => {
		for (const [path, kind] of [
			['/webhooks/messages', 'message'],
			['/webhooks/status', 'status'],
		] as const) {
			const before = await counted(kind, 'unauthenticated');
			const body = payload();
			const response = await fetch(service.url + path, { method: 'POST', headers: headersOf(body), body });
			expect(response.status).toBe(401);
			expect(await response.json()).toEqual({
				error: {
					code: 'UNAUTHENTICATED',
					message: 'A valid signature is required.',
					retryable: false,
					requestId: response.headers.get('x-request-id'),
				},
			});
			expect(await counted(kind, 'unauthenticated')).toBe(before + 1);
			const { from } = JSON.parse(body).data;
			expect(await messagesWith(agent, from)).toEqual([]);
		}
	});

	test('is one of several, while a secret is changed', async () => {
		const body = payload();
		const options = { id: `several ${++ids}` };
		const [good, other] = [signed(body, options), signed(body, { ...options, secret: OTHER_SECRET })];
		const signature = `${other['webhook-signature']} ${good['webhook-signature']}`;
		const { status } = await bring(body, { ...options, headers: { 'webhook-signature': signature } });
		expect(status).toBe(200);
	});

	test('is not asked for where no secret is set: there is nothing then', async () => {
		const closed = await startService({ MOCK_PROVIDER: 'off' });
		try {
			for (const path of ['/webhooks/messages', '/webhooks/status', '/webhooks/twilio/messages'])
				expect((await postWebhook(closed, path, received())).status).toBe(404);
		} finally {
			await closed.stop();
		}
	});
});

describe('a webhook that says nothing useful', () => {
	test('because it is of another type is taken and ignored', async () => {
		for (const type of ['message.read', 'message.status', '', '__proto__'])
			expect(await bring({ type, data: null })).toMatchObject({ status: 202, body: { status: 'ignored' } });
		expect(await tell(received())).toMatchObject({ status: 202, body: { status: 'ignored' } });
		expect(await counted('message', 'ignored')).toBeGreaterThanOrEqual(4);
	});

	test.each([
		['body', 'no JSON'],
		['body', '[]'],
		['body', 'null'],
		['body', ''],
		['type', '{}'],
		['type', '{"type": 5}'],
	])('is answered with 400 naming %s: %j', async (field, text) => {
		for (const answer of [await bring(text), await tell(text)])
			expect(answer).toMatchObject({ status: 400, body: { error: { code: 'INVALID_INPUT', field } } });
	});

	test.each([
		['id', { id: undefined }],
		['id', { id: '' }],
		['id', { id: 'x'.repeat(256) }],
		['id', { id: 'a\u0000b' }],
		['id', { id: {} }],
		['from', { from: undefined }],
		['from', { from: 'Sam' }],
		['from', { from: ['+11234567890'] }],
		['to', { to: '12345' }],
		['type', { type: 'fax' }],
		['body', { body: null }],
		['body', { body: 5 }],
		['attachments', { attachments: 'https://example.com/' }],
		['attachments', { attachments: ['javascript:alert(1)'] }],
		['attachments', { attachments: ['https://example.com/\r\n'] }],
		['attachments', { attachments: Array.from({ length: 11 }, () => 'https://example.com/') }],
		['timestamp', { timestamp: 'yesterday' }],
		['timestamp', { timestamp: '0000-01-01T00:00:00Z' }],
	])('is answered with 400 naming %s: %j', async (field, more) => {
		const before = await counted('message', 'refused');
		const from = freshNumber();
		const answer = await bring(received({ from, ...more }));
		expect(answer).toMatchObject({ status: 400, body: { error: { code: 'INVALID_INPUT', field } } });
		expect(await counted('message', 'refused')).toBe(before + 1);
		expect(await messagesWith(agent, from)).toEqual([]);
	});

	test('is answered with 400 where there is no data', async () => {
		for (const data of [undefined, null, 'text', []])
			expect((await bring({ type: 'message.received', data })).status).toBe(400);
	});

	test('is answered with 413 where it is too large', async () => {
		const answer = await bring(received({ body: 'x'.repeat(MAX_BODY_BYTES) }));
		expect(answer).toMatchObject({ status: 413, body: { error: { code: 'BODY_TOO_LARGE' } } });
	});

	test('is answered with 405 where it is no POST, to pages as well', async () => {
		for (const method of ['GET', 'PUT', 'OPTIONS', 'DELETE']) {
			const headers = { origin: service.url, 'access-control-request-method': 'POST' };
			const response = await fetch(`${service.url}/webhooks/messages`, { method, headers });
			expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
			expect(response.headers.get('access-control-allow-origin')).toBeNull();
		}
	});

	test('is answered with 404 elsewhere', async () => {
		for (const path of [
			'/webhooks/',
			'/webhooks/messages/',
			'/webhooks/__proto__',
			'/webhooks/twilio/messages',
		])
			expect((await postWebhook(service, path, received())).status).toBe(404);
	});
});
