import { type ExpressionBuilder, type ReferenceExpression, type SqlBool, sql } from 'kysely';
import type { Membership } from '../conversations/model.ts';
import type { ActivityCursor, MemberCursor, PageRequest, UserCursor } from '../conversations/pages.ts';
import type { ConversationFilter } from '../conversations/reader.ts';
import type { Dialect } from './dialect.ts';
import type { Queries, Tables } from './tables.ts';

/*
 * The reading statements.
 * Those that take ids answer in no order, without what is not there, and take at least one id.
 * A page comes in the order in which it is read (from its end: the last first), its cursors excluded, and asks for one
 * row more than its limit, which tells whether there are more.
 */

export function conversationsById(db: Queries, ids: readonly string[]) {
	return db.selectFrom('conversations').selectAll().where('id', 'in', ids);
}

/** With one user's membership of each: what access is decided by, in the same snapshot. */
export function conversationsSeen(db: Queries, ids: readonly string[], userId: string) {
	return db
		.selectFrom('conversations')
		.leftJoin('memberships', (join) =>
			join
				.onRef('memberships.conversation_id', '=', 'conversations.id')
				.on('memberships.user_id', '=', userId),
		)
		.selectAll('conversations')
		.select(['user_id', 'joined_at', 'left_at', 'left_sequence', 'last_read_sequence', 'removed'])
		.where('conversations.id', 'in', ids);
}

/** `lastSequence` alone: what the slow beat asks for all feeds at once. */
export function headsById(db: Queries, ids: readonly string[]) {
	return db.selectFrom('conversations').select(['id', 'last_sequence']).where('id', 'in', ids);
}

/** What a reader sees of a message in its conversation. */
const MESSAGE_COLUMNS = [
	'sequence',
	'id',
	'author_id',
	'body',
	'created_at',
	'edited_at',
	'edit_count',
	'deleted_at',
	'client_message_id',
	'reply_to_id',
	'internal',
	'channel',
] as const;

/** Without the keys, which only writing asks for. */
export function messagesRead(db: Queries, ids: readonly string[]) {
	return db
		.selectFrom('messages')
		.select(['conversation_id', ...MESSAGE_COLUMNS])
		.where('id', 'in', ids);
}

/** By sequence: one range scan. `notes`: whether the reader sees notes. */
export function historyPage(
	db: Queries,
	dialect: Dialect,
	conversationId: string,
	{ notes, memberId }: { readonly notes: boolean; readonly memberId?: string },
	page: PageRequest<number>,
) {
	const { after, before } = page;
	let rows = db.selectFrom('messages').select(MESSAGE_COLUMNS).where('conversation_id', '=', conversationId);
	if (after !== undefined) rows = rows.where('sequence', '>', after);
	if (before !== undefined) rows = rows.where('sequence', '<', before);
	if (!notes) rows = rows.where('internal', '=', false);
	if (memberId !== undefined)
		rows = rows.where(({ exists }) => exists(presentMembership(db, conversationId, memberId)));
	return dialect.first(rows.orderBy('sequence', page.fromEnd ? 'desc' : 'asc'), page.limit + 1);
}

function presentMembership(db: Queries, conversationId: string, userId: string) {
	return db
		.selectFrom('memberships')
		.select('user_id')
		.where('conversation_id', '=', conversationId)
		.where('user_id', '=', userId)
		.where('left_at', 'is', null);
}

/** The log above `after`, lowest sequence first, at most `limit`. */
export function entriesAfter(
	db: Queries,
	dialect: Dialect,
	conversationId: string,
	after: number,
	limit: number,
) {
	const rows = db
		.selectFrom('events')
		.selectAll()
		.where('conversation_id', '=', conversationId)
		.where('sequence', '>', after)
		.orderBy('sequence');
	return dialect.first(rows, limit);
}

/** Which of the commands stand in the log above `after`: one row each, however many entries a command left. */
export function commandsAfter(
	db: Queries,
	conversationId: string,
	after: number,
	commandIds: readonly string[],
) {
	return db
		.selectFrom('events')
		.select('command_id')
		.distinct()
		.where('conversation_id', '=', conversationId)
		.where('sequence', '>', after)
		.where('command_id', 'in', commandIds);
}

/** The bodies that edits replaced, the one first sent first. */
export function revisionsOf(db: Queries, messageId: string) {
	return db.selectFrom('message_revisions').selectAll().where('message_id', '=', messageId).orderBy('number');
}

/** Rows on one side of a place in an order of one column, then id. */
export function beside<
	Table extends 'memberships' | 'conversations' | 'users' | 'deliveries' | 'webhook_deliveries',
>(
	eb: ExpressionBuilder<Tables, Table>,
	first: ReferenceExpression<Tables, Table>,
	id: ReferenceExpression<Tables, Table>,
	side: '<' | '>',
	place: readonly [first: Date | string, id: string],
) {
	// The first condition alone is what an index can be entered by.
	return eb.and([
		eb(first, `${side}=`, place[0] as never),
		eb.or([eb(first, side, place[0] as never), eb(id, side, place[1] as never)]),
	]);
}

