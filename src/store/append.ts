import { type CompiledQuery, sql } from 'kysely';
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
export function raiseConversations(db: Queries, conversations: readonly Conversation[]) {
	const columns = ({ id, lastSequence, lastActivityAt }: Conversation) => ({
		id,
		last_sequence: lastSequence,
		last_activity_at: lastActivityAt,
	});
	return changeRows(db, 'conversations', ['id'], conversations.map(columns));
}

/** All but who created it and when. */
export function changeConversations(db: Queries, conversations: readonly Conversation[]) {
	const columns = (conversation: Conversation) => {
		const { creator_id, created_at, ...changing } = fromConversation(conversation);
		return changing;
	};
	return changeRows(db, 'conversations', ['id'], conversations.map(columns));
}

export function changeMemberships(db: Queries, memberships: readonly Membership[]) {
	return changeRows(db, 'memberships', ['conversation_id', 'user_id'], memberships.map(fromMembership));
}

/** What an edit or a deletion changes. Found by conversation and sequence, by which the rows are clustered. */
export function changeMessages(db: Queries, messages: readonly Message[]) {
	const columns = (message: Message) => ({
		conversation_id: message.conversationId,
		sequence: message.sequence,
		body: message.body,
		edited_at: message.editedAt,
		edit_count: message.editCount,
		deleted_at: message.deletedAt,
	});
	return changeRows(db, 'messages', ['conversation_id', 'sequence'], messages.map(columns));
}

/** One UPDATE for many rows, which have the same columns; `keys` are those that they are found by. */
function changeRows<Row extends Record<string, unknown>>(
	db: Queries,
	table: keyof Tables,
	keys: readonly (keyof Row & string)[],
	rows: readonly Row[],
): CompiledQuery {
	const columns = Object.keys(rows[0] ?? {});
	const changed = (column: string) => sql.ref(`changed.${column}`);
	const set = columns
		.filter((column) => !keys.includes(column))
		.map((column) => sql`${sql.ref(column)} = ${changed(column)}`);
	const found = keys.map((key) => sql`${sql.ref(`${table}.${key}`)} = ${changed(key)}`);
	const values = rows.map((row) => sql`union all select ${sql.join(columns.map((column) => row[column]))}`);
	// The first SELECT has no rows: it names the columns, and tells the database the parameters' types.
	return sql`update ${sql.table(table)} set ${sql.join(set)} from (
		select ${sql.join(columns.map((column) => sql.ref(column)))} from ${sql.table(table)} where 1 = 0
		${sql.join(values, sql` `)}
	) as ${sql.table('changed')} where ${sql.join(found, sql` and `)}`.compile(db);
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

/** In one statement. SQL Server takes 1,000 rows of VALUES. */
const MAX_ITEMS = 1_000;
/** SQLite takes 500 SELECTs in a union. */
const MAX_IN_UNION = 499;

/** An open transaction as the domain knows it. */
export class KyselyTransaction implements StoreTransaction {
	readonly #db: Queries;
	readonly #dialect: Dialect;

	constructor(db: Queries, dialect: Dialect) {
		this.#db = db;
		this.#dialect = dialect;
	}

	async lock(ids: readonly string[]): Promise<ReadonlyMap<string, Conversation>> {
		const rows = await this.#run(ids, 1, (some) => this.#dialect.lockConversations(this.#db, some));
		return new Map(rows.map(toConversation).map((conversation) => [conversation.id, conversation]));
	}

	async messagesByKey(keys: readonly SendKey[]): Promise<readonly StoredMessage[]> {
		const rows = await this.#run(keys, 2, (some) => messagesByKey(this.#db, this.#dialect, some));
		return rows.map(toStoredMessage);
	}

	async messages(ids: readonly string[]): Promise<readonly StoredMessage[]> {
		const rows = await this.#run(ids, 1, (some) => messagesById(this.#db, some).compile());
		return rows.map(toStoredMessage);
	}

	async memberships(keys: readonly MembershipKey[]): Promise<readonly Membership[]> {
		const rows = await this.#run(keys, 2, (some) => membershipsByKey(this.#db, this.#dialect, some));
		return rows.map(toMembership);
	}

	async missed(queries: readonly MissedQuery[]): Promise<readonly StoredMessage[]> {
		const build = (some: readonly MissedQuery[]) => missedMessages(this.#db, this.#dialect, some).compile();
		const rows = await this.#run(queries, 5, build, MAX_IN_UNION);
		return rows.map(toStoredMessage);
	}

	async save(changes: Changes): Promise<void> {
		const db = this.#db;
		await this.#run(changes.newConversations, 10, (some) => insertConversations(db, some).compile());
		await this.#run(changes.newMemberships, 7, (some) => insertMemberships(db, some).compile());
		await this.#run(changes.newMessages, 15, (some) => insertMessages(db, some).compile());
		await this.#run(changes.entries, 9, (some) => insertEntries(db, some).compile());
		await this.#run(changes.newRevisions, 4, (some) => insertRevisions(db, some).compile());
		await this.#run(changes.changedMemberships, 7, (some) => changeMemberships(db, some), MAX_IN_UNION);
		await this.#run(changes.changedMessages, 6, (some) => changeMessages(db, some), MAX_IN_UNION);
		await this.#run(changes.erasedRevisions, 1, (some) => eraseRevisions(db, some).compile());
		await this.#raise(changes);
	}

	/** Last of all: a head is raised by exactly what stands in the log. */
	async #raise({ changedConversations, entries }: Changes): Promise<void> {
		const altered = new Set(
			entries.filter(({ type }) => type === 'ConversationChanged').map((entry) => entry.conversationId),
		);
		const [changed, raised] = [
			changedConversations.filter(({ id }) => altered.has(id)),
			changedConversations.filter(({ id }) => !altered.has(id)),
		];
		await this.#run(raised, 3, (some) => raiseConversations(this.#db, some), MAX_IN_UNION);
		await this.#run(changed, 8, (some) => changeConversations(this.#db, some), MAX_IN_UNION);
	}

	/** One statement for all items, or for each chunk of them that one takes. */
	async #run<Item, Row>(
		items: readonly Item[],
		parametersEach: number,
		build: (some: readonly Item[]) => CompiledQuery<Row>,
		maxItems = MAX_ITEMS,
	): Promise<readonly Row[]> {
		const size = Math.min(maxItems, Math.floor(this.#dialect.maxParameters / parametersEach));
		const rows: Row[] = [];
		for (let from = 0; from < items.length; from += size) {
			const answer = await this.#db.executeQuery(build(items.slice(from, from + size)));
			rows.push(...answer.rows);
		}
		return rows;
	}
}
