import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Provider, ProviderRequest } from '../../src/outbound/provider.ts';
import { createWebhookProvider } from '../../src/outbound/providers/webhook.ts';
import { freePort } from '../support/free-port.ts';
import { answerRaw, answerWith, HANG_UP, NEVER, ProviderServer } from '../support/provider-server.ts';

const TIMEOUT_MS = 60_000;

const REQUEST: ProviderRequest = {
	id: 'msg_0197-1',
	from: '+11234567890',
	to: '+10987654321',
	channel: 'MMS',
	body: 'Grüße 😀 "quoted"\n',
	attachments: ['https://files.example/a.png'],
	timestamp: new Date('2025-05-21T18:00:00Z'),
};

let server: ProviderServer;
let url: URL;
const providers: Provider[] = [];

beforeEach(async () => {
	server = new ProviderServer();
	url = await server.start();
});

afterEach(async () => {
	vi.useRealTimers();
	await Promise.all(providers.splice(0).map((provider) => provider.close()));
	await server.stop();
});

function providerAt(at: URL, { maxInFlight = 4 } = {}): Provider {
	const provider = createWebhookProvider({
		name: 'webhook',
		channels: ['SMS', 'MMS'],
		url: at,
		isIdempotent: false,
		timeoutMs: TIMEOUT_MS,
		maxInFlight,
	});
	providers.push(provider);
	return provider;
}

/** Sends, and lets the provider's time run out once `until` has come. */
async function sendUntil(provider: Provider, until: () => Promise<unknown>) {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	const reached = until();
	const outcome = provider.send(REQUEST);
	await reached;
	vi.advanceTimersByTime(TIMEOUT_MS);
	return outcome;
}

test('a message is posted as JSON, under its id as idempotency key', async () => {
	const at = new URL('/v1/send?account=7', url);
	at.username = 'pendo';
	at.password = 'p%40ss%3Aw%C3%B6rd';
	expect(await providerAt(at).send(REQUEST)).toEqual({
		kind: 'accepted',
		httpStatus: 200,
		providerMessageId: 'p-1',
	});
	const [request] = server.requests;
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
	await providerAt(url).send(REQUEST);
	expect(server.requests[0]?.headers.authorization).toBeUndefined();
});

test.each([
	[200, '{"id":"abc","more":{}}', 'abc'],
	[201, '\ufeff{"id":7}', '7'],
	[202, `{"id":"${'x'.repeat(255)}"}`, 'x'.repeat(255)],
	[299, '{"id":"ü😀"}', 'ü😀'],
	[200, '{"id":12345678901234567890}', null],
])('%i with %s is acceptance', async (httpStatus, body, providerMessageId) => {
	server.answer = answerWith(httpStatus, body);
	expect(await providerAt(url).send(REQUEST)).toEqual({ kind: 'accepted', httpStatus, providerMessageId });
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
	server.answer = answerWith(200, body);
	expect(await providerAt(url).send(REQUEST)).toMatchObject({
		kind: 'unknown',
		httpStatus: 200,
		isProviderFault: false,
	});
});

test('a body without an end is not waited for', async () => {
	server.answer = (response) => {
		response.writeHead(200);
		const more = () => {
			while (response.writable && response.write('x'.repeat(16_384)));
		};
		response.on('drain', more);
		more();
	};
	expect(await providerAt(url).send(REQUEST)).toMatchObject({
		kind: 'unknown',
		error: 'The answer is too long.',
	});
	await server.emptied();
});

test.each([
	[408, false],
	[425, false],
	[429, false],
	[500, true],
	[503, true],
])('%i says that it was not accepted', async (httpStatus, isProviderFault) => {
	server.answer = answerWith(httpStatus, 'hush', { 'retry-after': '7' });
	expect(await providerAt(url).send(REQUEST)).toEqual({
		kind: 'retry',
		httpStatus,
		error: `The provider answered ${httpStatus}.`,
		isProviderFault,
		retryAfterMs: 7000,
		...(httpStatus === 429 && { pausesProvider: true }),
	});
});

