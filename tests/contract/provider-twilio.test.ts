import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Provider, ProviderRequest } from '../../src/outbound/provider.ts';
import { createTwilioProvider } from '../../src/outbound/providers/twilio.ts';
import { verifyTwilioSignature } from '../../src/outbound/providers/twilio-signature.ts';
import { publicAddress } from '../../src/outbound/public-address.ts';
import { answerWith, HANG_UP, ProviderServer } from '../support/provider-server.ts';

const SID = `AC${'0'.repeat(32)}`;
const TOKEN = 'hush-hush-token';

const REQUEST: ProviderRequest = {
	id: 'msg_0197-1',
	from: '+11234567890',
	to: '+10987654321',
	channel: 'MMS',
	body: 'a & b = 😀+',
	attachments: ['https://files.example/a.png?x=1&y=2', 'https://files.example/b.png'],
	timestamp: new Date('2025-05-21T18:00:00Z'),
};

let server: ProviderServer;
let url: URL;
const providers: Provider[] = [];

beforeEach(async () => {
	server = new ProviderServer();
	url = await server.start();
	server.answer = answerWith(201, '{"sid":"SM123","status":"queued"}');
});

afterEach(async () => {
	await Promise.all(providers.splice(0).map((provider) => provider.close()));
	await server.stop();
});

function twilioAt(apiUrl: URL, publicUrl?: URL): Provider {
	const provider = createTwilioProvider({
		accountSid: SID,
		authToken: TOKEN,
		apiUrl,
		publicUrl,
		timeoutMs: 60_000,
		maxInFlight: 4,
	});
	providers.push(provider);
	return provider;
}

describe('a message', () => {
	test('is posted as a form, signed in to the account', async () => {
		expect(await twilioAt(url, new URL('https://pendo.example/messages/')).send(REQUEST)).toEqual({
			kind: 'accepted',
			httpStatus: 201,
			providerMessageId: 'SM123',
		});
		const [request] = server.requests;
		expect(request).toMatchObject({
			method: 'POST',
			path: `/2010-04-01/Accounts/${SID}/Messages.json`,
			headers: {
				'content-type': 'application/x-www-form-urlencoded',
				authorization: `Basic ${Buffer.from(`${SID}:${TOKEN}`).toString('base64')}`,
			},
		});
		expect([...new URLSearchParams(request?.body)]).toEqual([
			['From', '+11234567890'],
			['To', '+10987654321'],
			['Body', 'a & b = 😀+'],
			['MediaUrl', 'https://files.example/a.png?x=1&y=2'],
			['MediaUrl', 'https://files.example/b.png'],
			['StatusCallback', 'https://pendo.example/messages/webhooks/twilio/status?message=msg_0197-1'],
		]);
	});

	test('asks for no callbacks where nobody could reach us', async () => {
		await twilioAt(new URL('/base/', url)).send({ ...REQUEST, attachments: [] });
		expect(server.requests[0]?.path).toBe(`/base/2010-04-01/Accounts/${SID}/Messages.json`);
		expect([...new URLSearchParams(server.requests[0]?.body).keys()]).toEqual(['From', 'To', 'Body']);
	});
});