/** The present members, longest present first; the id decides between equals. */
export function membersPage(
	db: Queries,
	dialect: Dialect,
	conversationId: string,
	page: PageRequest<MemberCursor>,
) {
	const { after, before, fromEnd } = page;
	const direction = fromEnd ? 'desc' : 'asc';
	const place = ({ joinedAt, userId }: MemberCursor) => [joinedAt, userId] as const;
	let rows = db
		.selectFrom('memberships')
		.selectAll()
		.where('conversation_id', '=', conversationId)
		.where('left_at', 'is', null);
	if (after) rows = rows.where((eb) => beside(eb, 'joined_at', 'user_id', '>', place(after)));
	if (before) rows = rows.where((eb) => beside(eb, 'joined_at', 'user_id', '<', place(before)));
	return dialect.first(rows.orderBy('joined_at', direction).orderBy('user_id', direction), page.limit + 1);
}

/**
 * Newest activity first, so that `after` is older. Only those that all of `memberIds` are present in, and then only these
 * are read; without a member, a filter for what few have reads on until the page is full.
 */
export function conversationsPage(
	db: Queries,
	dialect: Dialect,
	filter: ConversationFilter,
	memberIds: readonly string[],
	page: PageRequest<ActivityCursor>,
) {
	const { after, before, fromEnd } = page;
	const { status, channel, visibility, closed, search } = filter;
	const direction = fromEnd ? 'asc' : 'desc';
	const place = ({ lastActivityAt, id }: ActivityCursor) => [lastActivityAt, id] as const;
	let rows = db.selectFrom('conversations').selectAll();
	if (status) rows = rows.where('status', 'in', status);
	if (channel) rows = rows.where('channel', 'in', channel);
	if (visibility) rows = rows.where('visibility', '=', visibility);
	if (closed !== undefined) rows = rows.where('closed_at', closed ? 'is not' : 'is', null);
	if (search) rows = rows.where(containing('subject', dialect, search));
	for (const memberId of memberIds) rows = rows.where((eb) => eb('id', 'in', presentIn(eb, memberId)));
	if (after) rows = rows.where((eb) => beside(eb, 'last_activity_at', 'id', '<', place(after)));
	if (before) rows = rows.where((eb) => beside(eb, 'last_activity_at', 'id', '>', place(before)));
	return dialect.first(rows.orderBy('last_activity_at', direction).orderBy('id', direction), page.limit + 1);
}

function presentIn(eb: ExpressionBuilder<Tables, 'conversations'>, userId: string) {
	return eb
		.selectFrom('memberships')
		.select('conversation_id')
		.where('user_id', '=', userId)
		.where('left_at', 'is', null);
}

/** Ignores case, as far as the database knows it. */
function containing(column: 'subject' | 'name', dialect: Dialect, text: string) {
	const pattern = `%${dialect.escapeLike(text)}%`;
	// Both sides by the same function: another one's idea of a capital would hide what is written just so.
	return sql<SqlBool>`${dialect.lower(column)} like lower(${pattern}) escape '\\'`;
}

export function usersById(db: Queries, ids: readonly string[]) {
	return db.selectFrom('users').selectAll().where('id', 'in', ids);
}

export function userBySubject(db: Queries, subject: string) {
	return db.selectFrom('users').selectAll().where('subject', '=', subject);
}

/** By name. A text to look for reads on until the page is full. */
export function usersPage(
	db: Queries,
	dialect: Dialect,
	text: string | undefined,
	page: PageRequest<UserCursor>,
) {
	const { after, before, fromEnd } = page;
	const direction = fromEnd ? 'desc' : 'asc';
	const place = ({ name, id }: UserCursor) => [name, id] as const;
	let rows = db.selectFrom('users').selectAll();
	if (text)
		rows = rows.where((eb) =>
			eb.or([containing('name', dialect, text), containing('subject', dialect, text)]),
		);
	if (after) rows = rows.where((eb) => beside(eb, 'name', 'id', '>', place(after)));
	if (before) rows = rows.where((eb) => beside(eb, 'name', 'id', '<', place(before)));
	return dialect.first(rows.orderBy('name', direction).orderBy('id', direction), page.limit + 1);
}

/** A conversation that the first is a present member of, and the other is or was. */
export function sharedConversation(db: Queries, dialect: Dialect, userId: string, otherId: string) {
	const shared = db
		.selectFrom('memberships as own')
		.innerJoin('memberships as others', 'others.conversation_id', 'own.conversation_id')
		.select('own.conversation_id')
		.where('own.user_id', '=', userId)
		.where('own.left_at', 'is', null)
		.where('others.user_id', '=', otherId)
		.orderBy('own.conversation_id');
	return dialect.first(shared, 1);
}

/** How much `userId` has not read of each, a scan from the read marker on; where that is none there is no row. */
export function unreadCounts(db: Queries, memberships: readonly Membership[], userId: string) {
	return db
		.selectFrom('messages')
		.select((eb) => ['conversation_id', eb.fn.countAll<number | string>().as('count')])
		.where((eb) =>
			eb.or(
				memberships.map((membership) =>
					eb.and([
						eb('conversation_id', '=', membership.conversationId),
						eb('sequence', '>', membership.lastReadSequence),
					]),
				),
			),
		)
		.where((eb) => eb.or([eb('author_id', '!=', userId), eb('author_id', 'is', null)]))
		.where('deleted_at', 'is', null)
		.where('internal', '=', false)
		.groupBy('conversation_id');
}
