import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { eventually, metric } from '../support/live.ts';
import { freshNumber, messagesIn, messagesWith, sendBody, sendOverHttp } from '../support/outbound-api.ts';
import { answerWith, ProviderServer } from '../support/provider-server.ts';
import { startService, type TestService } from '../support/service.ts';

const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
const AUTH_TOKEN = 'twilio-token-for-tests';
/** Where Twilio reaches the service: through a proxy, under a path of its own. */
const PUBLIC_URL = 'https://messages.example.com/pendo';
const OWN = '+11234567890';
const TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

let service: TestService;
let agent: Client;
const twilio = new ProviderServer();
let sids = 0;
const freshSid = () => `SM${String(++sids).padStart(32, '0')}`;

beforeAll(async () => {
	const url = (await twilio.start()).href;
	twilio.answer = (response) => answerWith(201, JSON.stringify({ sid: freshSid() }))(response);
	service = await startService({
		TWILIO_ACCOUNT_SID: ACCOUNT_SID,
		TWILIO_AUTH_TOKEN: AUTH_TOKEN,
		TWILIO_API_URL: url,
		PUBLIC_URL,
	});
	agent = await service.client('Agent', 'AGENT');
});
afterAll(async () => {
	await service.stop();
	await twilio.stop();
});

/** By hand, as Twilio's documents say: over the address called and the sorted fields, by HMAC-SHA1. */
function signature(url: string, form: Readonly<Record<string, string>>, token = AUTH_TOKEN): string {
	const fields = Object.entries(form).sort(([one], [other]) => (one < other ? -1 : 1));
	return createHmac('sha1', token)
		.update(url + fields.flat().join(''))
		.digest('base64');
}

interface Call {
	readonly path: string;
	readonly form: Readonly<Record<string, string>>;
	/** Undefined: none at all. */
	readonly signature?: string | undefined;
}

async function call({ path, form, ...more }: Call): Promise<{ status: number; type: string; text: string }> {
	const signed = 'signature' in more ? more.signature : signature(PUBLIC_URL + path, form);
	const response = await fetch(service.url + path, {
		method: 'POST',
		headers: signed === undefined ? {} : { 'x-twilio-signature': signed },
		body: new URLSearchParams(form),
	});
	const type = response.headers.get('content-type') ?? '';
	return { status: response.status, type, text: await response.text() };
}

/** As Twilio describes a message that came in. */
function incoming(more: Readonly<Record<string, string>> = {}): Record<string, string> {
	return {
		MessageSid: freshSid(),
		AccountSid: ACCOUNT_SID,
		From: freshNumber(),
		To: OWN,
		Body: 'Where is it?',
		NumMedia: '0',
		NumSegments: '1',
		...more,
	};
}

const bring = (form: Readonly<Record<string, string>>, more: { signature?: string | undefined } = {}) =>
	call({ path: '/webhooks/twilio/messages', form, ...more });
const counted = (kind: string, outcome: string) =>
	metric(service, `pendo_message_webhooks_total{from="twilio",kind="${kind}",outcome="${outcome}"}`);

describe('a message that Twilio brings', () => {
	test('is stored as the contact’s, and answered with an instruction to do nothing', async () => {
		const form = incoming({ Body: 'Grüße 😀 & "more" = 100%' });
		expect(await bring(form)).toEqual({ status: 200, type: 'text/xml; charset=utf-8', text: TWIML });
		expect(await messagesWith(agent, String(form['From']))).toMatchObject([
			{ channel: 'SMS', body: form['Body'], author: null, contact: { address: form['From'] } },
		]);
	});

	test('has its media as attachments', async () => {
		const url = 'https://api.twilio.com/2010-04-01/Accounts/AC/Messages/MM/Media/ME';
		const form = incoming({
			Body: '',
			NumMedia: '2',
			MediaUrl0: `${url}0`,
			MediaContentType0: 'image/jpeg',
			MediaUrl1: `${url}1`,
		});
		expect((await bring(form)).status).toBe(200);
		expect(await messagesWith(agent, String(form['From']))).toMatchObject([
			{
				channel: 'MMS',
				body: '',
				attachments: [
					{ url: `${url}0`, contentType: 'image/jpeg' },
					{ url: `${url}1`, contentType: null },
				],
			},
		]);
	});

	test('is stored once, however often it comes', async () => {
		const form = incoming();
		const answers = await Promise.all(Array.from({ length: 5 }, () => bring(form)));
		expect(new Set(answers.map(({ text }) => text))).toEqual(new Set([TWIML]));
		expect(await messagesWith(agent, String(form['From']))).toHaveLength(1);
		expect(await counted('message', 'repeated')).toBe(4);
	});

	test('that asks to stop is obeyed', async () => {
		const form = incoming({ Body: 'STOP' });
		await bring(form);
		const { status, body } = await sendOverHttp(
			service,
			agent.person,
			sendBody({ from_: OWN, to: form['From'] }),
		);
		expect([status, body.error.code]).toEqual([422, 'CONTACT_OPTED_OUT']);
	});

	test.each([
		['MessageSid', { MessageSid: '' }],
		['from', { From: 'whatsapp:+14155552671' }],
		['to', { To: '' }],
		['NumMedia', { NumMedia: 'many' }],
		['NumMedia', { NumMedia: '1e9' }],
		['NumMedia', { NumMedia: '-1' }],
		['MediaUrl0', { NumMedia: '1' }],
		['MediaUrl0', { NumMedia: '1', MediaUrl0: 'javascript:alert(1)' }],
	])('is answered with 400 naming %s: %j', async (field, more) => {
		const From = freshNumber();
		const { status, text } = await bring(incoming({ From, ...more }));
		expect({ status, ...JSON.parse(text) }).toMatchObject({
			status: 400,
			error: { code: 'INVALID_INPUT', field },
		});
		expect(await messagesWith(agent, From)).toEqual([]);
	});
});

