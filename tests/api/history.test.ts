import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConversation, log, perform, see, send } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

interface Page {
	readonly edges: readonly {
		readonly cursor: string;
		readonly node: { readonly body: string; readonly sequence: number };
	}[];
	readonly pageInfo: {
		readonly hasNextPage: boolean;
		readonly hasPreviousPage: boolean;
		readonly startCursor: string | null;
		readonly endCursor: string | null;
	};
}

type PageArguments = Partial<Record<'first' | 'last', number> & Record<'after' | 'before', string | null>>;

let service: TestService;
let alice: Client;
let agent: Client;
let conversationId: string;
const all = Array.from({ length: 120 }, (_, at) => `message ${at}`);

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
	agent = await service.client('Agent', 'AGENT');
	conversationId = (await createConversation(alice)).id;
	for (const body of all.slice(0, 20)) await send(alice, conversationId, body);
	// Holes that a customer does not see must not shorten a page.
	for (let at = 0; at < 10; at++) await send(agent, conversationId, `note ${at}`, { internal: true });
	for (const body of all.slice(20)) await send(alice, conversationId, body);
});
afterAll(() => service.stop());

async function page(variables: PageArguments, client = alice): Promise<Page> {
	const { conversation } = await client.query<{ conversation: { messages: Page } }>(
		`query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
			conversation(id: $id) {
				messages(first: $first, after: $after, last: $last, before: $before) {
					edges { cursor node { body sequence } }
					pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
				}
			}
		}`,
		{ id: conversationId, ...variables },
	);
	return conversation.messages;
}

function bodies({ edges }: Page): string[] {
	return edges.map(({ node }) => node.body);
}

describe('the history', () => {
	test('is read forwards by first and after', async () => {
		const read: string[] = [];
		let next: PageArguments | undefined = { first: 50 };
		while (next) {
			const { edges, pageInfo }: Page = await page(next);
			read.push(...edges.map(({ node }) => node.body));
			expect(pageInfo.startCursor).toBe(edges[0]?.cursor);
			expect(pageInfo.endCursor).toBe(edges.at(-1)?.cursor);
			expect(pageInfo.hasPreviousPage).toBe('after' in next);
			next = pageInfo.hasNextPage ? { first: 50, after: pageInfo.endCursor } : undefined;
		}
		expect(read).toEqual(all);
	});

	test('is read backwards by last and before', async () => {
		const read: string[] = [];
		let next: PageArguments | undefined = { last: 50 };
		while (next) {
			const current: Page = await page(next);
			read.unshift(...bodies(current));
			expect(current.pageInfo.hasNextPage).toBe('before' in next);
			const { hasPreviousPage, startCursor } = current.pageInfo;
			next = hasPreviousPage ? { last: 50, before: startCursor } : undefined;
		}
		expect(read).toEqual(all);
	});

	test('comes 50 at a time where nothing else is asked for, from the start, or just before a cursor', async () => {
		const begin = await page({});
		expect(bodies(begin)).toEqual(all.slice(0, 50));
		const { edges } = await page({ last: 20 });
		expect(bodies(await page({ before: edges[0]?.cursor ?? '' }))).toEqual(all.slice(50, 100));
		expect(bodies(await page({ after: begin.pageInfo.endCursor }))).toEqual(all.slice(50, 100));
	});

	test('comes between two cursors from either end', async () => {
		const { edges } = await page({ first: 10 });
		const [after, before] = [edges[2]?.cursor ?? '', edges[8]?.cursor ?? ''];
		expect(bodies(await page({ after, before }))).toEqual(all.slice(3, 8));
		expect(bodies(await page({ after, before, first: 2 }))).toEqual(all.slice(3, 5));
		expect(bodies(await page({ after, before, last: 2 }))).toEqual(all.slice(6, 8));
		expect(bodies(await page({ after: before, before: after }))).toEqual([]);
	});

	test('has no pages beyond its ends', async () => {
		const { pageInfo: end } = await page({ last: 1 });
		expect(await page({ first: 5, after: end.endCursor })).toMatchObject({
			edges: [],
			pageInfo: { hasNextPage: false, startCursor: null, endCursor: null },
		});
		const { pageInfo: start } = await page({ first: 1 });
		expect(await page({ last: 5, before: start.startCursor })).toMatchObject({
			edges: [],
			pageInfo: { hasPreviousPage: false },
		});
	});

	test('keeps its cursors while messages come, are edited and deleted', async () => {
		const own = await createConversation(alice);
		const sent = [];
		for (const body of ['a', 'b', 'c']) sent.push(await send(alice, own.id, body));
		const read = async (variables: PageArguments) => {
			const before = conversationId;
			conversationId = own.id;
			const found = await page(variables);
			conversationId = before;
			return found;
		};
		const { pageInfo } = await read({ first: 1 });
		await perform(alice, 'editMessage', { messageId: sent[1]?.id, body: 'B' });
		await perform(alice, 'deleteMessage', { messageId: sent[0]?.id });
		await send(alice, own.id, 'd');
		expect(bodies(await read({ first: 3, after: pageInfo.endCursor }))).toEqual(['B', 'c', 'd']);
	});
});

test('every sequence up to lastSequence is in the log once, in order, and each message at its own', async () => {
	const { lastSequence } = await see(agent, conversationId);
	const events = await log(agent, conversationId, lastSequence);
	expect(events.map(({ sequence }) => sequence)).toEqual(
		Array.from({ length: lastSequence }, (_, at) => at + 1),
	);
	for (const { __typename, sequence, message } of events)
		if (__typename === 'MessageSent') expect(message?.sequence).toBe(sequence);
});

test('the log has no gap after every kind of change, by several users at once, refused ones among them', async () => {
	const { id } = await createConversation(alice, { visibility: 'OPEN' });
	const others = await Promise.all(['Bob', 'Carol', 'Dan'].map((name) => service.client(name)));
	await Promise.all(
		[alice, agent, ...others].map(async (client, at) => {
			await perform(client, 'joinConversation', { conversationId: id });
			for (let round = 0; round < 4; round++) {
				const { id: messageId } = await send(client, id, `${at} ${round}`);
				await Promise.all([
					client.query(
						`mutation { sendMessage(input: { conversationId: "${id}", body: " " }) { __typename } }`,
					),
					perform(client, 'editMessage', { messageId, body: `${at} ${round}, edited` }),
					perform(client, 'markRead', { conversationId: id, sequence: round }),
					perform(client, 'joinConversation', { conversationId: id }),
				]);
				await perform(client, 'deleteMessage', { messageId });
				if (client !== alice) {
					await perform(client, 'leaveConversation', { conversationId: id });
					await perform(client, 'joinConversation', { conversationId: id });
				}
			}
		}),
	);
	const { lastSequence } = await see(agent, id);
	// Creation and join; a join of each other; of each round a send, an edit, a deletion, and the others' two.
	expect(lastSequence).toBe(2 + 4 + 5 * 4 * 3 + 4 * 4 * 2);
	const events = await log(agent, id, lastSequence);
	expect(events.map(({ sequence }) => sequence)).toEqual(
		Array.from({ length: lastSequence }, (_, at) => at + 1),
	);
});
