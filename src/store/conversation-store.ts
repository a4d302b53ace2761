import type {
	Conversation,
	ConversationEvent,
	LogEntry,
	Membership,
	Message,
	Revision,
} from '../conversations/model.ts';
import type { ActivityCursor, MemberCursor, Page, PageRequest } from '../conversations/pages.ts';
import type { ConversationFilter } from '../conversations/reader.ts';
import type {
	ConversationStore,
	MembershipKey,
	SeenConversation,
	StoreTransaction,
} from '../conversations/store.ts';
import { membershipsByKey } from './append.ts';
import type { Database } from './database.ts';
import {
	commandsAfter,
	conversationsById,
	conversationsPage,
	conversationsSeen,
	entriesAfter,
	headsById,
	historyPage,
	membersPage,
	revisionsOf,
	unreadCounts,
} from './read.ts';
import { completed, readMessages } from './read-messages.ts';
import {
	toConversation,
	toLogEntry,
	toMembership,
	toMessage,
	toRevision,
	toSeenConversation,
} from './rows.ts';
import { readEpoch } from './settings.ts';
import type { Queries } from './tables.ts';
import { KyselyTransaction } from './transaction.ts';

/** The store of conversations over Kysely: the hot paths read and write rows, never entities. */
export class KyselyConversationStore implements ConversationStore {
	readonly #database: Database;
	readonly #onReplaced: () => void;
	#epoch: string | undefined;

	/** `onReplaced` is called whenever the log is found to be another one. */
	constructor(database: Database, onReplaced: () => void) {
		this.#database = database;
		this.#onReplaced = onReplaced;
	}