test.each([
	['is forged', (url: string, form: Call['form']) => signature(url, form, 'another token')],
	['is of another address', (url: string, form: Call['form']) => signature(`${url}?a=b`, form)],
	[
		'is of the address behind the proxy',
		(url: string, form: Call['form']) => signature(url.replace('/pendo', ''), form),
	],
	['is of another form', (url: string, form: Call['form']) => signature(url, { ...form, Body: 'Another' })],
	['is missing', () => undefined],
	['is empty', () => ''],
	['is rubbish', () => 'rubbish'],
])('a signature that %s: 401, and nothing is done', async (_name, sign) => {
	for (const [path, kind] of [
		['/webhooks/twilio/messages', 'message'],
		['/webhooks/twilio/status?message=msg_01970f2e-5b7c-7c3a-9d55-0a3f6a1c2b4d', 'status'],
	] as const) {
		const before = await counted(kind, 'unauthenticated');
		const form = incoming({ MessageStatus: 'delivered' });
		const { status, text } = await call({ path, form, signature: sign(PUBLIC_URL + path, form) });
		expect({ status, code: JSON.parse(text).error.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
		expect(await messagesWith(agent, String(form['From']))).toEqual([]);
		expect(await counted(kind, 'unauthenticated')).toBe(before + 1);
	}
});

describe('a status that Twilio tells', () => {
	/** A message that Twilio took, and where it was told to call. */
	async function sent() {
		const { body } = await sendOverHttp(service, agent.person, sendBody({ from_: OWN }));
		const delivery = async () => (await messagesIn(agent, body.conversation.id)).at(-1)?.delivery;
		await eventually(async () => (await delivery())?.status, 'SENT');
		const MessageSid = String((await delivery())?.providerMessageId);
		const posted = twilio.requests.map((request) => new URLSearchParams(request.body));
		const callback = posted
			.map((form) => form.get('StatusCallback') ?? '')
			.find((url) => url.includes(body.message.id));
		return { path: String(callback).replace(PUBLIC_URL, ''), MessageSid, delivery };
	}

	const report = (MessageStatus: string, more: Readonly<Record<string, string>> = {}) => ({
		MessageSid: freshSid(),
		AccountSid: ACCOUNT_SID,
		MessageStatus,
		...more,
	});

	test('moves the message on, and never back', async () => {
		const { path, MessageSid, delivery } = await sent();
		for (const [status, expected] of [
			['queued', 'SENT'],
			['sending', 'SENT'],
			['constructor', 'SENT'],
			['delivered', 'DELIVERED'],
			['sent', 'DELIVERED'],
		] as const) {
			expect(await call({ path, form: report(status, { MessageSid }) })).toMatchObject({
				status: 200,
				text: TWIML,
			});
			expect(await delivery()).toMatchObject({ status: expected });
		}
	});

	test('brings Twilio’s code of what went wrong', async () => {
		const { path, MessageSid, delivery } = await sent();
		await call({ path, form: report('undelivered', { MessageSid, ErrorCode: '30003' }) });
		expect(await delivery()).toMatchObject({ status: 'UNDELIVERED', error: 'Twilio error 30003' });
	});

	test('finds the message by Twilio’s id as well', async () => {
		const { MessageSid, delivery } = await sent();
		await call({ path: '/webhooks/twilio/status', form: report('failed', { MessageSid }) });
		expect(await delivery()).toMatchObject({ status: 'FAILED' });
	});

	test('of a message that nobody knows is taken all the same', async () => {
		const before = await counted('status', 'not-found');
		expect((await call({ path: '/webhooks/twilio/status', form: report('sent') })).status).toBe(200);
		expect(await counted('status', 'not-found')).toBe(before + 1);
	});
});

test('Twilio is not listened to where the address that it signs is not known', async () => {
	const closed = await startService({ TWILIO_ACCOUNT_SID: ACCOUNT_SID, TWILIO_AUTH_TOKEN: AUTH_TOKEN });
	try {
		const response = await fetch(`${closed.url}/webhooks/twilio/messages`, { method: 'POST' });
		expect(response.status).toBe(404);
	} finally {
		await closed.stop();
	}
});
