import type {
	Conversation,
	LogEntry,
	Membership,
	Message,
	Revision,
	StoredMessage,
} from '../conversations/model.ts';
import type { MembershipKey, MissedQuery, SendKey } from '../conversations/store.ts';
import { changeRows } from './change-rows.ts';
import type { Dialect } from './dialect.ts';
import { fromConversation, fromLogEntry, fromMembership, fromMessage, fromRevision } from './rows.ts';
import type { Queries } from './tables.ts';

/*
 * The statements of the write queue, each one query for a whole batch. `db` is the open transaction.
 * Those that look up answer in no order, what is not there is absent, and their lists must not be empty: they name
 * what the transaction has locked. Those that change or insert write what they are given and check nothing.
 */

export function messagesByKey(db: Queries, dialect: Dialect, keys: readonly SendKey[]) {
	return dialect.byKeys(
		db,
		'messages',
		keys.map(({ conversationId, key }) => [conversationId, key]),
	);
}

/** With their keys, in whatever conversation. */
export function messagesById(db: Queries, ids: readonly string[]) {
	return db.selectFrom('messages').selectAll().where('id', 'in', ids);
}

export function membershipsByKey(db: Queries, dialect: Dialect, keys: readonly MembershipKey[]) {
	return dialect.byKeys(
		db,
		'memberships',
		keys.map(({ conversationId, userId }) => [conversationId, userId]),
	);
}

/** For each query its oldest, at most `limit`; an outside contact's, whose author is null, are among them. */
export function missedMessages(db: Queries, dialect: Dialect, queries: readonly MissedQuery[]) {
	const missedBy = ({ conversationId, after, exceptAuthorId, limit }: MissedQuery) => {
		const missed = db
			.selectFrom('messages')
			.selectAll()
			.where('conversation_id', '=', conversationId)
			.where('sequence', '>', after)
			.where((eb) => eb.or([eb('author_id', '!=', exceptAuthorId), eb('author_id', 'is', null)]))
			.where('internal', '=', false);
		return db.selectFrom(dialect.first(missed.orderBy('sequence'), limit).as('missed')).selectAll();
	};
	return queries.map(missedBy).reduce((all, missed) => all.unionAll(missed));
}

/** Sequences and activity. */
export function raiseConversations(db: Queries, dialect: Dialect, conversations: readonly Conversation[]) {
	const columns = ({ id, lastSequence, lastActivityAt }: Conversation) => ({
		id,
		last_sequence: lastSequence,
		last_activity_at: lastActivityAt,
	});
	return changeRows(db, dialect, 'conversations', ['id'], conversations.map(columns));
}

/** All but who created it and when. */
export function changeConversations(db: Queries, dialect: Dialect, conversations: readonly Conversation[]) {
	const columns = (conversation: Conversation) => {
		const { creator_id, created_at, ...changing } = fromConversation(conversation);
		return changing;
	};
	return changeRows(db, dialect, 'conversations', ['id'], conversations.map(columns));
}

export function changeMemberships(db: Queries, dialect: Dialect, memberships: readonly Membership[]) {
	return changeRows(
		db,
		dialect,
		'memberships',
		['conversation_id', 'user_id'],
		memberships.map(fromMembership),
	);
}

/** What an edit or a deletion changes. Found by conversation and sequence, by which the rows are clustered. */
export function changeMessages(db: Queries, dialect: Dialect, messages: readonly Message[]) {
	const columns = (message: Message) => ({
		conversation_id: message.conversationId,
		sequence: message.sequence,
		body: message.body,
		edited_at: message.editedAt,
		edit_count: message.editCount,
		deleted_at: message.deletedAt,
	});
	return changeRows(db, dialect, 'messages', ['conversation_id', 'sequence'], messages.map(columns));
}

/*
 * Multi-row inserts: `rows` times columns must stay within the dialect's `maxParameters`. A key or a sequence that is
 * there already fails the statement.
 */

export function insertMessages(db: Queries, messages: readonly StoredMessage[]) {
	return db.insertInto('messages').values(messages.map(fromMessage));
}

export function insertEntries(db: Queries, entries: readonly LogEntry[]) {
	return db.insertInto('events').values(entries.map(fromLogEntry));
}

export function insertMemberships(db: Queries, memberships: readonly Membership[]) {
	return db.insertInto('memberships').values(memberships.map(fromMembership));
}

export function insertConversations(db: Queries, conversations: readonly Conversation[]) {
	return db.insertInto('conversations').values(conversations.map(fromConversation));
}

export function insertRevisions(db: Queries, revisions: readonly Revision[]) {
	return db.insertInto('message_revisions').values(revisions.map(fromRevision));
}

/** Forgets the earlier bodies of deleted messages. */
export function eraseRevisions(db: Queries, messageIds: readonly string[]) {
	return db.deleteFrom('message_revisions').where('message_id', 'in', messageIds);
}
