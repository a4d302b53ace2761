import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConversation, history, perform, see } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let conversationId: string;

beforeAll(async () => {
	service = await startService({ MAX_BODY_BYTES: '1048576' });
	alice = await service.client('Alice');
	conversationId = (await createConversation(alice)).id;
});
afterAll(() => service.stop());

/** Refused as a whole, with a status and a code, before any resolver ran. */
async function expectTooComplex(query: string, variables: Record<string, unknown> = {}): Promise<void> {
	const { status, data, errors } = await alice.ask<unknown>(query, variables);
	expect(status).toBe(400);
	expect(data).toBeUndefined();
	expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['TOO_COMPLEX']);
}

async function expectRefused(query: string): Promise<void> {
	const { status, data, errors } = await alice.ask<unknown>(query);
	expect(status).toBe(400);
	expect(data).toBeUndefined();
	for (const { extensions } of errors ?? [])
		expect(['TOO_COMPLEX', 'BAD_USER_INPUT']).toContain(extensions['code']);
	expect(errors?.length).toBeGreaterThan(0);
}

function sends(count: number): string {
	const input = `{ conversationId: "${conversationId}", body: "x" }`;
	const fields = Array.from(
		{ length: count },
		(_, at) => `a${at}: sendMessage(input: ${input}) { __typename }`,
	);
	return `mutation { ${fields.join(' ')} }`;
}

describe('a document', () => {
	test('with more aliases than allowed sends nothing', async () => {
		await expectTooComplex(sends(31));
		expect(await history(alice, conversationId)).toEqual([]);
	});

	test('with 20,000 aliases is refused at once', async () => {
		const fields = Array.from({ length: 20_000 }, (_, at) => `a${at}:__typename`).join(' ');
		await expectTooComplex(`{ ${fields} }`);
	});

	test('with more tokens than allowed is refused', async () => {
		await expectTooComplex(`{ viewer { ${'id '.repeat(2500)} } }`);
		await expectTooComplex(
			`{ viewer { id } } # ${'x'.repeat(10)}\n${'fragment F on User { id } '.repeat(400)}`,
		);
	});

	test('nested too deeply is refused', async () => {
		const deep = (levels: number): string =>
			levels === 0 ? 'id' : `messages(first: 1) { edges { node { conversation { ${deep(levels - 1)} } } } }`;
		await expectTooComplex(`{ conversation(id: "${conversationId}") { ${deep(4)} } }`);
		await expectTooComplex(`{ conversation(id: "${conversationId}") { ${deep(80)} } }`);
		await alice.query(`{ conversation(id: "${conversationId}") { ${deep(2)} } }`);
	});

	test('nested too deeply through fragments is refused', async () => {
		const levels = 6;
		const fragments = Array.from({ length: levels }, (_, at) => {
			const inner = at === levels - 1 ? 'id' : `...F${at + 1}`;
			return `fragment F${at} on Conversation { messages(first: 1) { edges { node { conversation { ${inner} } } } } }`;
		});
		await expectTooComplex(`{ conversation(id: "${conversationId}") { ...F0 } } ${fragments.join(' ')}`);
	});

	test.each([
		['itself', 'fragment A on Query { viewer { id } ...A }'],
		['itself through another', 'fragment A on Query { ...B } fragment B on Query { viewer { id } ...A }'],
		[
			'itself within a field',
			'fragment A on Query { conversations { edges { node { ...C } } } } fragment C on Conversation { messages { edges { node { conversation { ...C } } } } }',
		],
	])('with a fragment that spreads %s is refused', async (_name, fragments) => {
		await expectRefused(`{ ...A } ${fragments}`);
	});

	test('whose fragments double at each level is refused or answered, never expanded', async () => {
		const levels = 60;
		const fragments = Array.from({ length: levels }, (_, at) =>
			at === levels - 1
				? `fragment F${at} on Query { viewer { id } }`
				: `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`,
		);
		const { status } = await alice.ask(`{ ...F0 } ${fragments.join(' ')}`);
		expect([200, 400]).toContain(status);
	});

	test('within the limits is executed', async () => {
		const before = (await see(alice, conversationId)).lastSequence;
		await alice.query(sends(30));
		expect((await see(alice, conversationId)).lastSequence).toBe(before + 30);
	});
});

const PAGE_OF_PAGES = `conversations(first: $n) { edges { node {
	messages(first: $n) { edges { node { id body author { id name } } } }
} } }`;

