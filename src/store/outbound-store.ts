import type { DeliveryAttempt, DeliveryStatus, OutsideChannel, Thread } from '../conversations/outside.ts';
import type { Page, PageRequest } from '../conversations/pages.ts';
import type { DeadLetter, DeadLetterCursor, DueDelivery, OutboundStore } from '../outbound/store.ts';
import { cut } from './conversation-store.ts';
import type { Database } from './database.ts';
import type { Dialect } from './dialect.ts';
import { toAttempt, toDueDelivery, toThread } from './outside-rows.ts';
import { ProviderLimits } from './provider-limits.ts';
import { readMessages } from './read-messages.ts';
import {
	attemptsOf,
	countByStatus,
	countWaiting,
	type DueWanted,
	deadLettersPage,
	deliveryByProviderId,
	dueDeliveries,
	expiredDeliveries,
	forgetReceipts,
	newestThread,
	nextDue,
} from './read-outbound.ts';
import { repeatedly } from './repeat.ts';
import { instant, instantOrNull, uuid } from './rows.ts';
import type { TurnsWanted } from './turns.ts';
import { optOutsByKey } from './write-outside.ts';

/** Receipts that one transaction forgets. */
const FORGOTTEN = 1_000;

/** The store of what goes out over Kysely. What a worker asks all the time does not wait for commits. */
export class KyselyOutboundStore implements OutboundStore {
	readonly #database: Database;
	readonly #limits: ProviderLimits;

	constructor(database: Database) {
		this.#database = database;
		this.#limits = new ProviderLimits(database);
	}

	async thread(pairKey: string): Promise<Thread | undefined> {
		const { queries, dialect, statements } = this.#database;
		const build = () => newestThread(queries, dialect, pairKey);
		return (await statements.rows('thread', withFirst(dialect, [pairKey], 1), build)).map(toThread)[0];
	}

	async isOptedOut(optOutKey: string): Promise<boolean> {
		const { queries, statements } = this.#database;
		const build = () => optOutsByKey(queries, [optOutKey]);
		return (await statements.rows('opt-out', [optOutKey], build)).length > 0;
	}

	async findByProviderId(provider: string, providerMessageId: string) {
		const { queries, dialect, statements } = this.#database;
		const parameters = withFirst(dialect, [providerMessageId, provider], 1);
		const build = () => deliveryByProviderId(queries, dialect, provider, providerMessageId);
		const [row] = await statements.rows('delivery by provider', parameters, build);
		// SQL Server takes texts for equal that differ by blanks at their end.
		if (row?.provider_message_id !== providerMessageId) return undefined;
		return { conversationId: uuid(row.conversation_id), messageId: uuid(row.message_id) };
	}

	async due(now: Date, wanted: DueWanted): Promise<readonly DueDelivery[]> {
		const { queries, dialect, statements } = this.#database;
		const { channels, exceptProviders, limit } = wanted;
		const certain = exceptProviders.length > 0 ? [false, ...exceptProviders] : [];
		const ofChannels = channels.flatMap((channel) => withFirst(dialect, [channel, now, ...certain], limit));
		const parameters = withFirst(dialect, ofChannels, limit);
		const shape = [channels.length, exceptProviders.length, dialect.firstParameter(limit) ? '' : limit];
		const build = () => dueDeliveries(queries, dialect, now, wanted);
		return (await statements.rows(`due ${shape.join()}`, parameters, build)).map(toDueDelivery);
	}

	async nextDueAt(now: Date, channels: readonly OutsideChannel[]): Promise<Date | undefined> {
		const { queries, dialect, statements } = this.#database;
		const parameters = channels.flatMap((channel) => withFirst(dialect, [channel, now], 1));
		const build = () => nextDue(queries, dialect, now, channels);
		const rows = await statements.rows(`next due ${channels.length}`, parameters, build);
		const times = rows.flatMap((row) => instantOrNull(row.due_at)?.getTime() ?? []);
		return times.length === 0 ? undefined : new Date(Math.min(...times));
	}

	async expired(now: Date, limit: number): Promise<readonly DueDelivery[]> {
		const { queries, dialect, statements } = this.#database;
		const parameters = withFirst(dialect, [now], limit);
		const build = () => expiredDeliveries(queries, dialect, now, limit);
		return (await statements.rows(`expired ${limit}`, parameters, build)).map(toDueDelivery);
	}

	async attempts(messageIds: readonly string[]): Promise<readonly DeliveryAttempt[]> {
		if (messageIds.length === 0) return [];
		const { queries, statements } = this.#database;
		const build = () => attemptsOf(queries, messageIds);
		return (await statements.rows(`attempts ${messageIds.length}`, messageIds, build)).map(toAttempt);
	}

	async counts(statuses: readonly DeliveryStatus[]): Promise<ReadonlyMap<DeliveryStatus, number>> {
		const { queries, statements } = this.#database;
		const build = () => countByStatus(queries, statuses);
		const rows = await statements.rows(`counts ${statuses.length}`, statuses, build);
		return new Map(rows.map(({ status, count }) => [status as DeliveryStatus, Number(count)]));
	}

	async countWaiting(channels: readonly OutsideChannel[]): Promise<number> {
		if (channels.length === 0) return 0;
		const row = await countWaiting(this.#database.queries, channels).executeTakeFirst();
		return Number(row?.count ?? 0);
	}

	async deadLetters(
		statuses: readonly DeliveryStatus[],
		page: PageRequest<DeadLetterCursor>,
	): Promise<Page<DeadLetter>> {
		if (statuses.length === 0) return { rows: [], hasMore: false };
		const { queries, dialect } = this.#database;
		const found = await deadLettersPage(queries, dialect, statuses, page).execute();
		const { rows, hasMore } = cut(found, page);
		if (rows.length === 0) return { rows: [], hasMore };
		const cursors = rows.map((row) => ({
			updatedAt: instant(row.updated_at),
			messageId: uuid(row.message_id),
		}));
		const read = await readMessages(
			this.#database,
			cursors.map(({ messageId }) => messageId),
		);
		const messages = new Map(read.map((message) => [message.id, message]));
		const letters = cursors.flatMap((cursor) => {
			const message = messages.get(cursor.messageId);
			return message === undefined ? [] : [{ message, cursor }];
		});
		return { rows: letters, hasMore };
	}

	reserveTurns(provider: string, turns: TurnsWanted): Promise<readonly Date[]> {
		return this.#limits.reserveTurns(provider, turns);
	}

	pause(provider: string, until: Date): Promise<void> {
		return this.#limits.pause(provider, until);
	}

	pauses(): Promise<ReadonlyMap<string, Date>> {
		return this.#limits.pauses();
	}

	nextTurnAt(provider: string): Promise<Date | undefined> {
		return this.#limits.nextTurnAt(provider);
	}

	async forgetReceipts(before: Date): Promise<void> {
		const { dialect } = this.#database;
		const forget = () =>
			this.#database.transact((db) => forgetReceipts(db, dialect, before, FORGOTTEN).executeTakeFirst());
		for (;;) {
			const { numDeletedRows } = await repeatedly(forget);
			if (Number(numDeletedRows) < FORGOTTEN) return;
		}
	}
}

/** The parameters of a statement, or a part of one, that ends with `dialect.first`. */
function withFirst(dialect: Dialect, parameters: readonly unknown[], count: number): readonly unknown[] {
	const last = dialect.firstParameter(count);
	return last === undefined ? parameters : [...parameters, last];
}
