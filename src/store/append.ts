import { sql } from 'kysely';
import type {
	Conversation,
	LogEntry,
	Membership,
	Message,
	Revision,
	StoredMessage,
} from '../conversations/model.ts';
import type {
	Changes,
	MembershipKey,
	MissedQuery,
	SendKey,
	StoreTransaction,
} from '../conversations/store.ts';
import type { Dialect } from './dialect.ts';
import {
	fromConversation,
	fromLogEntry,
	fromMembership,
	fromMessage,
	fromRevision,
	toConversation,
	toMembership,
	toStoredMessage,
} from './rows.ts';
import type { Queries, Tables } from './tables.ts';

/*
 * The statements of the write queue, each one query for a whole batch. `db` is the open transaction.
 * Those that look up answer in no order, what is not there is absent, and their lists must not be empty: they name
 * what the transaction has locked. Those that change or insert write what they are given and check nothing.
 */

export function messagesByKey(db: Queries, keys: readonly SendKey[]) {
	return db
		.selectFrom('messages')
		.selectAll()
		.where((eb) =>
			eb.or(
				keys.map((key) =>
					eb.and([eb('conversation_id', '=', key.conversationId), eb('send_key', '=', key.key)]),
				),
			),
		);
}

/** With their keys, in whatever conversation. */
export function messagesById(db: Queries, ids: readonly string[]) {
	return db.selectFrom('messages').selectAll().where('id', 'in', ids);
}

export function membershipsByKey(db: Queries, keys: readonly MembershipKey[]) {
	return db
		.selectFrom('memberships')
		.selectAll()
		.where((eb) =>
			eb.or(
				keys.map((key) =>
					eb.and([eb('conversation_id', '=', key.conversationId), eb('user_id', '=', key.userId)]),
				),
			),
		);
}

/** Oldest first, at most `limit`; an outside contact's, whose author is null, are among them. */
export function missedMessages(db: Queries, dialect: Dialect, query: MissedQuery) {
	const { conversationId, after, exceptAuthorId, limit } = query;
	const missed = db
		.selectFrom('messages')
		.selectAll()
		.where('conversation_id', '=', conversationId)
		.where('sequence', '>', after)
		.where((eb) => eb.or([eb('author_id', '!=', exceptAuthorId), eb('author_id', 'is', null)]))
		.where('internal', '=', false);
	return dialect.first(missed.orderBy('sequence'), limit);
}

/** Sequences and activity of all conversations of a batch in one statement. */
export function raiseConversations(db: Queries, conversations: readonly Conversation[]) {
	// The ELSE is never taken: it tells the database the parameters' types.
	const byId = <Column extends 'last_sequence' | 'last_activity_at', Value>(
		column: Column,
		value: (conversation: Conversation) => Value,
	) => {
		const cases = conversations.map(
			(conversation) => sql`when ${conversation.id} then ${value(conversation)}`,
		);
		return sql<Value>`case ${sql.ref('id')} ${sql.join(cases, sql` `)} else ${sql.ref(column)} end`;
	};
	return db
		.updateTable('conversations')
		.set({
			last_sequence: byId('last_sequence', (conversation) => conversation.lastSequence),
			last_activity_at: byId('last_activity_at', (conversation) => conversation.lastActivityAt),
		})
		.where(
			'id',
			'in',
			conversations.map(({ id }) => id),
		);
}

/** All but who created it and when. */
export function changeConversation(db: Queries, conversation: Conversation) {
	const { id, creator_id, created_at, ...columns } = fromConversation(conversation);
	return db.updateTable('conversations').set(columns).where('id', '=', id);
}

export function changeMembership(db: Queries, membership: Membership) {
	const { conversation_id, user_id, ...columns } = fromMembership(membership);
	return db
		.updateTable('memberships')
		.set(columns)
		.where('conversation_id', '=', conversation_id)
		.where('user_id', '=', user_id);
}