describe('the cost', () => {
	test('of pages within pages is counted by the rows that are asked for', async () => {
		await expectTooComplex(`{ ${PAGE_OF_PAGES.replaceAll('$n', '100')} }`);
		await alice.query(`{ ${PAGE_OF_PAGES.replaceAll('$n', '10')} }`);
	});

	test('counts variables, their defaults, and what a page has when nothing is said', async () => {
		const query = `query ($n: Int) { ${PAGE_OF_PAGES} }`;
		await alice.query(query, { n: 10 });
		await expectTooComplex(query, { n: 100 });
		await expectTooComplex(query, { n: 2_000_000_000 });
		await alice.query(query, { n: 11 });
		await expectTooComplex(`query ($n: Int = 100) { ${PAGE_OF_PAGES} }`);
		await expectTooComplex(`{ ${PAGE_OF_PAGES.replaceAll('(first: $n)', '(last: 100)')} }`);
	});

	test('of a default is not the one of null, which came before', async () => {
		const query = `query ($n: Int = 100, $m: Int = 2) { conversations(first: $m) { edges { node {
			messages(first: $n) { edges { node { ${'id body sequence createdAt editedAt deletedAt internal channel author { id name subject role } replyTo { id body sequence author { id name subject role } conversation { id subject channel status visibility lastSequence } }'} } } }
		} } } }`;
		const { status } = await alice.ask(query, { n: null, m: 7 });
		expect(status).toBe(200);
		await expectTooComplex(query, { m: 7 });
	});

	test('is not hidden by variables whose names spell those of others', async () => {
		const query = `query ($n: Int = 1, $x: Int) {
			conversations(first: $n) { edges { node { messages(first: $n) { edges { node {
				id body author { id name }
			} } } } } }
			other: conversations(first: $x) { pageInfo { hasNextPage } }
		}`;
		await alice.query(query, { 'n=100;x': 1 });
		await expectTooComplex(query, { n: 100, x: 1 });
	});

	test('counts each id of nodes', async () => {
		const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Conversation {
			messages(first: 100) { edges { node { id body author { id name } } } }
		} } }`;
		await alice.query(query, { ids: [conversationId] });
		await expectTooComplex(query, { ids: Array.from({ length: 100 }, () => conversationId) });
		const literal = JSON.stringify(Array.from({ length: 100 }, () => conversationId));
		await expectTooComplex(query.replace('query ($ids: [ID!]!)', '').replace('$ids', literal));
	});

	test('counts every message that ConversationMovedError may bring', async () => {
		const mutation = (rows: number) => `mutation {
			sendMessage(input: { conversationId: "${conversationId}", body: "x", expectedSequence: 0 }) {
				... on ConversationMovedError {
					missed { conversation { messages(first: ${rows}) { edges { node { id body } } } } }
				}
			}
		}`;
		await expectTooComplex(mutation(100));
		await alice.query(mutation(10));
	});

	test('follows directives and their variables', async () => {
		const query = `query ($n: Int!, $deep: Boolean!) { conversations(first: $n) { edges { node {
			id messages(first: $n) @include(if: $deep) { edges { node { id body author { id name } } } }
		} } } }`;
		await alice.query(query, { n: 100, deep: false });
		await expectTooComplex(query, { n: 100, deep: true });
	});

	test('is the same over server-sent events, GET and WebSocket', async () => {
		const query = `{ ${PAGE_OF_PAGES.replaceAll('$n', '100')} }`;
		const authorization = `Bearer ${alice.person.token}`;
		const byGet = await fetch(`${service.url}/graphql?query=${encodeURIComponent(query)}`, {
			headers: { authorization },
		});
		expect(await byGet.json()).toMatchObject({ errors: [{ extensions: { code: 'TOO_COMPLEX' } }] });
		const byEvents = await fetch(`${service.url}/graphql`, {
			method: 'POST',
			headers: { authorization, 'content-type': 'application/json', accept: 'text/event-stream' },
			body: JSON.stringify({ query }),
		});
		expect(await byEvents.text()).toContain('TOO_COMPLEX');
		expect((await alice.subscribe(query).next()).errors).toMatchObject([
			{ extensions: { code: 'TOO_COMPLEX' } },
		]);
	});

	test('of a subscription is counted before it is followed', async () => {
		const costly = `subscription ($id: ID!) { conversationEvents(conversationId: $id, after: 0) {
			... on ConversationChanged { conversation { messages(first: 100) { edges { node { id conversation {
				messages(first: 100) { edges { node { id body author { id name } } } }
			} } } } } }
		} }`;
		const { errors } = await alice.subscribe(costly, { id: conversationId }).next();
		expect(errors).toMatchObject([{ extensions: { code: 'TOO_COMPLEX' } }]);
	});
});

test('a refused operation leaves the connection and the conversation as they were', async () => {
	const { lastSequence } = await see(alice, conversationId);
	await expectTooComplex(sends(31));
	await perform(alice, 'markRead', { conversationId, sequence: 1 });
	expect((await see(alice, conversationId)).lastSequence).toBe(lastSequence);
});
