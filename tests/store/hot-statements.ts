import type { Compilable } from 'kysely';
import type { Conversation, Membership, Message } from '../../src/conversations/model.ts';
import * as append from '../../src/store/append.ts';
import type { Database } from '../../src/store/database.ts';
import * as read from '../../src/store/read.ts';
import { AGENT, CUSTOMER, idOf, instantAfter, LONG } from './plan-data.ts';

/** What a statement is built for. */
type Asked = Pick<Database, 'queries' | 'dialect'>;

/** A statement over the data of plan-data.ts. */
export interface HotStatement {
	readonly build: (database: Asked) => Compilable;
	/** How many rows it may fetch: what is asked for, with what a filter is expected to throw away. */
	readonly reads: number;
	/** What SQLite seeks by, each kind once; the rest of a condition is a filter over what it found. */
	readonly seeks?: readonly string[];
	/** SQLite sorts what it found: a user's own conversations, and some pages of which one is made. */
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
		outside: null,
	}),
);

const ID = ['id=?'];
const AFTER = ['conversation_id=? AND sequence>?'];
const BEFORE = ['conversation_id=? AND sequence<?'];
const KEY = 'conversation_id=? AND user_id=?';
const OWN = 'user_id=?';
const first = { limit: 50, fromEnd: false };
const last = { limit: 50, fromEnd: true };
const history = (
	sight: { notes: boolean; memberId?: string },
	page: Parameters<typeof read.historyPage>[4],
	seeks: readonly string[],
) =>
	({
		build: ({ queries, dialect }: Asked) => read.historyPage(queries, dialect, LONG, sight, page),
		// Every fifth message is a note, which a customer's page passes over.
		reads: sight.notes ? 51 : 70,
		seeks,
	}) satisfies HotStatement;
