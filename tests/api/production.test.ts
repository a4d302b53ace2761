import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let production: TestService;
let development: TestService;
let inProduction: Client;
let inDevelopment: Client;

beforeAll(async () => {
	production = await startService({ NODE_ENV: 'production' });
	development = await startService({ NODE_ENV: 'development' });
	inProduction = await production.client('Alice');
	inDevelopment = await development.client('Alice');
});
afterAll(async () => {
	await production.stop();
	await development.stop();
});

/** The same document over HTTP and over the WebSocket. */
async function errorsOf(client: Client, query: string): Promise<readonly string[]> {
	const overHttp = (await client.ask(query)).errors ?? [];
	const results = client.subscribe<unknown>(query);
	const answered = await results.next().then(
		({ errors }) => errors ?? [],
		async () => (await results.ended) as { message: string }[],
	);
	const messages = overHttp.map(({ message }) => message);
	expect(answered.map(({ message }) => message)).toEqual(messages);
	return messages;
}

describe('in production', () => {
	test.each([
		['the schema', '{ __schema { types { name } } }'],
		['a type', '{ __type(name: "User") { fields { name } } }'],
		['the schema beside something else', '{ viewer { id } __schema { queryType { name } } }'],
		['the schema through a fragment', '{ ...F } fragment F on Query { __schema { queryType { name } } }'],
	])('introspection of %s is off', async (_name, query) => {
		const { status, data, errors } = await inProduction.ask<unknown>(query);
		expect(status).toBe(400);
		expect(data).toBeUndefined();
		expect(errors?.length).toBeGreaterThan(0);
		for (const { extensions } of errors ?? []) expect(extensions['code']).toBe('BAD_USER_INPUT');
		await errorsOf(inProduction, query);
	});

	test('__typename goes on', async () => {
		expect(await inProduction.query('{ __typename viewer { __typename } }')).toEqual({
			__typename: 'Query',
			viewer: { __typename: 'User' },
		});
	});

	test.each([
		['a field', '{ viewr { id } }'],
		['a field of a type', '{ viewer { nam } }'],
		['an argument', '{ node(idd: "x") { id } }'],
		['a type', '{ node(id: "x") { ... on Messag { body } } }'],
		['a fragment’s type', '{ viewer { ...F } } fragment F on Usr { id }'],
		['an enum value', '{ conversations(filter: { status: [OPN] }) { edges { cursor } } }'],
		['an input field', '{ conversations(filter: { visibilty: OPEN }) { edges { cursor } } }'],
		['a variable’s type', 'query ($f: ConversationFiltr) { conversations(filter: $f) { edges { cursor } } }'],
		['a directive', '{ viewer { id @skp(if: true) } }'],
	])('a misspelt %s gets no suggestion', async (_name, query) => {
		const messages = await errorsOf(inProduction, query);
		expect(messages.length).toBeGreaterThan(0);
		expect(messages.join()).not.toMatch(/did you mean/i);
		expect((await errorsOf(inDevelopment, query)).length).toBeGreaterThan(0);
	});

	test.each([
		[
			'an enum value',
			'query ($f: ConversationFilter) { conversations(filter: $f) { edges { cursor } } }',
			{ f: { visibility: 'OPN' } },
		],
		[
			'an input field',
			'query ($f: ConversationFilter) { conversations(filter: $f) { edges { cursor } } }',
			{ f: { visibilty: 'OPEN' } },
		],
	])('%s misspelt in a variable gets no suggestion', async (_name, query, variables) => {
		for (let times = 0; times < 5; times++) {
			const { status, errors } = await inProduction.ask(query, variables);
			expect(status).toBe(400);
			expect(errors?.map(({ message }) => message).join()).not.toMatch(/did you mean/i);
			await inProduction.query(query, {});
		}
	});

	test('there is no page for people', async () => {
		const response = await fetch(`${production.url}/graphql`, { headers: { accept: 'text/html' } });
		expect(response.status).toBe(401);
		expect(await response.text()).not.toContain('<html');
	});
});

describe('in development', () => {
	test('introspection, suggestions and the page for people are on', async () => {
		const { __schema } = await inDevelopment.query<{ __schema: { queryType: { name: string } } }>(
			'{ __schema { queryType { name } } }',
		);
		expect(__schema.queryType.name).toBe('Query');
		expect((await errorsOf(inDevelopment, '{ viewr { id } }')).join()).toMatch(/did you mean/i);
		const page = await fetch(`${development.url}/graphql`, { headers: { accept: 'text/html' } });
		expect(page.headers.get('content-type')).toContain('text/html');
		await page.text();
	});

	test('the page for people runs nothing for who has no token', async () => {
		const page = async (query: string) => {
			const response = await fetch(`${development.url}/graphql${query}`, {
				headers: { accept: 'text/html, application/json' },
			});
			return response.text();
		};
		const asking = await page(`?query=${encodeURIComponent('{ viewer { id subject } }')}`);
		expect(asking === (await page(''))).toBe(true);
		expect(asking.includes('UNAUTHENTICATED')).toBe(false);
	});
});