/** What an edit or a deletion changes. Found by conversation and sequence, by which the rows are clustered. */
export function changeMessage(db: Queries, message: Message) {
	return db
		.updateTable('messages')
		.set({
			body: message.body,
			edited_at: message.editedAt,
			edit_count: message.editCount,
			deleted_at: message.deletedAt,
		})
		.where('conversation_id', '=', message.conversationId)
		.where('sequence', '=', message.sequence);
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

/** An open transaction as the domain knows it. */
export class KyselyTransaction implements StoreTransaction {
	readonly #db: Queries;
	readonly #dialect: Dialect;

	constructor(db: Queries, dialect: Dialect) {
		this.#db = db;
		this.#dialect = dialect;
	}

	async lock(ids: readonly string[]): Promise<ReadonlyMap<string, Conversation>> {
		const { rows } = await this.#db.executeQuery(this.#dialect.lockConversations(this.#db, ids));
		return new Map(rows.map(toConversation).map((conversation) => [conversation.id, conversation]));
	}

	async messagesByKey(keys: readonly SendKey[]): Promise<readonly StoredMessage[]> {
		return (await messagesByKey(this.#db, keys).execute()).map(toStoredMessage);
	}

	async messages(ids: readonly string[]): Promise<readonly StoredMessage[]> {
		return (await messagesById(this.#db, ids).execute()).map(toStoredMessage);
	}

	async memberships(keys: readonly MembershipKey[]): Promise<readonly Membership[]> {
		return (await membershipsByKey(this.#db, keys).execute()).map(toMembership);
	}

	async missed(query: MissedQuery): Promise<readonly StoredMessage[]> {
		return (await missedMessages(this.#db, this.#dialect, query).execute()).map(toStoredMessage);
	}

	async save(changes: Changes): Promise<void> {
		const db = this.#db;
		await this.#insert('conversations', changes.newConversations, (rows) =>
			insertConversations(db, rows).execute(),
		);
		await this.#insert('memberships', changes.newMemberships, (rows) =>
			insertMemberships(db, rows).execute(),
		);
		await this.#insert('messages', changes.newMessages, (rows) => insertMessages(db, rows).execute());
		await this.#insert('events', changes.entries, (rows) => insertEntries(db, rows).execute());
		await this.#insert('message_revisions', changes.newRevisions, (rows) =>
			insertRevisions(db, rows).execute(),
		);
		for (const membership of changes.changedMemberships) await changeMembership(db, membership).execute();
		for (const message of changes.changedMessages) await changeMessage(db, message).execute();
		if (changes.erasedRevisions.length > 0) await eraseRevisions(db, changes.erasedRevisions).execute();
		await this.#raise(changes);
	}

	/** Last of all: a head is raised by exactly what stands in the log. */
	async #raise({ changedConversations, entries }: Changes): Promise<void> {
		const altered = new Set(
			entries.filter(({ type }) => type === 'ConversationChanged').map((entry) => entry.conversationId),
		);
		const raised = changedConversations.filter(({ id }) => !altered.has(id));
		if (raised.length > 0) await raiseConversations(this.#db, raised).execute();
		for (const conversation of changedConversations)
			if (altered.has(conversation.id)) await changeConversation(this.#db, conversation).execute();
	}

	/** Multi-row inserts within what one statement takes. */
	async #insert<Item>(
		table: keyof Tables,
		items: readonly Item[],
		insert: (items: readonly Item[]) => Promise<unknown>,
	): Promise<void> {
		const size = Math.min(1_000, Math.floor(this.#dialect.maxParameters / COLUMNS[table]));
		for (let from = 0; from < items.length; from += size) await insert(items.slice(from, from + size));
	}
}

const COLUMNS: Record<keyof Tables, number> = {
	conversations: 10,
	memberships: 7,
	messages: 15,
	message_revisions: 4,
	events: 9,
	users: 5,
	settings: 2,
};
