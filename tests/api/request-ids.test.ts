import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

const MUTATION = 'mutation { markRead(input: { conversationId: "x", sequence: 1 }) { __typename } }';

let service: TestService;
let alice: Client;

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
});
afterAll(() => service.stop());

interface Answer {
	readonly errors?: readonly { extensions: Record<string, unknown> }[];
}

function ask(init: RequestInit & { headers?: Record<string, string> }, path = '/graphql'): Promise<Response> {
	const headers = { authorization: `Bearer ${alice.person.token}`, ...init.headers };
	return fetch(`${service.url}${path}`, { ...init, headers });
}

function json(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
	return ask({
		method: 'POST',
		body: JSON.stringify(body),
		headers: { 'content-type': 'application/json', ...headers },
	});
}

describe('the request’s id', () => {
	test('is the client’s own, in the header and in errors', async () => {
		const response = await json({ query: '{ users { edges { cursor } } }' }, { 'x-request-id': 'abc-123' });
		expect(response.headers.get('x-request-id')).toBe('abc-123');
		const { errors } = (await response.json()) as Answer;
		expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', requestId: 'abc-123' });
	});

	test.each([
		['a syntax error', { query: '{ viewer { id ' }, {}],
		['a field that there is not', { query: '{ viewer { nothing } }' }, {}],
		['a depth beyond the limit', { query: `{ viewer ${'{ a '.repeat(30)} ${'}'.repeat(31)}` }, {}],
		['no operation', { query: 'fragment F on User { id }' }, {}],
		['a batch', [], {}],
		['another content type', {}, { 'content-type': 'text/plain' }],
		['a syntax error for server-sent events', { query: '{ viewer' }, { accept: 'text/event-stream' }],
	])('is each request’s own in what is refused before it runs: %s', async (_name, body, headers) => {
		for (const id of ['first', 'second']) {
			const answered = await (await json(body, { 'x-request-id': id, ...headers })).text();
			const { errors } = JSON.parse(answered.match(/\{.*\}/)?.[0] ?? '') as Answer;
			expect(errors?.length).toBeGreaterThan(0);
			for (const { extensions } of errors ?? []) expect(extensions['requestId']).toBe(id);
		}
	});

	test('is also in what is refused by GET', async () => {
		const headers = { 'x-request-id': 'by-get' };
		for (const query of ['{ viewer', '{ nothing }', MUTATION]) {
			const response = await ask({ method: 'GET', headers }, `/graphql?query=${encodeURIComponent(query)}`);
			const { errors } = (await response.json()) as Answer;
			expect(errors?.[0]?.extensions['requestId']).toBe('by-get');
		}
	});

	test.each(['x'.repeat(65), 'a b', '<script>', 'a"b'])(
		'is made anew in place of an unsound one: %s',
		async (given) => {
			const response = await json({ query: '{ viewer { id } }' }, { 'x-request-id': given });
			expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
		},
	);
});