describe('an answer', () => {
	test.each([[''], ['<html>'], ['{"id":"SM123"}'], ['{"sid":""}']])(
		'of 201 with %j leaves it open',
		async (body) => {
			server.answer = answerWith(201, body);
			expect(await twilioAt(url).send(REQUEST)).toMatchObject({ kind: 'unknown', httpStatus: 201 });
		},
	);

	test.each([[400], [401], [403], [404], [409], [307]])(
		'of %i is a refusal for good, in words of Twilio',
		async (httpStatus) => {
			const fault = { code: 21211, message: "The 'To' number is not valid.\u001b[31m", status: httpStatus };
			server.answer = answerWith(httpStatus, JSON.stringify(fault));
			expect(await twilioAt(url).send(REQUEST)).toEqual({
				kind: 'rejected',
				httpStatus,
				error: `Twilio answered ${httpStatus}: 21211 The 'To' number is not valid.\\u001b[31m.`,
			});
		},
	);

	test.each([['{"code":{},"message":true}'], ['[]'], ['null'], ['hush'], ['']])(
		'of 400 with %j says no more than that',
		async (body) => {
			server.answer = answerWith(400, body);
			expect(await twilioAt(url).send(REQUEST)).toMatchObject({
				kind: 'rejected',
				error: 'Twilio answered 400.',
			});
		},
	);

	test.each([['x'.repeat(10_000)], ['\u0000'.repeat(200)], ['😀'.repeat(200)], [`x${'😀'.repeat(200)}`]])(
		'of any kind is told of in short, in whole characters',
		async (message) => {
			server.answer = answerWith(400, JSON.stringify({ message }));
			const outcome = await twilioAt(url).send(REQUEST);
			const error = 'error' in outcome ? outcome.error : '';
			expect(error).toMatch(/^Twilio answered 400: \P{Cc}{50,}$/u);
			expect(error.length).toBeLessThan(200);
			expect(error.isWellFormed()).toBe(true);
		},
	);

	test('of 429 was not processed, and pauses the provider', async () => {
		server.answer = answerWith(429, '{"code":20429,"message":"Too Many Requests"}', { 'retry-after': '2' });
		expect(await twilioAt(url).send(REQUEST)).toEqual({
			kind: 'retry',
			httpStatus: 429,
			error: 'Twilio answered 429: 20429 Too Many Requests.',
			isProviderFault: false,
			pausesProvider: true,
			retryAfterMs: 2000,
		});
	});

	test('of 503 may be tried again', async () => {
		server.answer = answerWith(503);
		expect(await twilioAt(url).send(REQUEST)).toEqual({
			kind: 'retry',
			httpStatus: 503,
			error: 'Twilio answered 503.',
			isProviderFault: true,
		});
	});

	test.each([
		[500, true],
		[502, true],
		[504, true],
		[408, false],
	])('of %i leaves it open', async (httpStatus, isProviderFault) => {
		server.answer = answerWith(httpStatus);
		expect(await twilioAt(url).send(REQUEST)).toMatchObject({
			kind: 'unknown',
			httpStatus,
			isProviderFault,
		});
	});

	test('that never comes, the connection being lost, leaves it open', async () => {
		server.answer = HANG_UP;
		expect(await twilioAt(url).send(REQUEST)).toMatchObject({ kind: 'unknown', isProviderFault: true });
		expect(server.requests).toHaveLength(1);
	});
});

describe('a signature', () => {
	const address = publicAddress(
		new URL('https://pendo.example/messages'),
		'/webhooks/twilio/status?message=msg_1',
	);
	const form = { MessageSid: 'SM123', MessageStatus: 'delivered', Body: 'Grüße 😀' };
	const signature = getExpectedTwilioSignature(TOKEN, address, form);

	test('of Twilio is known', () => {
		expect(address).toBe('https://pendo.example/messages/webhooks/twilio/status?message=msg_1');
		expect(verifyTwilioSignature(TOKEN, address, form, signature)).toBe(true);
	});

	test('is over the address as Twilio wrote it', () => {
		const base = new URL('https://pendo.example/');
		expect(publicAddress(base, "//x/y?it's=1")).toBe("https://pendo.example//x/y?it's=1");
	});

	test.each([
		['another token', 'other', address, form, signature],
		['another address', TOKEN, `${address}2`, form, signature],
		['another form', TOKEN, address, { ...form, MessageStatus: 'failed' }, signature],
		['nothing', TOKEN, address, form, ''],
		['no header', TOKEN, address, form, undefined],
		['rubbish', TOKEN, address, form, '\u0000'],
		['a prefix', TOKEN, address, form, signature.slice(0, -1)],
	])('over %s is not', (_what, token, at, params, header) => {
		expect(verifyTwilioSignature(token, at, params, header)).toBe(false);
	});
});
