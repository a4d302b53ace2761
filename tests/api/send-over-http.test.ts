import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { metric } from '../support/live.ts';
import { seeMessage } from '../support/outbound.ts';
import { freshNumber, messagesIn, type SendAnswer, sendBody, sendOverHttp } from '../support/outbound-api.ts';
import { answerWith, NEVER, ProviderServer } from '../support/provider-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { postWebhook, WEBHOOK_SECRET } from '../support/webhooks.ts';

const ALLOWED = 'https://app.example.com';
const FOREIGN = 'https://evil.example.com';
const MAX_BODY_BYTES = 8192;
const PUBLIC_URL = 'https://93.184.215.14/a.png';

let service: TestService;
let agent: Client;
let customer: Client;
const provider = new ProviderServer();

beforeAll(async () => {
	// Whatever is sent stays where it is.
	provider.answer = NEVER;
	const url = (await provider.start()).href;
	service = await startService({
		ALLOWED_ORIGINS: ALLOWED,
		MAX_BODY_BYTES: String(MAX_BODY_BYTES),
		SMS_PROVIDER_URL: url,
		EMAIL_PROVIDER_URL: url,
		PROVIDER_TIMEOUT_MS: '600000',
		PROVIDER_WEBHOOK_SECRET: WEBHOOK_SECRET,
	});
	agent = await service.client('Agent', 'AGENT');
	customer = await service.client('Carol');
});
afterAll(async () => {
	// The calls under way are not waited for.
	provider.answer = answerWith(400);
	await Promise.all([provider.stop(), service.stop()]);
});

const send = (body: unknown, headers: Readonly<Record<string, string>> = {}, client = agent) =>
	sendOverHttp(service, client.person, body, headers);

function expectRefused(
	{ status, headers, body }: SendAnswer,
	expected: number,
	code: string,
	field?: string,
) {
	expect({ status, code: body.error.code, field: body.error.field }).toEqual({
		status: expected,
		code,
		field,
	});
	expect(body.error.requestId).toBe(headers.get('x-request-id'));
	expect(body).not.toHaveProperty('message');
}

describe('a message that is sent', () => {
	test('is stored when it is answered, with its conversation and where it stands', async () => {
		const { status, headers, body } = await send(
			'{"from_": "+11234567890", "to": "+10987654321", "type": "sms", "body": "Test message", "attachments": [], "timestamp": "2025-05-21T18:00:00Z"}',
		);
		expect(status).toBe(202);
		expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
		const { id, sequence, createdAt, ...message } = body.message;
		expect(message).toEqual({
			channel: 'SMS',
			from: '+11234567890',
			to: '+10987654321',
			body: 'Test message',
			attachments: [],
			clientMessageId: null,
		});
		expect(createdAt).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
		expect(body.conversation).toEqual({
			id: expect.stringMatching(/^conv_/),
			status: 'OPEN',
			channel: 'SMS',
			lastSequence: sequence,
		});
		expect(body.status).toBe('QUEUED');
		expect(await messagesIn(agent, body.conversation.id)).toMatchObject([
			{ id, sequence, body: 'Test message', author: { name: 'Agent' }, delivery: { to: '+10987654321' } },
		]);
	});

	test('shares the conversation of its two addresses, and its type is in any case', async () => {
		const [from, to] = [freshNumber(), freshNumber()];
		const first = await send({ ...sendBody({ from_: undefined }), from, to, type: 'SMS' });
		const second = await send(sendBody({ from_: from, from, to, type: 'Mms', attachments: [PUBLIC_URL] }));
		expect([first.status, second.status]).toEqual([202, 202]);
		expect(second.body.conversation.id).toBe(first.body.conversation.id);
		expect(second.body.message).toMatchObject({ channel: 'MMS', attachments: [PUBLIC_URL] });
		const byEmail = await send(
			sendBody({ from_: 'Help@Example.COM', to: 'sam@bücher.example', type: 'email', attachments: null }),
		);
		expect(byEmail.body.message).toMatchObject({
			channel: 'EMAIL',
			from: 'help@example.com',
			to: 'sam@xn--bcher-kva.example',
		});
	});

	test.each([
		'Grüße 😀 مرحبا\u202e "quoted" \'?\' % \\ <b>\u0007',
		'\ud83d\udc69\u200d\ud83d\udc67 line\nline\r\n\ttab ',
	])('says exactly %j', async (text) => {
		const { body } = await send(sendBody({ body: text }));
		expect(body.message.body).toBe(text);
		expect(await messagesIn(agent, body.conversation.id)).toMatchObject([{ body: text }]);
	});

	test('may have been made at any hour of the world', async () => {
		for (const timestamp of [
			'2025-05-21T20:00:00.123456+02:00',
			'2025-05-21T18:00:00.5Z',
			'1999-12-31T23:59:59-10:30',
		])
			expect((await send(sendBody({ timestamp }))).status).toBe(202);
	});

	test.each([undefined, null])('is made at present where it does not say when (%s)', async (timestamp) => {
		const before = new Date().toISOString();
		const { body } = await send(sendBody({ timestamp }));
		const { delivery } = await seeMessage(agent, body.message.id);
		const madeAt = delivery?.requestedAt ?? '';
		expect(madeAt >= before && madeAt <= body.message.createdAt).toBe(true);
	});
});

