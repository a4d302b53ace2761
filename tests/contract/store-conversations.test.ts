import { beforeAll, describe, expect, it } from 'vitest';
import { closeConversation } from '../../src/conversations/close-conversation.ts';
import { newId } from '../../src/conversations/ids.ts';
import { leaveConversation } from '../../src/conversations/leave-conversation.ts';
import type { Conversation } from '../../src/conversations/model.ts';
import type { ActivityCursor, PageRequest } from '../../src/conversations/pages.ts';
import type { ConversationFilter } from '../../src/conversations/reader.ts';
import type { Viewer } from '../../src/identity/viewer.ts';
import { NO_CHANGES } from './store-append.ts';
import { DATABASES, idOrder, type Node, useNodes } from './store-setup.ts';

const FIRST = { limit: 50, fromEnd: false };

describe.each(DATABASES)('the list of conversations on %s', (kind) => {
	const nodes = useNodes(kind);
	let alice: Viewer;
	let bob: Viewer;
	/** Newest activity first; 2 and 3, and 4 and 5, are of the same instant. */
	let listed: readonly Conversation[];

	beforeAll(async () => {
		alice = await nodes.person();
		bob = await nodes.person();
		const at = (second: number) => new Date(Date.UTC(2030, 0, 1, 0, 0, second, 500));
		const conversations = [
			{ subject: 'The newest', lastActivityAt: at(9) },
			{ subject: 'Ünïcode', lastActivityAt: at(8), status: 'PENDING' as const },
			{ subject: null, lastActivityAt: at(7), channel: 'SMS' as const },
			{ subject: '100% of it', lastActivityAt: at(7), visibility: 'OPEN' as const },
			{ subject: '[brackets] and_lines', lastActivityAt: at(6), closedAt: at(6) },
			{ subject: 'C:\\path', lastActivityAt: at(6), channel: 'EMAIL' as const },
			{ subject: 'The oldest', lastActivityAt: at(5), status: 'RESOLVED' as const },
		].map((some) => conversationOf(alice, some));
		await insert(nodes.here, conversations);
		listed = [...conversations].sort(
			(a, b) => b.lastActivityAt.getTime() - a.lastActivityAt.getTime() || idOrder(kind)(b.id, a.id),
		);
	});

	const list = async (
		filter: ConversationFilter,
		page: PageRequest<ActivityCursor> = FIRST,
		memberId?: string,
	) => {
		// Of this suite's instants only: other tests make conversations as well.
		const { rows, hasMore } = await nodes.there.conversations.listConversations(filter, memberId, page);
		return { rows: rows.filter(({ lastActivityAt }) => lastActivityAt.getUTCFullYear() === 2030), hasMore };
	};
	const subjects = async (filter: ConversationFilter) =>
		(await list(filter)).rows.map(({ subject }) => subject);

	it('has the newest activity first, the id deciding between equals, and each as it was stored', async () => {
		expect((await list({})).rows).toEqual(listed);
	});

	it.each([1, 2, 3, 4])('is walked in pages of %i, both ways, without a hole or a double', async (limit) => {
		const walk = async (fromEnd: boolean) => {
			const seen: Conversation[] = [];
			let cursor: Partial<PageRequest<ActivityCursor>> = {};
			for (;;) {
				const { rows, hasMore } = await list({}, { limit, fromEnd, ...cursor });
				if (fromEnd) seen.unshift(...rows);
				else seen.push(...rows);
				const edge = fromEnd ? rows[0] : rows.at(-1);
				if (!hasMore || edge === undefined) return seen;
				cursor = fromEnd ? { before: edge } : { after: edge };
			}
		};
		expect(await walk(false)).toEqual(listed);
		expect(await walk(true)).toEqual(listed);
	});

	it('is read between two cursors', async () => {
		const [, after, , , , before] = listed;
		if (!after || !before) throw new Error('There are seven.');
		expect((await list({}, { after, before, limit: 2, fromEnd: false })).rows).toEqual(listed.slice(2, 4));
		expect((await list({}, { after, before, limit: 2, fromEnd: true })).rows).toEqual(listed.slice(3, 5));
		const all = await list({}, { after, before, limit: 3, fromEnd: true });
		expect(all).toEqual({ rows: listed.slice(2, 5), hasMore: false });
	});

	it.each<[string, ConversationFilter, (conversation: Conversation) => boolean]>([
		['status', { status: ['PENDING', 'RESOLVED'] }, ({ status }) => status !== 'OPEN'],
		['channel', { channel: ['SMS', 'EMAIL'] }, ({ channel }) => channel !== 'CHAT'],
		['visibility', { visibility: 'OPEN' }, ({ visibility }) => visibility === 'OPEN'],
		['being closed', { closed: true }, ({ closedAt }) => closedAt !== null],
		['not being closed', { closed: false }, ({ closedAt }) => closedAt === null],
		[
			'all of them together',
			{ status: ['OPEN'], channel: ['CHAT'], closed: false, search: 'THE' },
			({ subject }) => subject === 'The newest',
		],
	])('is filtered by %s', async (_, filter, matches) => {
		const expected = listed.filter(matches);
		expect(expected.length).toBeGreaterThan(0);
		expect((await list(filter)).rows).toEqual(expected);
	});

	it.each([
		['the', ['The newest', 'The oldest']],
		['Ünï', ['Ünïcode']],
		['%', ['100% of it']],
		['_', ['[brackets] and_lines']],
		['[brackets]', ['[brackets] and_lines']],
		['\\', ['C:\\path']],
		['[a-z]', []],
		['t_e', []],
		["'", []],
	])('finds %s in subjects as it is written', async (search, found) => {
		expect(await subjects({ search })).toEqual(found);
	});

	it('has those of a present member', async () => {
		const one = await nodes.conversation(alice, { subject: 'one', memberIds: [bob.user.id] });
		const other = await nodes.conversation(bob, { subject: 'other' });
		const left = await nodes.conversation(alice, { memberIds: [bob.user.id] });
		await leaveConversation(nodes.here.domain, bob, { conversationId: left.id });
		const of = async (filter: ConversationFilter, memberId: string | undefined) => {
			const { rows } = await nodes.there.conversations.listConversations(filter, memberId, FIRST);
			return new Set(rows.map(({ id }) => id));
		};
		expect(await of({}, bob.user.id)).toEqual(new Set([one.id, other.id]));
		expect(await of({ memberId: bob.user.id }, undefined)).toEqual(new Set([one.id, other.id]));
		expect(await of({ memberId: alice.user.id }, bob.user.id)).toEqual(new Set([one.id]));
		expect(await of({ memberId: bob.user.id }, bob.user.id)).toEqual(new Set([one.id, other.id]));
	});

	it('keeps a change of the conversation itself', async () => {
		const agent = await nodes.person('AGENT');
		const { id, lastActivityAt, ...made } = await nodes.conversation(alice, { subject: 'closing' });
		const { conversation } = await closeConversation(nodes.here.domain, agent, { conversationId: id });
		const [seen] = await nodes.there.conversations.conversations([id], alice.user.id);
		expect(seen?.conversation).toEqual(conversation);
		expect(conversation).toEqual({
			...made,
			id,
			lastSequence: 3,
			closedAt: conversation.closedAt,
			lastActivityAt: conversation.closedAt,
		});
		expect(conversation.closedAt?.getTime()).toBeGreaterThanOrEqual(lastActivityAt.getTime());
	});
});

function conversationOf({ user }: Viewer, some: Partial<Conversation>): Conversation {
	return {
		id: newId(),
		subject: null,
		channel: 'CHAT',
		status: 'OPEN',
		visibility: 'PRIVATE',
		creatorId: user.id,
		lastSequence: 0,
		createdAt: new Date(Date.UTC(2029, 11, 31)),
		lastActivityAt: new Date(),
		closedAt: null,
		...some,
	};
}

function insert({ conversations }: Node, newConversations: readonly Conversation[]): Promise<void> {
	return conversations.transact((transaction) => transaction.save({ ...NO_CHANGES, newConversations }));
}
