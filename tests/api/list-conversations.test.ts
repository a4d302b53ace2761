import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConversation, perform, send, userIdOf } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

interface Row {
	readonly id: string;
	readonly subject: string;
	readonly lastActivityAt: string;
}

interface Listed {
	readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
	readonly pageInfo: {
		readonly hasNextPage: boolean;
		readonly hasPreviousPage: boolean;
		readonly startCursor: string | null;
		readonly endCursor: string | null;
	};
}

let service: TestService;
let alice: Client;
let bob: Client;
let agent: Client;
/** Subjects by their ids, in the order of creation. */
const ids = new Map<string, string>();

const LIST = `query ($filter: ConversationFilter, $first: Int, $after: String, $last: Int, $before: String) {
	conversations(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
		edges { cursor node { id subject lastActivityAt } }
		pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
	}
}`;

async function list(client: Client, variables: Record<string, unknown> = {}): Promise<Listed> {
	return (await client.query<{ conversations: Listed }>(LIST, variables)).conversations;
}

function subjects({ edges }: Listed): string[] {
	return edges.map(({ node }) => node.subject);
}

async function create(client: Client, input: { subject: string; [name: string]: unknown }): Promise<void> {
	ids.set(input.subject, (await createConversation(client, input)).id);
}

function idOf(subject: string): string {
	return ids.get(subject) ?? expect.unreachable(subject);
}

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
	bob = await service.client('Bob');
	agent = await service.client('Agent', 'AGENT');
	await create(alice, { subject: 'lamp 50% off', visibility: 'OPEN' });
	await create(alice, { subject: 'Lampshade', memberIds: [await userIdOf(bob)] });
	await create(bob, { subject: 'table_top' });
	await create(bob, { subject: 'tabletop', visibility: 'OPEN' });
	await create(alice, { subject: 'chair' });
	await perform(agent, 'closeConversation', { conversationId: idOf('table_top') });
	await send(alice, idOf('lamp 50% off'), 'Still there?');
});
afterAll(() => service.stop());

test('the newest activity comes first: a message brings its conversation to the top', async () => {
	const listed = await list(agent);
	expect(subjects(listed)).toEqual(['lamp 50% off', 'table_top', 'chair', 'tabletop', 'Lampshade']);
	const activity = listed.edges.map(({ node }) => node.lastActivityAt);
	expect(activity).toEqual(activity.toSorted().reverse());
});

test('a note does not bring its conversation to the top', async () => {
	const before = subjects(await list(agent));
	await send(agent, idOf('chair'), 'Agents only', { internal: true });
	// The note's author joined by it, which is an activity; from then on notes change nothing.
	const joined = subjects(await list(agent));
	expect(joined).toEqual(['chair', ...before.filter((subject) => subject !== 'chair')]);
	await send(alice, idOf('lamp 50% off'), 'Anybody?');
	await send(agent, idOf('chair'), 'Agents only, again', { internal: true });
	expect(subjects(await list(agent))).toEqual(
		before.toSpliced(before.indexOf('chair'), 1).toSpliced(1, 0, 'chair'),
	);
});

test('customers list their own, not even the OPEN ones of others; agents list all', async () => {
	expect(new Set(subjects(await list(alice)))).toEqual(new Set(['lamp 50% off', 'Lampshade', 'chair']));
	expect(new Set(subjects(await list(bob)))).toEqual(new Set(['Lampshade', 'table_top', 'tabletop']));
	expect(subjects(await list(agent))).toHaveLength(5);
});

test('a conversation that a customer left is not listed any more', async () => {
	const carol = await service.client('Carol');
	await perform(carol, 'joinConversation', { conversationId: idOf('tabletop') });
	expect(subjects(await list(carol))).toEqual(['tabletop']);
	await perform(carol, 'leaveConversation', { conversationId: idOf('tabletop') });
	expect(subjects(await list(carol))).toEqual([]);
});

