import type { Compilable } from 'kysely';
import type { Conversation, Membership, Message } from '../../src/conversations/model.ts';
import * as append from '../../src/store/append.ts';
import type { Database } from '../../src/store/database.ts';
import * as read from '../../src/store/read.ts';
import { AGENT, CUSTOMER, idOf, instantAfter, LONG } from './plan-data.ts';

/** A statement over the data of plan-data.ts. */
export interface HotStatement {
	readonly build: (database: Database) => Compilable;
	/** How many rows it may fetch: what is asked for, with what a filter is expected to throw away. */
	readonly reads: number;
	/** SQLite sorts what it found: a user's own conversations have their order elsewhere. */
	readonly sorts?: true;
	/** SQLite walks along this index, in the order asked for, until the page is full. */
	readonly walks?: string;
	/** SQLite shows a scan of this table for a SELECT that has no rows and only names the columns. */
	readonly names?: string;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const conversations = (count: number) => upTo(count).map((n) => idOf('conversation', n * 37));
const members = (count: number) =>
	upTo(count).map((n) => ({
		conversationId: idOf('conversation', n * 37),
		userId: idOf('user', n * 74 - 2),
	}));
const sendKeys = (count: number) => upTo(count).map((n) => ({ conversationId: LONG, key: `key-${n * 311}` }));
const messages = (count: number) => upTo(count).map((n) => idOf('message', 100_000 + n * 37));
const unread = (count: number): Membership[] =>
	conversations(count).map((conversationId) => ({
		conversationId,
		userId: CUSTOMER,
		joinedAt: instantAfter(0),
		leftAt: null,
		leftSequence: null,
		lastReadSequence: 2,
		removed: false,
	}));
const missed = [1, 2].map((n) => ({
	conversationId: idOf('conversation', n),
	after: 2_500,
	exceptAuthorId: AGENT,
	limit: 100,
}));

const moved = unread(16).map((membership, index) => ({ ...membership, ...members(16)[index] }));
const busy = upTo(16).map(
	(n): Conversation => ({
		id: idOf('conversation', n * 37),
		subject: null,
		channel: 'CHAT',
		status: 'OPEN',
		visibility: 'PRIVATE',
		creatorId: CUSTOMER,
		lastSequence: 6,
		createdAt: instantAfter(0),
		lastActivityAt: instantAfter(20_000),
		closedAt: null,
	}),
);
const edited = upTo(16).map(
	(n): Message => ({
		id: idOf('message', 100_000 + n * 5_001),
		conversationId: LONG,
		sequence: n * 5_001,
		authorId: CUSTOMER,
		body: 'The parcel is here.',
		createdAt: instantAfter(0),
		editedAt: instantAfter(1),
		editCount: 1,
		deletedAt: null,
		clientMessageId: null,
		replyToId: null,
		internal: false,
		channel: 'CHAT',
	}),
);

const first = { limit: 50, fromEnd: false };
const last = { limit: 50, fromEnd: true };
const history = (
	...[sight, page]: [{ notes: boolean; memberId?: string }, Parameters<typeof read.historyPage>[4]]
) =>
	({
		build: ({ queries, dialect }: Database) => read.historyPage(queries, dialect, LONG, sight, page),
		// Every fifth message is a note, which a customer's page passes over.
		reads: sight.notes ? 51 : 70,
	}) satisfies HotStatement;
const memberPage = (page: Parameters<typeof read.membersPage>[3]): HotStatement => ({
	build: ({ queries, dialect }) => read.membersPage(queries, dialect, LONG, page),
	reads: 55,
});
const inbox = (
	filter: Parameters<typeof read.conversationsPage>[2],
	page: Parameters<typeof read.conversationsPage>[4],
	otherwise: Partial<HotStatement> = {},
): HotStatement => ({
	build: ({ queries, dialect }) => read.conversationsPage(queries, dialect, filter, [], page),
	reads: 55,
	...otherwise,
});
const listOf = (memberIds: readonly string[], reads: number): HotStatement => ({
	build: ({ queries, dialect }) => read.conversationsPage(queries, dialect, {}, memberIds, first),
	reads,
	sorts: true,
});
const userPage = (...[text, page]: [string | undefined, Parameters<typeof read.usersPage>[3]]) =>
	({
		build: ({ queries, dialect }: Database) => read.usersPage(queries, dialect, text, page),
		reads: 55,
	}) satisfies HotStatement;

const middle = { lastActivityAt: instantAfter(5_000), id: idOf('conversation', 1) };
const someMember = { joinedAt: instantAfter(2_500), userId: idOf('user', 5) };
const someUser = { name: 'name-15000', id: idOf('user', 1) };
const byActivity = 'conversations_activity_index';

export const HOT_STATEMENTS: Readonly<Record<string, HotStatement>> = {
	'the newest page of a history': history({ notes: true }, last),
	'its first page': history({ notes: true }, first),
	'a page after a sequence': history({ notes: true }, { ...first, after: 50_000 }),
	'a page before a sequence': history({ notes: true }, { ...last, before: 50_000 }),
	'a page between two sequences': history({ notes: true }, { ...first, after: 50_000, before: 90_000 }),
	"a member's page without notes": history(
		{ notes: false, memberId: idOf('user', 7) },
		{ ...last, before: 50_000 },
	),
	'the log after a sequence': {
		build: ({ queries, dialect }) => read.entriesAfter(queries, dialect, LONG, 50_000, 100),
		reads: 100,
	},
	'commands among the newest entries': {
		build: ({ queries }) => read.commandsAfter(queries, LONG, 99_900, [idOf('command', 199_950)]),
		reads: 100,
	},
	'200 heads': { build: ({ queries }) => read.headsById(queries, conversations(200)), reads: 200 },
	"50 conversations with an agent's membership": {
		build: ({ queries }) => read.conversationsSeen(queries, conversations(50), AGENT),
		reads: 100,
	},
	"a conversation with a customer's membership": {
		build: ({ queries }) => read.conversationsSeen(queries, conversations(1), CUSTOMER),
		reads: 4,
	},
	'the locks of 64 conversations': {
		build: ({ queries, dialect }) => ({
			compile: () => dialect.lockConversations(queries, conversations(64)),
		}),
		reads: 64,
	},
	...Object.fromEntries(
		[1, 200].flatMap((count): [string, HotStatement][] => [
			[
				`memberships by key: ${count}`,
				{
					build: ({ queries, dialect }) => ({
						compile: () => append.membershipsByKey(queries, dialect, members(count)),
					}),
					reads: count,
				},
			],
			[
				`messages by key: ${count}`,
				{
					build: ({ queries, dialect }) => ({
						compile: () => append.messagesByKey(queries, dialect, sendKeys(count)),
					}),
					reads: count,
				},
			],
			[
				`messages by id: ${count}`,
				{ build: ({ queries }) => read.messagesRead(queries, messages(count)), reads: count },
			],
		]),
	),
	'heads of 16 conversations raised': {
		build: ({ queries }) => ({ compile: () => append.raiseConversations(queries, busy) }),
		reads: 16,
		names: 'conversations',
	},
	'16 messages edited': {
		build: ({ queries }) => ({ compile: () => append.changeMessages(queries, edited) }),
		reads: 16,
		names: 'messages',
	},
	'16 read markers moved': {
		build: ({ queries }) => ({ compile: () => append.changeMemberships(queries, moved) }),
		reads: 16,
		names: 'memberships',
	},
	'missed messages of two conversations': {
		build: ({ queries, dialect }) => append.missedMessages(queries, dialect, missed),
		reads: 250,
	},
	'unread messages of one conversation': {
		build: ({ queries }) => read.unreadCounts(queries, unread(1), CUSTOMER),
		reads: 3,
	},
	'unread messages of 50 conversations': {
		build: ({ queries }) => read.unreadCounts(queries, unread(50), CUSTOMER),
		reads: 150,
	},
	'earlier bodies of a message': {
		build: ({ queries }) => read.revisionsOf(queries, idOf('message', 100_005)),
		reads: 1,
	},
	'the first members': memberPage(first),
	'members after a place': memberPage({ ...first, after: someMember }),
	'members before a place': memberPage({ ...last, before: someMember }),
	'the whole inbox': inbox({}, first, { walks: byActivity }),
	'the oldest of the inbox': inbox({}, last, { walks: byActivity }),
	'the inbox after a place': inbox({}, { ...first, after: middle }),
	'the inbox before a place': inbox({}, { ...last, before: middle }),
	// One in a hundred is open, 100 in all, which PostgreSQL may as well read all.
	'what is open of the inbox': inbox({ closed: false }, first, {
		walks: 'conversations_open_index',
		reads: 100,
	}),
	'what is open, after a place': inbox({ closed: false }, { ...first, after: middle }, { reads: 100 }),
	'a third of the inbox by status': inbox({ status: ['OPEN'] }, first, { walks: byActivity, reads: 250 }),
	"a customer's conversations": listOf([CUSTOMER], 6),
	"an agent's own conversations": listOf([AGENT], 250),
	"an agent's conversations with a customer": listOf([CUSTOMER, AGENT], 9),
	'users by id': {
		build: ({ queries }) =>
			read.usersById(
				queries,
				upTo(100).map((n) => idOf('user', n * 7)),
			),
		reads: 100,
	},
	'a user by subject': {
		build: ({ queries }) => read.userBySubject(queries, 'subject-20000'),
		reads: 1,
	},
	'the first users': { ...userPage(undefined, first), walks: 'users_name_index' },
	'users after a place': userPage(undefined, { ...first, after: someUser }),
	'users before a place': userPage(undefined, { ...last, before: someUser }),
	'whether an agent knows a customer': {
		build: ({ queries, dialect }) => read.sharedConversation(queries, dialect, AGENT, CUSTOMER),
		reads: 10,
	},
	'whether a customer knows an agent': {
		build: ({ queries, dialect }) => read.sharedConversation(queries, dialect, CUSTOMER, AGENT),
		reads: 10,
	},
};
