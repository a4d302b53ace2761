import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConversation, perform, userIdOf } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

/** Rows that are equal in what a list is ordered by must still come once each, in one order, whichever way it is read. */

interface Page {
	readonly edges: readonly {
		readonly node: { readonly id?: string; readonly user?: { readonly id: string } };
	}[];
	readonly pageInfo: {
		readonly hasNextPage: boolean;
		readonly hasPreviousPage: boolean;
		readonly startCursor: string | null;
		readonly endCursor: string | null;
	};
}

const COUNT = 11;
const PAGE = 'edges { node { NODE } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

let service: TestService;
let agent: Client;
let conversationId: string;
let users: readonly string[];
let conversations: readonly string[];

beforeAll(async () => {
	service = await startService();
	agent = await service.client('Agent', 'AGENT');
	const twins = await Promise.all(Array.from({ length: COUNT }, () => service.client('Twin')));
	users = await Promise.all(twins.map(userIdOf));
	// Members from the start join at the same instant.
	conversationId = (await createConversation(agent, { memberIds: users })).id;
	await perform(agent, 'leaveConversation', { conversationId });
	// What is created at the same time is committed together, at one instant.
	const created = twins.map((twin) => createConversation(twin, { subject: 'Twin' }));
	conversations = (await Promise.all(created)).map(({ id }) => id);
});
afterAll(() => service.stop());

const LISTS = {
	members: {
		query: `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { conversation(id: $id) {
			page: members(first: $first, after: $after, last: $last, before: $before) { ${PAGE.replace('NODE', 'user { id }')} }
		} }`,
		expected: () => users,
	},
	users: {
		query: `query ($first: Int, $after: String, $last: Int, $before: String) {
			page: users(search: "Twin", first: $first, after: $after, last: $last, before: $before) {
				${PAGE.replace('NODE', 'id')}
			}
		}`,
		expected: () => users,
	},
	conversations: {
		query: `query ($first: Int, $after: String, $last: Int, $before: String) {
			page: conversations(
				filter: { search: "twin" }, first: $first, after: $after, last: $last, before: $before
			) { ${PAGE.replace('NODE', 'id')} }
		}`,
		expected: () => conversations,
	},
} as const;

async function read(query: string, variables: Record<string, unknown>): Promise<Page> {
	const needsId = query.includes('$id');
	const answer = await agent.query<{ page?: Page; conversation?: { page: Page } }>(query, {
		...variables,
		...(needsId && { id: conversationId }),
	});
	return answer.page ?? answer.conversation?.page ?? expect.unreachable();
}

function idsOf({ edges }: Page): (string | undefined)[] {
	return edges.map(({ node }) => node.user?.id ?? node.id);
}

describe.each(Object.entries(LISTS))('%s', (_name, { query, expected }) => {
	test.each([1, 2, 3, 10])('come once each in pages of %i, forwards and backwards', async (rows) => {
		const all = idsOf(await read(query, { first: 100 }));
		expect(all.toSorted()).toEqual(expected().toSorted());
		const forwards: (string | undefined)[] = [];
		for (let after: string | null = null, more = true; more; ) {
			const page: Page = await read(query, { first: rows, after });
			forwards.push(...idsOf(page));
			({ endCursor: after, hasNextPage: more } = page.pageInfo);
		}
		expect(forwards).toEqual(all);
		const backwards: (string | undefined)[] = [];
		for (let before: string | null = null, more = true; more; ) {
			const page: Page = await read(query, { last: rows, before });
			backwards.unshift(...idsOf(page));
			({ startCursor: before, hasPreviousPage: more } = page.pageInfo);
		}
		expect(backwards).toEqual(all);
	});
});