test.each([[501], [502], [504], [505], [507], [599], [999]])('%i leaves it open', async (httpStatus) => {
	server.answer = answerWith(httpStatus, '{"id":"p-1"}');
	expect(await providerAt(url).send(REQUEST)).toMatchObject({
		kind: 'unknown',
		httpStatus,
		isProviderFault: true,
	});
});

test.each([[400], [401], [403], [404], [409], [410], [413], [422], [451], [300], [304]])(
	'%i is a refusal for good',
	async (httpStatus) => {
		server.answer = answerWith(httpStatus, httpStatus === 304 ? '' : '{"id":"p-1"}');
		expect(await providerAt(url).send(REQUEST)).toEqual({
			kind: 'rejected',
			httpStatus,
			error: `The provider answered ${httpStatus}.`,
		});
	},
);

test.each([[301], [302], [303], [307], [308]])('%i is not followed', async (httpStatus) => {
	server.answer = answerWith(httpStatus, '', { location: new URL('/elsewhere', url).href });
	expect(await providerAt(url).send(REQUEST)).toMatchObject({ kind: 'rejected', httpStatus });
	expect(server.requests).toHaveLength(1);
});

test.each([
	['rubbish', 'soon'],
	['a negative number', '-5'],
	['a fraction', '1.5'],
	['a number beyond all', '9'.repeat(400)],
	['several headers', ['1', '2']],
	['a date that is past', 'Sun, 06 Nov 1994 08:49:37 GMT'],
	['nothing', ''],
])('a Retry-After of %s is not one', async (_what, value) => {
	server.answer = answerWith(429, '', { 'retry-after': value });
	const outcome = await providerAt(url).send(REQUEST);
	expect(outcome).toMatchObject({ kind: 'retry', pausesProvider: true });
	expect(outcome).not.toHaveProperty('retryAfterMs');
});

test('a refusal whose body is cut off is a refusal all the same', async () => {
	server.answer = (response) => {
		response.writeHead(429, { 'content-length': '100', 'retry-after': '3' }).write('x', () => {
			response.socket?.resetAndDestroy();
		});
	};
	expect(await providerAt(url).send(REQUEST)).toMatchObject({ kind: 'retry', retryAfterMs: 3000 });
});