const memberPage = (
	page: Parameters<typeof read.membersPage>[3],
	seeks: readonly string[],
): HotStatement => ({
	build: ({ queries, dialect }) => read.membersPage(queries, dialect, LONG, page),
	reads: 55,
	seeks,
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
const listOf = (
	memberIds: readonly string[],
	reads: number,
	filter: Parameters<typeof read.conversationsPage>[2] = {},
): HotStatement => ({
	build: ({ queries, dialect }) => read.conversationsPage(queries, dialect, filter, memberIds, first),
	reads,
	seeks: [...ID, OWN],
	sorts: true,
});
const userPage = (...[text, page]: [string | undefined, Parameters<typeof read.usersPage>[3]]) =>
	({
		build: ({ queries, dialect }: Asked) => read.usersPage(queries, dialect, text, page),
		reads: 55,
	}) satisfies HotStatement;

const middle = { lastActivityAt: instantAfter(5_000), id: idOf('conversation', 1) };
const someMember = { joinedAt: instantAfter(2_500), userId: idOf('user', 5) };
const someUser = { name: 'name-15000', id: idOf('user', 1) };
const byActivity = 'conversations_activity_index';

export const HOT_STATEMENTS: Readonly<Record<string, HotStatement>> = {
	'the newest page of a history': history({ notes: true }, last, ['conversation_id=?']),
	'its first page': history({ notes: true }, first, ['conversation_id=?']),
	'a page after a sequence': history({ notes: true }, { ...first, after: 50_000 }, AFTER),
	'a page before a sequence': history({ notes: true }, { ...last, before: 50_000 }, BEFORE),
	'a page between two sequences': history({ notes: true }, { ...first, after: 50_000, before: 90_000 }, [
		'conversation_id=? AND sequence>? AND sequence<?',
	]),
	"a member's page without notes": history(
		{ notes: false, memberId: idOf('user', 7) },
		{ ...last, before: 50_000 },
		[KEY, ...BEFORE],
	),
	'the log after a sequence': {
		build: ({ queries, dialect }) => read.entriesAfter(queries, dialect, LONG, 50_000, 100),
		reads: 100,
		seeks: AFTER,
	},
	'commands among the newest entries': {
		build: ({ queries }) => read.commandsAfter(queries, LONG, 99_900, [idOf('command', 199_950)]),
		reads: 100,
		seeks: AFTER,
	},
	'200 heads': { build: ({ queries }) => read.headsById(queries, conversations(200)), reads: 200, seeks: ID },
	"50 conversations with an agent's membership": {
		build: ({ queries }) => read.conversationsSeen(queries, conversations(50), AGENT),
		reads: 100,
		seeks: [...ID, KEY],
	},
	"a conversation with a customer's membership": {
		build: ({ queries }) => read.conversationsSeen(queries, conversations(1), CUSTOMER),
		reads: 4,
		seeks: [...ID, KEY],
	},
	'the locks of 64 conversations': {
		build: ({ queries, dialect }) => ({
			compile: () => dialect.lockRows(queries, 'conversations', conversations(64)),
		}),
		reads: 64,
		seeks: ID,
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
					seeks: [KEY],
				},
			],
			[
				`messages by key: ${count}`,
				{
					build: ({ queries, dialect }) => ({
						compile: () => append.messagesByKey(queries, dialect, sendKeys(count)),
					}),
					reads: count,
					seeks: ['conversation_id=? AND send_key=?'],
				},
			],
			[
				`messages by id: ${count}`,
				{ build: ({ queries }) => read.messagesRead(queries, messages(count)), reads: count, seeks: ID },
			],
		]),
	),
	'heads of 16 conversations raised': {
		build: ({ queries, dialect }) => ({ compile: () => append.raiseConversations(queries, dialect, busy) }),
		reads: 16,
		seeks: ID,
		names: 'conversations',
	},
	'16 messages edited': {
		build: ({ queries, dialect }) => ({ compile: () => append.changeMessages(queries, dialect, edited) }),
		reads: 16,
		seeks: ['conversation_id=? AND sequence=?'],
		names: 'messages',
	},
	'16 read markers moved': {
		build: ({ queries, dialect }) => ({ compile: () => append.changeMemberships(queries, dialect, moved) }),
		reads: 16,
		seeks: [KEY],
		names: 'memberships',
	},
	'missed messages of two conversations': {
		build: ({ queries, dialect }) => append.missedMessages(queries, dialect, missed),
		reads: 250,
		seeks: AFTER,
	},
	'unread messages of one conversation': {
		build: ({ queries }) => read.unreadCounts(queries, unread(1), CUSTOMER),
		reads: 3,
		seeks: AFTER,
	},
	'unread messages of 50 conversations': {
		build: ({ queries }) => read.unreadCounts(queries, unread(50), CUSTOMER),
		reads: 150,
		seeks: AFTER,
	},
	'earlier bodies of a message': {
		build: ({ queries }) => read.revisionsOf(queries, idOf('message', 100_005)),
		reads: 1,
		seeks: ['message_id=?'],
	},
	'the first members': memberPage(first, ['conversation_id=?']),
	'members after a place': memberPage({ ...first, after: someMember }, ['conversation_id=? AND joined_at>?']),
	'members before a place': memberPage({ ...last, before: someMember }, [
		'conversation_id=? AND joined_at<?',
	]),
	'the whole inbox': inbox({}, first, { walks: byActivity }),
	'the oldest of the inbox': inbox({}, last, { walks: byActivity }),
	'the inbox after a place': inbox({}, { ...first, after: middle }, { seeks: ['last_activity_at<?'] }),
	'the inbox before a place': inbox({}, { ...last, before: middle }, { seeks: ['last_activity_at>?'] }),
	// One in a hundred is open, 100 in all, which PostgreSQL may as well read all.
	'what is open of the inbox': inbox({ closed: false }, first, {
		walks: 'conversations_open_index',
		reads: 100,
	}),
	'what is open, after a place': inbox(
		{ closed: false },
		{ ...first, after: middle },
		{ reads: 100, seeks: ['last_activity_at<?'] },
	),
	'a third of the inbox by status': inbox({ status: ['OPEN'] }, first, { walks: byActivity, reads: 250 }),
	"a customer's conversations": listOf([CUSTOMER], 6),
	"a customer's conversations by a text that none has": listOf([CUSTOMER], 6, { search: 'nowhere' }),
	"a customer's conversations by values that none has": listOf([CUSTOMER], 6, {
		channel: ['EMAIL'],
		status: ['SNOOZED'],
		visibility: 'OPEN',
	}),
	"a customer's open conversations": listOf([CUSTOMER], 6, { closed: false }),
	"an agent's own conversations": listOf([AGENT], 250),
	"an agent's conversations with a customer": listOf([CUSTOMER, AGENT], 9),
	'users by id': {
		build: ({ queries }) =>
			read.usersById(
				queries,
				upTo(100).map((n) => idOf('user', n * 7)),
			),
		reads: 100,
		seeks: ID,
	},
	'a user by subject': {
		build: ({ queries }) => read.userBySubject(queries, 'subject-20000'),
		reads: 1,
		seeks: ['subject=?'],
	},
	'the first users': { ...userPage(undefined, first), walks: 'users_name_index' },
	'users after a place': { ...userPage(undefined, { ...first, after: someUser }), seeks: ['name>?'] },
	'users before a place': { ...userPage(undefined, { ...last, before: someUser }), seeks: ['name<?'] },
	'whether an agent knows a customer': {
		build: ({ queries, dialect }) => read.sharedConversation(queries, dialect, AGENT, CUSTOMER),
		reads: 10,
		seeks: [OWN, KEY],
	},
	'whether a customer knows an agent': {
		build: ({ queries, dialect }) => read.sharedConversation(queries, dialect, CUSTOMER, AGENT),
		reads: 10,
		seeks: [OWN, KEY],
	},
};