describe('a key', () => {
	test('as a header or a field makes it a retry, which gets the first message again', async () => {
		const body = sendBody();
		const first = await send(body, { 'idempotency-key': 'key-1' });
		for (const again of [
			await send(body, { 'idempotency-key': 'key-1' }),
			await send(body, { 'idempotency-key': '"key-1"' }),
			await send({ ...body, client_message_id: 'key-1' }),
			await send({ ...body, client_message_id: 'key-1' }, { 'idempotency-key': 'key-1' }),
			await send({ ...body, timestamp: '2025-05-21T18:00:01Z', client_message_id: 'key-1' }),
		]) {
			expect(again.status).toBe(202);
			expect(again.body.message).toEqual(first.body.message);
		}
		expect(first.body.message.clientMessageId).toBe('key-1');
		expect(await messagesIn(agent, first.body.conversation.id)).toHaveLength(1);
	});

	test('of many at once sends one', async () => {
		const body = sendBody({ client_message_id: 'at once' });
		const answers = await Promise.all(Array.from({ length: 20 }, () => send(body)));
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
		expect(new Set(answers.map((answer) => answer.body.message.id)).size).toBe(1);
	});

	test('is the one of sendOutboundMessage', async () => {
		const [from, to] = [freshNumber(), freshNumber()];
		const { result } = await agent.query<{ result: { message: { id: string } } }>(
			`mutation ($input: SendOutboundMessageInput!) { result: sendOutboundMessage(input: $input) {
				... on SendOutboundMessagePayload { message { id } } ... on Error { code } } }`,
			{
				input: {
					from,
					to,
					type: 'SMS',
					body: 'Twice',
					timestamp: '2025-05-21T18:00:00Z',
					clientMessageId: 'both',
				},
			},
		);
		const { body } = await send(sendBody({ from_: from, to, body: 'Twice' }), { 'idempotency-key': 'both' });
		expect(body.message.id).toBe(result.message.id);
	});

	test('that was used for other content is a conflict', async () => {
		const body = sendBody({ client_message_id: 'other' });
		const { body: first } = await send(body);
		expectRefused(await send({ ...body, body: 'Another' }), 409, 'IDEMPOTENCY_CONFLICT');
		expect(await messagesIn(agent, first.conversation.id)).toHaveLength(1);
	});

	test('is refused where header and field differ, where it is empty, and where it is too long', async () => {
		const both = await send(sendBody({ client_message_id: 'one' }), { 'idempotency-key': 'two' });
		expectRefused(both, 400, 'INVALID_INPUT', 'client_message_id');
		for (const key of ['""', 'x'.repeat(65)]) {
			const refused = await send(sendBody(), { 'idempotency-key': key });
			expectRefused(refused, 400, 'INVALID_INPUT', 'Idempotency-Key');
			expect(refused.body.error.message).toMatch(/^Idempotency-Key must /);
		}
		expectRefused(await send(sendBody({ client_message_id: '' })), 400, 'INVALID_INPUT', 'client_message_id');
	});
});