describe('a filter', () => {
	test.each([
		[{ closed: true }, ['table_top']],
		[{ closed: false }, ['lamp 50% off', 'Lampshade', 'tabletop', 'chair']],
		[{ visibility: 'OPEN' }, ['lamp 50% off', 'tabletop']],
		[{ visibility: 'PRIVATE' }, ['Lampshade', 'table_top', 'chair']],
		[{ channel: ['CHAT'] }, ['lamp 50% off', 'Lampshade', 'table_top', 'tabletop', 'chair']],
		[{ channel: ['SMS', 'EMAIL'] }, []],
		[{ status: ['OPEN', 'PENDING'] }, ['lamp 50% off', 'Lampshade', 'table_top', 'tabletop', 'chair']],
		[{ status: ['RESOLVED'] }, []],
		[{ status: [] }, []],
		[{ search: 'LAMP' }, ['lamp 50% off', 'Lampshade']],
		[{ search: '0%' }, ['lamp 50% off']],
		[{ search: 'table_' }, ['table_top']],
		[{ search: '\\' }, []],
		[{ search: "'; drop table conversations; --" }, []],
		[{ search: 'lamp', visibility: 'OPEN', closed: false }, ['lamp 50% off']],
		[{ closed: null, search: null }, ['lamp 50% off', 'Lampshade', 'table_top', 'tabletop', 'chair']],
	])('%j finds %j', async (filter, expected) => {
		expect(new Set(subjects(await list(agent, { filter })))).toEqual(new Set(expected));
	});

	test.each(['Übergabe', 'ÜBERGABE an Ümit', 'straße', 'İstanbul', '東京'])(
		'by %s finds it as it is written',
		async (subject) => {
			await createConversation(alice, { subject: `An ${subject}!` });
			expect(subjects(await list(alice, { filter: { search: subject } }))).toEqual([`An ${subject}!`]);
		},
	);

	test('by member finds the conversations of a present member, for a customer among their own', async () => {
		const memberId = await userIdOf(bob);
		expect(new Set(subjects(await list(agent, { filter: { memberId } })))).toEqual(
			new Set(['Lampshade', 'table_top', 'tabletop']),
		);
		expect(subjects(await list(alice, { filter: { memberId } }))).toEqual(['Lampshade']);
		expect(subjects(await list(agent, { filter: { memberId: 'rubbish' } }))).toEqual([]);
	});

	test('with a text of more than 100 characters is refused', async () => {
		for (const search of ['x'.repeat(101), 'x'.repeat(60_000)]) {
			const { errors } = await alice.ask(LIST, { filter: { search } });
			expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'search' });
			expect(errors?.[0]?.message).toContain('100');
		}
	});
});

describe('pages', () => {
	test('forwards and backwards bring every row once, in the same order', async () => {
		const all = subjects(await list(agent));
		const forwards: string[] = [];
		for (let after: string | null = null, more = true; more; ) {
			const page: Listed = await list(agent, { first: 2, after });
			expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
			forwards.push(...subjects(page));
			more = page.pageInfo.hasNextPage;
			after = page.pageInfo.endCursor;
			expect(after).toBe(page.edges.at(-1)?.cursor);
		}
		expect(forwards).toEqual(all);
		const backwards: string[] = [];
		for (let before: string | null = null, more = true; more; ) {
			const page: Listed = await list(agent, { last: 2, before });
			backwards.unshift(...subjects(page));
			more = page.pageInfo.hasPreviousPage;
			before = page.pageInfo.startCursor;
		}
		expect(backwards).toEqual(all);
	});

	test('a page between two cursors is counted from the end that is asked for', async () => {
		const { edges } = await list(agent);
		const [after, before] = [edges[0]?.cursor, edges[4]?.cursor];
		const between = edges.slice(1, 4).map(({ node }) => node.subject);
		expect(subjects(await list(agent, { after, before }))).toEqual(between);
		expect(subjects(await list(agent, { after, before, first: 1 }))).toEqual(between.slice(0, 1));
		expect(subjects(await list(agent, { after, before, last: 1 }))).toEqual(between.slice(-1));
	});

	test('a page of no rows says whether there are any', async () => {
		expect(await list(agent, { first: 0 })).toEqual({
			edges: [],
			pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null },
		});
	});
});
