import type { DeliveryStatus, OutsideChannel } from '../conversations/outside.ts';
import type { PageRequest } from '../conversations/pages.ts';
import type { DeadLetterCursor } from '../outbound/store.ts';
import type { Dialect } from './dialect.ts';
import { beside } from './read.ts';
import type { Queries } from './tables.ts';

/*
 * What is read of deliveries outside the write queue. Lists must not be empty.
 */

const DUE_COLUMNS = [
	'message_id',
	'conversation_id',
	'sequence',
	'channel',
	'provider',
	'uncertain',
] as const;

export interface DueWanted {
	readonly channels: readonly OutsideChannel[];
	readonly exceptProviders: readonly string[];
	readonly limit: number;
}

/**
 * Walks along what is due of each channel, whatever waits in others: at most one of each conversation. That it is the
 * first one is looked up again, since an earlier one may have been queued once more.
 */
export function dueDeliveries(
	db: Queries,
	dialect: Dialect,
	now: Date,
	{ channels, exceptProviders, limit }: DueWanted,
) {
	const dueOf = (channel: OutsideChannel) => {
		let rows = db
			.selectFrom('deliveries')
			.select([...DUE_COLUMNS, 'due_at'])
			.where('channel', '=', channel)
			.where('due_at', '<=', now)
			.where(({ not, exists, selectFrom }) =>
				not(
					exists(
						selectFrom('deliveries as earlier')
							.select('earlier.message_id')
							.whereRef('earlier.conversation_id', '=', 'deliveries.conversation_id')
							.whereRef('earlier.open_sequence', '<', 'deliveries.sequence'),
					),
				),
			);
		if (exceptProviders.length > 0)
			rows = rows.where((eb) =>
				eb.or([
					eb('uncertain', '=', false),
					eb('provider', 'is', null),
					eb('provider', 'not in', exceptProviders),
				]),
			);
		return db.selectFrom(dialect.first(rows.orderBy('due_at'), limit).as('page')).selectAll();
	};
	const all = channels.map(dueOf).reduce((pages, page) => pages.unionAll(page));
	return dialect.first(db.selectFrom(all.as('pages')).selectAll().orderBy('due_at'), limit);
}

/** Of each channel its next one. */
export function nextDue(db: Queries, dialect: Dialect, now: Date, channels: readonly OutsideChannel[]) {
	const nextOf = (channel: OutsideChannel) => {
		const rows = db
			.selectFrom('deliveries')
			.select('due_at')
			.where('channel', '=', channel)
			.where('due_at', '>', now);
		return db.selectFrom(dialect.first(rows.orderBy('due_at'), 1).as('page')).selectAll();
	};
	return channels.map(nextOf).reduce((all, next) => all.unionAll(next));
}

/** Longest over first. */
export function expiredDeliveries(db: Queries, dialect: Dialect, now: Date, limit: number) {
	const rows = db.selectFrom('deliveries').select(DUE_COLUMNS).where('lease_until', '<=', now);
	return dialect.first(rows.orderBy('lease_until'), limit);
}

/** Where a provider gives an id twice, the newest message, by its id. */
export function deliveryByProviderId(
	db: Queries,
	dialect: Dialect,
	provider: string,
	providerMessageId: string,
) {
	const rows = db
		.selectFrom('deliveries')
		.select(['message_id', 'conversation_id', 'provider_message_id'])
		.where('provider_message_id', '=', providerMessageId)
		.where('provider', '=', provider);
	return dialect.first(rows.orderBy('message_id', 'desc'), 1);
}

export function newestThread(db: Queries, dialect: Dialect, pairKey: string) {
	const rows = db.selectFrom('threads').selectAll().where('pair_key', '=', pairKey);
	return dialect.first(rows.orderBy('generation', 'desc'), 1);
}

export function attemptsOf(db: Queries, messageIds: readonly string[]) {
	return db
		.selectFrom('delivery_attempts')
		.selectAll()
		.where('message_id', 'in', messageIds)
		.orderBy('message_id')
		.orderBy('number');
}

/** Reads the index of these statuses: some milliseconds for each 100,000 deliveries. */
export function countByStatus(db: Queries, statuses: readonly DeliveryStatus[]) {
	return db
		.selectFrom('deliveries')
		.select((eb) => ['status', eb.fn.countAll<number | string>().as('count')])
		.where('status', 'in', statuses)
		.groupBy('status');
}

const WAITING: readonly DeliveryStatus[] = ['QUEUED', 'RETRYING'];

export function countWaiting(db: Queries, channels: readonly OutsideChannel[]) {
	return db
		.selectFrom('deliveries')
		.select((eb) => eb.fn.countAll<number | string>().as('count'))
		.where('status', 'in', WAITING)
		.where('channel', 'in', channels);
}

/** Newest first, so that `after` is older: of each status a page, of which the first are the page. */
export function deadLettersPage(
	db: Queries,
	dialect: Dialect,
	statuses: readonly DeliveryStatus[],
	{ after, before, limit, fromEnd }: PageRequest<DeadLetterCursor>,
) {
	const direction = fromEnd ? 'asc' : 'desc';
	const place = ({ updatedAt, messageId }: DeadLetterCursor) => [updatedAt, messageId] as const;
	const pageOf = (status: DeliveryStatus) => {
		let rows = db.selectFrom('deliveries').select(['message_id', 'updated_at']).where('status', '=', status);
		if (after) rows = rows.where((eb) => beside(eb, 'updated_at', 'message_id', '<', place(after)));
		if (before) rows = rows.where((eb) => beside(eb, 'updated_at', 'message_id', '>', place(before)));
		const ordered = rows.orderBy('updated_at', direction).orderBy('message_id', direction);
		return db.selectFrom(dialect.first(ordered, limit + 1).as('page')).selectAll();
	};
	const all = statuses.map(pageOf).reduce((pages, page) => pages.unionAll(page));
	const merged = db.selectFrom(all.as('pages')).selectAll();
	return dialect.first(merged.orderBy('updated_at', direction).orderBy('message_id', direction), limit + 1);
}

/** Some of the oldest, few enough that nobody waits for their locks. */
export function forgetReceipts(db: Queries, dialect: Dialect, before: Date, limit: number) {
	const old = db.selectFrom('webhook_receipts').select('receipt_key').where('received_at', '<', before);
	return db
		.deleteFrom('webhook_receipts')
		.where('receipt_key', 'in', dialect.first(old.orderBy('received_at'), limit));
}