describe('a request', () => {
	test('is for agents: customers are refused and nothing is stored', async () => {
		const body = sendBody({ client_message_id: 'customer' });
		expectRefused(await send(body, {}, customer), 403, 'FORBIDDEN');
		const { body: first } = await send(body);
		expect(first.message.sequence).toBe((await send(body)).body.message.sequence);
		expect(await messagesIn(agent, first.conversation.id)).toHaveLength(1);
	});

	test.each(['', 'Bearer', 'Bearer x.y.z', 'Basic YTpi'])(
		'with the authorization %j is nobody’s',
		async (authorization) => {
			const refused = await send(sendBody(), { authorization });
			expectRefused(refused, 401, 'UNAUTHENTICATED');
			expect(refused.headers.get('www-authenticate')).toBe('Bearer');
		},
	);

	test.each([
		'text/plain',
		'application/x-www-form-urlencoded',
		'multipart/form-data; boundary=x',
		'application/jsonp',
	])('that is %s is refused with 415: a foreign page can send it unasked', async (type) => {
		expectRefused(await send(sendBody(), { 'content-type': type }), 415, 'UNSUPPORTED_MEDIA_TYPE');
	});

	test('is a POST', async () => {
		for (const method of ['GET', 'PUT', 'DELETE', 'HEAD']) {
			const response = await fetch(`${service.url}/messages/send`, { method });
			expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
		}
	});

	test('has a body that is not too large', async () => {
		const body = JSON.stringify(sendBody({ body: 'x'.repeat(MAX_BODY_BYTES) }));
		expectRefused(await send(body), 413, 'BODY_TOO_LARGE');
	});

	test('of a foreign page is refused, of an own or allowed one is not', async () => {
		const body = sendBody();
		for (const origin of [FOREIGN, 'null']) {
			const refused = await send(body, { origin });
			expectRefused(refused, 403, 'FORBIDDEN');
			expect(refused.headers.get('access-control-allow-origin')).toBeNull();
		}
		for (const origin of [ALLOWED, service.url]) {
			const taken = await send(body, { origin });
			expect([taken.status, taken.headers.get('access-control-allow-origin')]).toEqual([202, origin]);
		}
		const preflight = await fetch(`${service.url}/messages/send`, {
			method: 'OPTIONS',
			headers: { origin: ALLOWED, 'access-control-request-method': 'POST' },
		});
		expect(preflight.headers.get('access-control-allow-headers')).toContain('idempotency-key');
	});

	test('counts its fault', async () => {
		const count = () => metric(service, 'pendo_message_errors_total{code="INVALID_INPUT"}');
		const before = await count();
		await send('{');
		expect(await count()).toBe(before + 1);
	});
});

test('a contact who opted out is not written to', async () => {
	const [from, to] = [freshNumber(), freshNumber()];
	const contact = (id: string, body: string) =>
		postWebhook(service, '/webhooks/messages', {
			type: 'message.received',
			data: {
				id: `${to} ${id}`,
				from: to,
				to: from,
				type: 'sms',
				body,
				attachments: [],
				timestamp: '2025-05-21T18:00:00Z',
			},
		});
	const body = sendBody({ from_: from, to });
	await contact('1', 'Stop');
	expectRefused(await send(body), 422, 'CONTACT_OPTED_OUT');
	await contact('2', 'START');
	expect((await send(body)).status).toBe(202);
});