describe('the connection', () => {
	test('is used again', async () => {
		const provider = providerAt(url);
		for (let number = 0; number < 5; number++) await provider.send(REQUEST);
		// A connection is free again a turn of the event loop later.
		expect(server.taken).toBeLessThanOrEqual(2);
	});

	test('is one of at most as many as calls may be under way', async () => {
		server.answer = NEVER;
		const provider = providerAt(url);
		const arrivals = [1, 2, 3, 4].map(() => server.arrival());
		const ends = [1, 2, 3, 4, 5].map(() => provider.send(REQUEST));
		await Promise.all(arrivals);
		expect(server.taken).toBe(4);
		server.answer = answerWith(200, '{"id":"p-1"}');
		for (const socket of server.open) socket.resetAndDestroy();
		const outcomes = await Promise.all(ends);
		expect(outcomes.map(({ kind }) => kind).sort()).toEqual([
			'accepted',
			'unknown',
			'unknown',
			'unknown',
			'unknown',
		]);
	});

	test('that was closed while idle is replaced without a loss', async () => {
		const provider = providerAt(url);
		await provider.send(REQUEST);
		for (const socket of server.open) socket.end();
		await server.emptied();
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'accepted' });
		expect(server.requests).toHaveLength(2);
	});

	test('that is refused is tried again later', async () => {
		const closed = new URL(`http://u:hush@127.0.0.1:${await freePort()}/hush`);
		expect(await providerAt(closed).send(REQUEST)).toEqual({
			kind: 'retry',
			error: 'The provider cannot be reached (ECONNREFUSED).',
			isProviderFault: true,
		});
	});

	test('to a name that nobody has is tried again later', async () => {
		expect(await providerAt(new URL('http://nobody.invalid/')).send(REQUEST)).toMatchObject({
			kind: 'retry',
			isProviderFault: true,
		});
	});

	test('to a server that speaks no TLS is tried again later', async () => {
		const secure = new URL(url.href.replace('http:', 'https:'));
		expect(await providerAt(secure).send(REQUEST)).toMatchObject({ kind: 'retry', isProviderFault: true });
		expect(server.requests).toEqual([]);
	});

	test('that is lost once the request was written leaves it open, and the request is not sent twice', async () => {
		server.answer = HANG_UP;
		const provider = providerAt(url);
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'unknown', isProviderFault: true });
		expect(server.requests).toHaveLength(1);
		server.answer = answerWith(200, '{"id":"p-2"}');
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'accepted' });
		expect(server.requests).toHaveLength(2);
	});

	test('that is lost in the middle of a 200 leaves it open', async () => {
		server.answer = (response) => {
			response.writeHead(200).write('{"id":', () => response.socket?.resetAndDestroy());
		};
		expect(await providerAt(url).send(REQUEST)).toMatchObject({
			kind: 'unknown',
			httpStatus: 200,
			isProviderFault: true,
		});
	});

	test.each([
		['SSH-2.0-OpenSSH_9.6\r\n'],
		['HTTP/1.1 banana\r\n\r\n'],
		['HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x'],
		[`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n{"id":"a"}`],
		['HTTP/1.1 101 Switching Protocols\r\nupgrade: hush\r\nconnection: upgrade\r\n\r\n'],
		['HTTP/1.1 100 Continue\r\n\r\n'],
	])('that brings %s leaves it open', async (bytes) => {
		server.answer = answerRaw(bytes);
		expect(await providerAt(url).send(REQUEST)).toMatchObject({ kind: 'unknown' });
	});

	test('is let go', async () => {
		const provider = providerAt(url);
		await Promise.all([provider.send(REQUEST), provider.send(REQUEST)]);
		expect(server.open.size).toBe(2);
		await provider.close();
		await server.emptied();
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'retry' });
	});
});

describe('within its time', () => {
	test('a request without an answer ends open', async () => {
		server.answer = NEVER;
		expect(await sendUntil(providerAt(url), () => server.arrival())).toEqual({
			kind: 'unknown',
			error: `No answer came within ${TIMEOUT_MS} ms.`,
			isProviderFault: true,
		});
		await server.emptied();
	});

	test('a 200 whose body never ends is open', async () => {
		let written = () => {};
		const dripping = new Promise<void>((resolve) => {
			written = resolve;
		});
		server.answer = (response) => void response.writeHead(200).write('{"id":"p-1"', () => written());
		expect(await sendUntil(providerAt(url), () => dripping)).toMatchObject({
			kind: 'unknown',
			isProviderFault: true,
		});
	});

	test('a request that was not written is not written later either', async () => {
		server.answer = NEVER;
		const provider = providerAt(url, { maxInFlight: 1 });
		const outcomes = [sendUntil(provider, () => server.arrival()), provider.send(REQUEST)];
		expect((await Promise.all(outcomes)).map(({ kind }) => kind)).toEqual(['unknown', 'retry']);
		vi.useRealTimers();
		server.answer = answerWith(200, '{"id":"p-1"}');
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'accepted' });
		expect(server.requests).toHaveLength(2);
	});

	test('a connection that does not come to be was not written to, and will not be', async () => {
		const silent = createServer();
		silent.listen(0, '127.0.0.1');
		await once(silent, 'listening');
		const { port } = silent.address() as AddressInfo;
		const secure = new URL(`https://127.0.0.1:${port}/`);
		expect(await sendUntil(providerAt(secure), () => once(silent, 'connection'))).toEqual({
			kind: 'retry',
			error: `No connection came within ${TIMEOUT_MS} ms.`,
			isProviderFault: true,
		});
		vi.useRealTimers();
		silent.close();
	});
});
