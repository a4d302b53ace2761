import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createConversation, history } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { metric } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';

const ALLOWED = 'https://app.example.com';
const FOREIGN = 'https://evil.example.com';
const MAX_BODY_BYTES = 8192;

let service: TestService;
let alice: Client;
let conversationId: string;

beforeAll(async () => {
	service = await startService({ ALLOWED_ORIGINS: ALLOWED, MAX_BODY_BYTES: String(MAX_BODY_BYTES) });
	alice = await service.client('Alice');
});
afterAll(() => service.stop());
beforeEach(async () => {
	conversationId = (await createConversation(alice)).id;
});

interface Answer {
	readonly data?: unknown;
	readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
}

function ask(init: RequestInit & { headers?: Record<string, string> }, path = '/graphql'): Promise<Response> {
	const { headers, ...rest } = init;
	return fetch(`${service.url}${path}`, {
		method: 'POST',
		...rest,
		headers: { authorization: `Bearer ${alice.person.token}`, ...headers },
	});
}

function json(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
	return ask({ body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
}

function sending(): string {
	return `mutation { sendMessage(input: { conversationId: "${conversationId}", body: "Forged" }) { __typename } }`;
}

async function expectNothingSent(): Promise<void> {
	expect(await history(alice, conversationId)).toEqual([]);
}

async function expectRefused(response: Response, status: number): Promise<void> {
	const { data, errors } = (await response.json()) as Answer;
	expect({ status: response.status, codes: errors?.map(({ extensions }) => extensions['code']) }).toEqual({
		status,
		codes: ['BAD_USER_INPUT'],
	});
	expect(data).toBeUndefined();
}

describe('a page of another origin', () => {
	test('cannot read an answer, and no preflight of its lets a request through', async () => {
		const answered = await json({ query: '{ viewer { id } }' }, { origin: FOREIGN });
		expect(answered.headers.get('access-control-allow-origin')).toBeNull();
		expect(answered.headers.get('access-control-allow-credentials')).toBeNull();
		for (const origin of [FOREIGN, 'null', 'http://127.0.0.1', 'https://app.example.com.evil.com']) {
			const preflight = await ask({
				method: 'OPTIONS',
				headers: { origin, 'access-control-request-method': 'POST' },
			});
			for (const header of ['origin', 'methods', 'headers', 'credentials'])
				expect(preflight.headers.get(`access-control-allow-${header}`)).toBeNull();
		}
	});

	test('can, where the settings name it, or when it is the service’s own', async () => {
		for (const origin of [ALLOWED, service.url]) {
			const answered = await json({ query: '{ viewer { id } }' }, { origin });
			expect(answered.headers.get('access-control-allow-origin')).toBe(origin);
			expect(answered.headers.get('vary')).toContain('origin');
			expect(answered.headers.get('access-control-allow-credentials')).toBeNull();
		}
		const preflight = await ask({ method: 'OPTIONS', headers: { origin: ALLOWED } });
		expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
	});
});

describe('what a foreign page’s form can send', () => {
	test.each([
		['urlencoded', 'application/x-www-form-urlencoded', () => new URLSearchParams({ query: sending() })],
		['text', 'text/plain', () => JSON.stringify({ query: sending() })],
		['text that pretends', 'text/plain; application/json', () => JSON.stringify({ query: sending() })],
		['bare GraphQL', 'application/graphql', () => sending()],
		['nothing said', '', () => new Blob([JSON.stringify({ query: sending() })])],
	])('%s is refused and not executed', async (_name, type, body) => {
		await expectRefused(await ask({ body: body(), headers: type ? { 'content-type': type } : {} }), 415);
		await expectNothingSent();
	});

	test('a multipart form is refused and not executed', async () => {
		const body = new FormData();
		body.set('operations', JSON.stringify({ query: sending() }));
		body.set('map', '{}');
		await expectRefused(await ask({ body }), 415);
		await expectNothingSent();
	});

	test('JSON is taken with and without a charset', async () => {
		for (const type of [
			'application/json',
			'application/json; charset=utf-8',
			'Application/JSON',
			'application/graphql-response+json',
		])
			expect((await json({ query: '{ viewer { id } }' }, { 'content-type': type })).status).toBe(200);
	});
});

describe('by GET', () => {
	const path = (query: string) => `/graphql?query=${encodeURIComponent(query)}`;

	test('a mutation is refused with 405 and not executed, whatever is accepted', async () => {
		for (const accept of [
			'application/json',
			'application/graphql-response+json',
			'*/*',
			'text/event-stream',
		]) {
			const response = await ask({ method: 'GET', headers: { accept } }, path(sending()));
			expect(response.status).toBe(405);
			await response.text();
		}
		await ask({ method: 'GET', headers: { accept: 'text/html' } }, path(sending()));
		await expectNothingSent();
	});

	test('a query is answered, with its variables', async () => {
		const query = 'query ($id: ID!) { conversation(id: $id) { id } }';
		const variables = encodeURIComponent(JSON.stringify({ id: conversationId }));
		const response = await ask({ method: 'GET' }, `${path(query)}&variables=${variables}`);
		expect(await response.json()).toEqual({ data: { conversation: { id: conversationId } } });
	});

	test.each(['[', 'a b', '%', '//x', 'x:99999'])('a malformed Host (%s) changes nothing', async (host) => {
		const answered = request(`${service.url}${path('{ viewer { name } }')}`, {
			headers: { host, authorization: `Bearer ${alice.person.token}`, accept: 'application/json' },
		}).end();
		const [response] = (await once(answered, 'response')) as [IncomingMessage];
		expect(response.statusCode).toBe(200);
		expect(await readJson(response)).toEqual({ data: { viewer: { name: 'Alice' } } });
	});

	test.each(['PUT', 'PATCH', 'DELETE'])('%s is refused with 405', async (method) => {
		const response = await ask({
			method,
			body: JSON.stringify({ query: sending() }),
			headers: { 'content-type': 'application/json' },
		});
		expect(response.headers.get('allow')).toBe('GET, POST');
		await expectRefused(response, 405);
		await expectNothingSent();
	});
});

describe('a request that is no operation', () => {
	test('a batch is refused and not executed, also for server-sent events', async () => {
		await expectRefused(await json([{ query: sending() }]), 400);
		await expectRefused(await json([]), 400);
		const streamed = await json([{ query: sending() }], { accept: 'text/event-stream' });
		expect(streamed.status).toBe(400);
		await streamed.text();
		await expectNothingSent();
	});

	test.each([
		['no JSON', '{"query": '],
		['nothing', ''],
		['null', 'null'],
		['a text', '"{ viewer { id } }"'],
		['a number', '1'],
		['no query', '{}'],
		['an empty query', '{"query":""}'],
		['a query that is no text', '{"query":{"a":1}}'],
		['variables that are a list', '{"query":"{ viewer { id } }","variables":[1]}'],
		['variables that are a text', '{"query":"{ viewer { id } }","variables":"{}"}'],
		['an operation name that is no text', '{"query":"{ viewer { id } }","operationName":1}'],
		['the name of no operation', '{"query":"query A { viewer { id } }","operationName":"B"}'],
		['several operations and no name', '{"query":"query A { viewer { id } } query B { viewer { id } }"}'],
		['no operation', '{"query":"fragment F on User { id }"}'],
		['a syntax error', '{"query":"{ viewer { id "}'],
		[
			'a subscription',
			'{"query":"subscription { conversationActivity(conversationId: \\"x\\") { __typename } }"}',
		],
		['a list nested four thousand times', `{"query":${'['.repeat(4000)}${']'.repeat(4000)}}`],
	])('%s is refused with 400', async (_name, body) => {
		const response = await ask({ body, headers: { 'content-type': 'application/json' } });
		const { errors } = (await response.json()) as Answer;
		expect(response.status).toBe(400);
		for (const { extensions } of errors ?? []) expect(extensions['code']).toBe('BAD_USER_INPUT');
		expect(errors?.length).toBeGreaterThan(0);
	});

	test.each([
		[
			'a type that it has not',
			'query ($n: Int) { conversations(first: $n) { edges { cursor } } }',
			{ n: 'x' },
		],
		[
			'a number that is too large',
			'query ($n: Int) { conversations(first: $n) { edges { cursor } } }',
			{ n: 1e10 },
		],
		['nothing, where one is required', 'query ($id: ID!) { conversation(id: $id) { id } }', {}],
		['an object for an id', 'query ($id: ID!) { conversation(id: $id) { id } }', { id: { a: 1 } }],
	])('a variable of %s is refused with 400 before anything runs', async (_name, query, variables) => {
		// Often enough that the document is executed in its compiled form, too.
		for (let times = 0; times < 5; times++) await expectRefused(await json({ query, variables }), 400);
	});
});

describe('a request that would take a stream of events as well', () => {
	const accept = 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed';

	test.each([accept, 'application/json, text/event-stream', 'text/event-stream, */*'])(
		'is answered as any other: Accept: %s',
		async (header) => {
			const answered = await json({ query: '{ viewer { name } }' }, { accept: header });
			expect(answered.headers.get('content-type')).toContain('json');
			expect(await answered.json()).toEqual({ data: { viewer: { name: 'Alice' } } });
			await expectRefused(await json({ query: '{ viewer { nothing } }' }, { accept: header }), 400);
		},
	);

	test('is a stream where it subscribes', async () => {
		const query = 'subscription($id: ID!) { conversationEvents(conversationId: $id, after: 0) { sequence } }';
		const { status, headers, body } = await json({ query, variables: { id: conversationId } }, { accept });
		expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
		await body?.cancel();
	});
});

describe('a request that offers HTTP/2 as well', () => {
	// As Java's own client sends each to an http: address.
	test('is answered over HTTP/1.1', async () => {
		const sent = request(`${service.url}/graphql`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${alice.person.token}`,
				'content-type': 'application/json',
				connection: 'Upgrade, HTTP2-Settings',
				upgrade: 'h2c',
				'http2-settings': 'AAMAAABkAAQCAAAAAAIAAAAA',
			},
		});
		sent.end(JSON.stringify({ query: '{ viewer { name } }' }));
		const [response] = (await once(sent, 'response')) as [IncomingMessage];
		expect(response.statusCode).toBe(200);
		expect(await readJson(response)).toEqual({ data: { viewer: { name: 'Alice' } } });
	});
});

describe('a body above the limit', () => {
	test('is refused with 413 by its announced length, before it is sent', async () => {
		const refused = () => metric(service, 'pendo_message_limited_total{limit="body_bytes"}');
		const before = await refused();
		expect(await status({ 'content-length': String(MAX_BODY_BYTES + 1) }, [])).toBe(413);
		expect((await refused()) - before).toBe(1);
	});

	test('is refused with 413 when its length shows on the way', async () => {
		expect(await status({ 'transfer-encoding': 'chunked' }, ['x'.repeat(MAX_BODY_BYTES), 'x'])).toBe(413);
	});

	test('of exactly the limit is read', async () => {
		const query = '{ viewer { id } }';
		const body = JSON.stringify({ query }).padEnd(MAX_BODY_BYTES, ' ');
		expect((await ask({ body, headers: { 'content-type': 'application/json' } })).status).toBe(200);
	});

	function status(headers: Record<string, string>, chunks: readonly string[]): Promise<number> {
		return new Promise((resolve, reject) => {
			const sent = request(`${service.url}/graphql`, {
				method: 'POST',
				headers: {
					authorization: `Bearer ${alice.person.token}`,
					'content-type': 'application/json',
					...headers,
				},
			});
			sent.on('response', (response) => {
				response.resume();
				resolve(response.statusCode ?? 0);
				sent.destroy();
			});
			sent.on('error', reject);
			sent.flushHeaders();
			for (const chunk of chunks) sent.write(chunk);
		});
	}
});
