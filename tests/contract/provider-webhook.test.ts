import { expect, test } from 'vitest';
import { answerWith } from '../support/provider-server.ts';
import { REQUEST, WebhookSetup } from './webhook-setup.ts';

const here = new WebhookSetup();

test('a message is posted as JSON, under its id as idempotency key', async () => {
	const at = new URL('/v1/send?account=7', here.url);
	at.username = 'pendo';
	at.password = 'p%40ss%3Aw%C3%B6rd';
	expect(await here.provider(at).send(REQUEST)).toEqual({
		kind: 'accepted',
		httpStatus: 200,
		providerMessageId: 'p-1',
	});
	const [request] = here.server.requests;
	expect(request).toMatchObject({
		method: 'POST',
		path: '/v1/send?account=7',
		headers: {
			'idempotency-key': 'msg_0197-1',
			'content-type': 'application/json',
			'user-agent': expect.stringMatching(/^pendo-message\/\d/),
			authorization: `Basic ${Buffer.from('pendo:p@ss:wörd').toString('base64')}`,
		},
	});
	expect(JSON.parse(request?.body ?? '')).toEqual({
		id: 'msg_0197-1',
		from: '+11234567890',
		to: '+10987654321',
		type: 'mms',
		body: 'Grüße 😀 "quoted"\n',
		attachments: ['https://files.example/a.png'],
		timestamp: '2025-05-21T18:00:00.000Z',
	});
});

test('a URL without a user sends no authorization', async () => {
	await here.send();
	expect(here.server.requests[0]?.headers.authorization).toBeUndefined();
});

test.each([
	[200, '{"id":"abc","more":{}}', 'abc'],
	[201, '\ufeff{"id":7}', '7'],
	[202, `{"id":"${'x'.repeat(255)}"}`, 'x'.repeat(255)],
	[299, '{"id":"ü😀"}', 'ü😀'],
	[200, '{"id":12345678901234567890}', null],
])('%i with %s is acceptance', async (httpStatus, body, providerMessageId) => {
	here.server.answer = answerWith(httpStatus, body);
	expect(await here.send()).toEqual({ kind: 'accepted', httpStatus, providerMessageId });
});

test.each([
	['<html>Welcome</html>'],
	[''],
	['null'],
	['[{"id":"a"}]'],
	['"id"'],
	['{}'],
	['{"id":""}'],
	['{"id":" "}'],
	['{"id":null}'],
	['{"id":true}'],
	['{"id":{"id":"a"}}'],
	['{"id":"a\\u0000b"}'],
	['{"id":"\\ud800"}'],
	[`{"id":"${'x'.repeat(256)}"}`],
	['{"id":"a"'],
	['{"__proto__":{"id":"a"}}'],
	[`{"id":"a","more":"${'x'.repeat(70_000)}"}`],
])('200 with %s may be anything', async (body) => {
	here.server.answer = answerWith(200, body);
	expect(await here.send()).toMatchObject({
		kind: 'unknown',
		httpStatus: 200,
		isProviderFault: false,
	});
});

test('a body without an end is not waited for', async () => {
	here.server.answer = (response) => {
		response.writeHead(200);
		const more = () => {
			while (response.writable && response.write('x'.repeat(16_384)));
		};
		response.on('drain', more);
		more();
	};
	expect(await here.send()).toMatchObject({
		kind: 'unknown',
		error: 'The answer is too long.',
	});
	await here.server.emptied();
});

test.each([
	[408, false],
	[425, false],
	[429, false],
	[500, true],
	[503, true],
])('%i says that it was not accepted', async (httpStatus, isProviderFault) => {
	here.server.answer = answerWith(httpStatus, 'hush', { 'retry-after': '7' });
	expect(await here.send()).toEqual({
		kind: 'retry',
		httpStatus,
		error: `The provider answered ${httpStatus}.`,
		isProviderFault,
		retryAfterMs: 7000,
		...(httpStatus === 429 && { pausesProvider: true }),
	});
});

test.each([[300], [302], [303], [304], [501], [502], [504], [505], [507], [599], [999]])(
	'%i leaves it open',
	async (httpStatus) => {
		const elsewhere = new URL('/elsewhere', here.url).href;
		here.server.answer = answerWith(httpStatus, httpStatus === 304 ? '' : '{"id":"p-1"}', {
			location: elsewhere,
		});
		expect(await here.send()).toMatchObject({
			kind: 'unknown',
			httpStatus,
			isProviderFault: httpStatus >= 500,
		});
		expect(here.server.requests).toHaveLength(1);
	},
);

test.each([[400], [401], [403], [404], [409], [410], [413], [422], [451], [499]])(
	'%i is a refusal for good',
	async (httpStatus) => {
		here.server.answer = answerWith(httpStatus, '{"id":"p-1"}');
		expect(await here.send()).toEqual({
			kind: 'rejected',
			httpStatus,
			error: `The provider answered ${httpStatus}.`,
		});
	},
);

test.each([
	['{"error":"The sender is unknown."}', ': The sender is unknown'],
	['{"error":"\\u001b[31mred\\r\\nline"}', ': \\u001b[31mred\\r\\nline'],
	['{"error":17}', ': 17'],
	[`{"error":"${'x'.repeat(10_000)}"}`, `: ${'x'.repeat(160)}`],
	['{"error":{"message":"no"},"message":"no"}', ''],
	['{"error":" "}', ''],
	['["error"]', ''],
	['null', ''],
	['<h1>error</h1>', ''],
])('a refusal by %s tells the reason that it has', async (body, reason) => {
	for (const httpStatus of [400, 500, 502]) {
		here.server.answer = answerWith(httpStatus, body);
		expect(await here.send()).toMatchObject({ error: `The provider answered ${httpStatus}${reason}.` });
	}
});

test.each([[301], [307], [308]])('%i is a refusal, and not followed', async (httpStatus) => {
	here.server.answer = answerWith(httpStatus, '', { location: new URL('/elsewhere', here.url).href });
	expect(await here.send()).toMatchObject({ kind: 'rejected', httpStatus });
	expect(here.server.requests).toHaveLength(1);
});

test.each([
	['rubbish', 'soon'],
	['a negative number', '-5'],
	['a fraction', '1.5'],
	['several headers', ['1', '2']],
	['a date that is past', 'Sun, 06 Nov 1994 08:49:37 GMT'],
	['nothing', ''],
])('a Retry-After of %s is not one', async (_what, value) => {
	here.server.answer = answerWith(429, '', { 'retry-after': value });
	const outcome = await here.send();
	expect(outcome).toMatchObject({ kind: 'retry', pausesProvider: true });
	expect(outcome).not.toHaveProperty('retryAfterMs');
});

test('a refusal whose body is cut off is a refusal all the same', async () => {
	here.server.answer = (response) => {
		response.writeHead(429, { 'content-length': '100', 'retry-after': '3' }).write('x', () => {
			response.socket?.resetAndDestroy();
		});
	};
	expect(await here.send()).toMatchObject({ kind: 'retry', retryAfterMs: 3000 });
});
