import type { Conversation, Membership, StoredMessage } from '../conversations/model.ts';
import type { Thread } from '../conversations/outside.ts';
import type {
	Changes,
	MembershipKey,
	MissedQuery,
	OpenDelivery,
	OpenQuery,
	SendKey,
	StoreTransaction,
} from '../conversations/store.ts';
import {
	changeConversations,
	changeMemberships,
	changeMessages,
	eraseRevisions,
	insertConversations,
	insertEntries,
	insertMemberships,
	insertMessages,
	insertRevisions,
	membershipsByKey,
	messagesById,
	messagesByKey,
	missedMessages,
	raiseConversations,
} from './append.ts';
import { Chunks, MAX_IN_UNION } from './chunks.ts';
import type { Dialect } from './dialect.ts';
import { toOpenDelivery, toThread } from './outside-rows.ts';
import { withOutside } from './read-outside.ts';
import { toConversation, toMembership, toStoredMessage } from './rows.ts';
import type { Queries } from './tables.ts';
import { insertQueuedWebhooks } from './webhook-statements.ts';
import {
	newestThreads,
	openDeliveries,
	optOutsByKey,
	receiptsByKey,
	saveOutside,
	threadsOf,
} from './write-outside.ts';

/** An open transaction as the domain knows it. */
export class KyselyTransaction implements StoreTransaction {
	readonly #db: Queries;
	readonly #dialect: Dialect;
	readonly #chunks: Chunks;

	constructor(db: Queries, dialect: Dialect) {
		this.#db = db;
		this.#dialect = dialect;
		this.#chunks = new Chunks(db, dialect);
	}

	async lock(ids: readonly string[]): Promise<ReadonlyMap<string, Conversation>> {
		const rows = await this.#chunks.run(ids, 1, (some) =>
			this.#dialect.lockRows(this.#db, 'conversations', some),
		);
		return new Map(rows.map(toConversation).map((conversation) => [conversation.id, conversation]));
	}

	async messagesByKey(keys: readonly SendKey[]): Promise<readonly StoredMessage[]> {
		const rows = await this.#chunks.run(keys, 2, (some) => messagesByKey(this.#db, this.#dialect, some));
		return this.#withOutside(rows.map(toStoredMessage));
	}

	async messages(ids: readonly string[]): Promise<readonly StoredMessage[]> {
		const rows = await this.#chunks.run(ids, 1, (some) => messagesById(this.#db, some).compile());
		return this.#withOutside(rows.map(toStoredMessage));
	}

	async memberships(keys: readonly MembershipKey[]): Promise<readonly Membership[]> {
		const rows = await this.#chunks.run(keys, 2, (some) => membershipsByKey(this.#db, this.#dialect, some));
		return rows.map(toMembership);
	}

	async missed(queries: readonly MissedQuery[]): Promise<readonly StoredMessage[]> {
		const build = (some: readonly MissedQuery[]) => missedMessages(this.#db, this.#dialect, some).compile();
		const rows = await this.#chunks.run(queries, 5, build, MAX_IN_UNION);
		return this.#withOutside(rows.map(toStoredMessage));
	}

	async threads(pairKeys: readonly string[]): Promise<readonly Thread[]> {
		const rows = await this.#chunks.run(pairKeys, 1, (some) => newestThreads(this.#db, some).compile());
		return rows.map(toThread);
	}

	async threadsOf(conversationIds: readonly string[]): Promise<readonly Thread[]> {
		const rows = await this.#chunks.run(conversationIds, 1, (some) => threadsOf(this.#db, some).compile());
		return rows.map(toThread);
	}

	async openDeliveries(queries: readonly OpenQuery[]): Promise<readonly OpenDelivery[]> {
		const rows = await this.#chunks.run(
			queries,
			2,
			(some) => openDeliveries(this.#db, this.#dialect, some),
			MAX_IN_UNION,
		);
		return rows.flatMap(toOpenDelivery);
	}

	async receipts(keys: readonly string[]): Promise<ReadonlySet<string>> {
		const rows = await this.#chunks.run(keys, 1, (some) => receiptsByKey(this.#db, some).compile());
		return new Set(rows.map((row) => row.receipt_key));
	}

	async optOuts(keys: readonly string[]): Promise<ReadonlySet<string>> {
		const rows = await this.#chunks.run(keys, 1, (some) => optOutsByKey(this.#db, some).compile());
		return new Set(rows.map((row) => row.opt_out_key));
	}

	#withOutside(messages: readonly StoredMessage[]): Promise<readonly StoredMessage[]> {
		return withOutside(this.#db, messages, (_, ids, build) =>
			this.#chunks.run(ids, 1, (some) => build(some).compile()),
		);
	}

	async save(changes: Changes): Promise<void> {
		const [db, dialect, chunks] = [this.#db, this.#dialect, this.#chunks];
		await chunks.run(changes.newConversations, 10, (some) => insertConversations(db, some).compile());
		await chunks.run(changes.newMemberships, 7, (some) => insertMemberships(db, some).compile());
		await chunks.run(changes.newMessages, 15, (some) => insertMessages(db, some).compile());
		await chunks.run(changes.entries, 9, (some) => insertEntries(db, some).compile());
		await chunks.run(changes.newRevisions, 4, (some) => insertRevisions(db, some).compile());
		await chunks.run(
			changes.changedMemberships,
			7,
			(some) => changeMemberships(db, dialect, some),
			MAX_IN_UNION,
		);
		await chunks.run(changes.changedMessages, 6, (some) => changeMessages(db, dialect, some), MAX_IN_UNION);
		await chunks.run(changes.erasedRevisions, 1, (some) => eraseRevisions(db, some).compile());
		await saveOutside(db, dialect, chunks, changes);
		await chunks.run(changes.queuedWebhooks, 13, (some) => insertQueuedWebhooks(db, some).compile());
		await this.#raise(changes);
	}

	/** Last of all: a head is raised by exactly what stands in the log. */
	async #raise({ changedConversations, entries }: Changes): Promise<void> {
		const [db, dialect, chunks] = [this.#db, this.#dialect, this.#chunks];
		const altered = new Set(
			entries.filter(({ type }) => type === 'ConversationChanged').map((entry) => entry.conversationId),
		);
		const [changed, raised] = [
			changedConversations.filter(({ id }) => altered.has(id)),
			changedConversations.filter(({ id }) => !altered.has(id)),
		];
		await chunks.run(raised, 3, (some) => raiseConversations(db, dialect, some), MAX_IN_UNION);
		await chunks.run(changed, 8, (some) => changeConversations(db, dialect, some), MAX_IN_UNION);
	}
}
