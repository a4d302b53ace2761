import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConversation, send } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let agent: Client;
let id: string;

/** Every connection of the API, as a field with its page arguments open. */
const CONNECTIONS = {
	messages: (page: string) => `conversation(id: $id) { messages(${page}) { edges { cursor } } }`,
	members: (page: string) => `conversation(id: $id) { members(${page}) { edges { cursor } } }`,
	conversations: (page: string) => `conversations(${page}) { edges { cursor } }`,
	users: (page: string) => `users(${page}) { edges { cursor } }`,
} as const;

type Connection = keyof typeof CONNECTIONS;

beforeAll(async () => {
	service = await startService();
	agent = await service.client('Agent', 'AGENT');
	id = (await createConversation(agent)).id;
	await send(agent, id, 'Hello');
});
afterAll(() => service.stop());

async function ask(connection: Connection, page: string, variables: Record<string, unknown> = {}) {
	const declared = Object.keys(variables).map(
		(name) => `$${name}: ${name.startsWith('n') ? 'Int' : 'String'}`,
	);
	const query = `query (${['$id: ID!', ...declared].join(', ')}) {
		conversation(id: $id) { id }
		... on Query { ${CONNECTIONS[connection](page)} }
	}`;
	const { errors } = await agent.ask(query, { id, ...variables });
	return errors?.map(({ message, extensions }) => ({
		message,
		code: extensions['code'],
		field: extensions['field'],
	}));
}

async function cursorOf(connection: Connection): Promise<string> {
	const found = JSON.stringify(
		await agent.query(
			`query ($id: ID!) { conversation(id: $id) { id } ... on Query { ${CONNECTIONS[connection]('first: 1')} } }`,
			{ id },
		),
	);
	return /"cursor":"([^"]*)"/.exec(found)?.[1] ?? expect.unreachable(found);
}

describe.each(Object.keys(CONNECTIONS) as Connection[])('%s', (connection) => {
	test.each([
		['first', -1],
		['last', -1],
		['first', 101],
		['last', 101],
		['first', 1e9],
		['last', 2 ** 31 - 1],
		['first', -(2 ** 31)],
	])('%s: %i is BAD_USER_INPUT with the allowed range', async (name, rows) => {
		const expected = [{ code: 'BAD_USER_INPUT', field: name, message: `${name} must be between 0 and 100.` }];
		expect(await ask(connection, `${name}: ${rows}`)).toEqual(expected);
		expect(await ask(connection, `${name}: $n`, { n: rows })).toEqual(expected);
	});

	test('0 and 100 rows are taken', async () => {
		for (const page of ['first: 0', 'first: 100', 'last: 0', 'last: 100'])
			expect(await ask(connection, page)).toBeUndefined();
	});

	test('first and last together are refused', async () => {
		expect(await ask(connection, 'first: 1, last: 1')).toMatchObject([
			{ code: 'BAD_USER_INPUT', field: 'last' },
		]);
	});

	test.each(['rubbish', '', '-1', '0', 'bWVzc2FnZXM6', 'bWVzc2FnZXM6LTE=', 'bWVzc2FnZXM6OTk5OTk5OTk5OTk5'])(
		'%j is no cursor of it',
		async (cursor) => {
			for (const name of ['after', 'before'])
				expect(await ask(connection, `first: 1, ${name}: $c`, { c: cursor })).toMatchObject([
					{ code: 'BAD_USER_INPUT', field: name },
				]);
		},
	);

	test('its own cursors are taken, those of the other connections are not', async () => {
		for (const other of Object.keys(CONNECTIONS) as Connection[]) {
			const errors = await ask(connection, 'first: 1, after: $c', { c: await cursorOf(other) });
			if (other === connection) expect(errors).toBeUndefined();
			else expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'after' }]);
		}
	});
});

test('nodes takes at most 100 ids, and answers null for each that is none', async () => {
	const ids = Array.from({ length: 100 }, (_, at) => (at === 0 ? id : `rubbish ${at}`));
	const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
	const { nodes } = await agent.query<{ nodes: unknown[] }>(query, { ids });
	expect(nodes).toEqual([{ id }, ...Array.from({ length: 99 }, () => null)]);
	const { errors } = await agent.ask(query, { ids: [...ids, id] });
	expect(errors?.[0]).toMatchObject({
		message: expect.stringContaining('100'),
		extensions: { code: 'BAD_USER_INPUT', field: 'ids' },
	});
});

test('a negative `after` of conversationEvents is BAD_USER_INPUT', async () => {
	const query =
		'subscription ($id: ID!, $n: Int) { conversationEvents(conversationId: $id, after: $n) { sequence } }';
	for (const n of [-1, -(2 ** 31)])
		expect((await agent.subscribe(query, { id, n }).next()).errors).toMatchObject([
			{ extensions: { code: 'BAD_USER_INPUT', field: 'after' } },
		]);
});