	get #db(): Queries {
		return this.#database.queries;
	}

	transact<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T> {
		return this.#database.transact((db) => work(new KyselyTransaction(db, this.#database.dialect)));
	}

	async findCommands(
		commands: readonly {
			readonly conversationId: string;
			readonly commandId: string;
			readonly after: number;
		}[],
	): Promise<ReadonlySet<string>> {
		const found = new Set<string>();
		for (const [conversationId, asked] of Map.groupBy(commands, (command) => command.conversationId)) {
			const after = Math.min(...asked.map((command) => command.after));
			const ids = asked.map((command) => command.commandId);
			const rows = await commandsAfter(this.#db, conversationId, after, ids).execute();
			for (const row of rows) found.add(row.command_id.toLowerCase());
		}
		return found;
	}

	async epoch(): Promise<string> {
		const epoch = await readEpoch(this.#db);
		if (this.#epoch !== undefined && this.#epoch !== epoch) this.#onReplaced();
		this.#epoch = epoch;
		return epoch;
	}

	async heads(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
		const rows = await headsById(this.#db, ids).execute();
		return new Map(rows.map((row) => [row.id.toLowerCase(), row.last_sequence]));
	}

	async eventsAfter(
		conversationId: string,
		after: number,
		limit: number,
	): Promise<readonly ConversationEvent[]> {
		const db = this.#db;
		// The log first: what the later statements read of its subjects is then of the entry's time or later.
		const entries = await entriesAfter(db, this.#database.dialect, conversationId, after, limit).execute();
		if (entries.length === 0) return [];
		const conversation = await conversationsById(db, [conversationId]).executeTakeFirstOrThrow();
		return this.#asEvents(db, toConversation(conversation), entries.map(toLogEntry));
	}

	async #asEvents(
		db: Queries,
		conversation: Conversation,
		entries: readonly LogEntry[],
	): Promise<readonly ConversationEvent[]> {
		const messageIds = [...new Set(entries.flatMap(({ messageId }) => messageId ?? []))];
		const userIds = [...new Set(entries.flatMap(({ memberId }) => memberId ?? []))];
		const messages = new Map<string, Message>();
		if (messageIds.length > 0)
			for (const message of await readMessages(this.#database, messageIds)) messages.set(message.id, message);
		const members = new Map<string, Membership>();
		if (userIds.length > 0) {
			const keys = userIds.map((userId) => ({ conversationId: conversation.id, userId }));
			const found = await db.executeQuery(membershipsByKey(db, this.#database.dialect, keys));
			for (const row of found.rows) {
				const membership = toMembership(row);
				members.set(membership.userId, membership);
			}
		}
		return entries.map((entry) => ({
			...entry,
			conversation,
			message: entry.messageId === null ? null : (messages.get(entry.messageId) ?? null),
			member: entry.memberId === null ? null : (members.get(entry.memberId) ?? null),
			users: [],
		}));
	}

	async conversations(ids: readonly string[], userId: string): Promise<readonly SeenConversation[]> {
		const { statements } = this.#database;
		const build = () => conversationsSeen(this.#db, ids, userId);
		const rows = await statements.rows(`conversations ${ids.length}`, [userId, ...ids], build);
		return rows.map(toSeenConversation);
	}

	async memberships(keys: readonly MembershipKey[]): Promise<readonly Membership[]> {
		const { dialect, statements } = this.#database;
		const parameters = dialect.keyParameters(
			keys.map(({ conversationId, userId }) => [conversationId, userId]),
		);
		const build = () => ({ compile: () => membershipsByKey(this.#db, dialect, keys) });
		const rows = await statements.rows(`memberships ${keys.length}`, parameters, build);
		return rows.map(toMembership);
	}

	async messagesWithConversations(ids: readonly string[]) {
		const messages = await readMessages(this.#database, ids);
		if (messages.length === 0) return [];
		const conversationIds = [...new Set(messages.map((message) => message.conversationId))];
		const rows = await conversationsById(this.#db, conversationIds).execute();
		const conversations = new Map(
			rows.map(toConversation).map((conversation) => [conversation.id, conversation]),
		);
		return messages.flatMap((message) => {
			const conversation = conversations.get(message.conversationId);
			return conversation ? [{ message, conversation }] : [];
		});
	}

	async history(
		conversationId: string,
		sight: { readonly notes: boolean; readonly memberId?: string },
		page: PageRequest<number>,
	): Promise<Page<Message>> {
		const { dialect, statements } = this.#database;
		const { after, before, limit, fromEnd } = page;
		const { notes, memberId } = sight;
		const shape = [after !== undefined, before !== undefined, notes, memberId !== undefined, fromEnd, limit];
		const build = () => historyPage(this.#db, dialect, conversationId, sight, page);
		const member = memberId === undefined ? [] : [conversationId, memberId];
		const values = [conversationId, after, before, notes ? undefined : false, ...member];
		const parameters = [...values, dialect.firstParameter(limit + 1)].filter((value) => value !== undefined);
		const rows = await statements.rows(`history ${shape.join()}`, parameters, build);
		const { rows: found, hasMore } = cut(rows, page);
		const messages = found.map((row) => toMessage(row, conversationId));
		return { rows: await completed(this.#database, messages), hasMore };
	}

	async revisions(messageId: string): Promise<readonly Revision[]> {
		return (await revisionsOf(this.#db, messageId).execute()).map(toRevision);
	}

	async members(conversationId: string, page: PageRequest<MemberCursor>): Promise<Page<Membership>> {
		const rows = await membersPage(this.#db, this.#database.dialect, conversationId, page).execute();
		return cut(rows.map(toMembership), page);
	}

	async unreadCounts(
		memberships: readonly Membership[],
		userId: string,
	): Promise<ReadonlyMap<string, number>> {
		if (memberships.length === 0) return new Map();
		const rows = await unreadCounts(this.#db, memberships, userId).execute();
		return new Map(rows.map((row) => [row.conversation_id.toLowerCase(), Number(row.count)]));
	}

	async listConversations(
		filter: ConversationFilter,
		memberId: string | undefined,
		page: PageRequest<ActivityCursor>,
	): Promise<Page<Conversation>> {
		// `in ()` is no SQL but SQLite's.
		if (filter.status?.length === 0 || filter.channel?.length === 0) return { rows: [], hasMore: false };
		const memberIds = [...new Set([memberId, filter.memberId])].filter((id) => id !== undefined);
		const rows = await conversationsPage(this.#db, this.#database.dialect, filter, memberIds, page).execute();
		return cut(rows.map(toConversation), page);
	}
}

/** One row more than asked for says that there are more. Rows counted from the end are turned round. */
export function cut<Row>(rows: Row[], page: PageRequest<unknown>): Page<Row> {
	const hasMore = rows.length > page.limit;
	if (hasMore) rows.length = page.limit;
	return { rows: page.fromEnd ? rows.reverse() : rows, hasMore };
}
