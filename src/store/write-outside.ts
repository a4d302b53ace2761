import { type CompiledQuery, sql } from 'kysely';
import type { StoredMessage } from '../conversations/model.ts';
import type { Delivery, DeliveryAttempt, OptOut, Thread } from '../conversations/outside.ts';
import type { Changes, OpenQuery, Receipt } from '../conversations/store.ts';
import { changeRows } from './change-rows.ts';
import { type Chunks, MAX_IN_UNION } from './chunks.ts';
import type { Dialect } from './dialect.ts';
import {
	fromAttachment,
	fromAttempt,
	fromChangedDelivery,
	fromDelivery,
	fromIncoming,
	fromOptOut,
	fromReceipt,
	fromThread,
} from './outside-rows.ts';
import type { Nullable, Row } from './rows.ts';
import type { Queries } from './tables.ts';

/*
 * The write queue's statements for what goes out and comes in; the rules are those of append.ts.
 */

/** Of each pair its newest generation. */
export function newestThreads(db: Queries, pairKeys: readonly string[]) {
	return db
		.selectFrom('threads')
		.selectAll()
		.where('pair_key', 'in', pairKeys)
		.where((eb) =>
			eb(
				'generation',
				'=',
				eb
					.selectFrom('threads as newer')
					.select((newer) => newer.fn.max('newer.generation').as('generation'))
					.whereRef('newer.pair_key', '=', 'threads.pair_key'),
			),
		);
}

export function threadsOf(db: Queries, conversationIds: readonly string[]) {
	return db.selectFrom('threads').selectAll().where('conversation_id', 'in', conversationIds);
}

/**
 * What several ask for comes as often; a query that finds none gives one row of nulls: with a left join, which is in the
 * order in which it is written, SQLite seeks for each query, where it would walk along all that is open.
 */
export function openDeliveries(
	db: Queries,
	dialect: Dialect,
	queries: readonly OpenQuery[],
): CompiledQuery<Nullable<Pick<Row<'deliveries'>, 'conversation_id' | 'message_id' | 'sequence'>>> {
	const asked = queries.map(({ conversationId, before }) => ({
		conversation_id: conversationId,
		open_sequence: before,
	}));
	return sql<Nullable<Row<'deliveries'>>>`
		select deliveries.conversation_id, deliveries.message_id, deliveries.sequence
		from ${dialect.valuesLike('deliveries', asked)} as asked left join deliveries
			on deliveries.conversation_id = asked.conversation_id
			and deliveries.open_sequence < asked.open_sequence`.compile(db);
}

export function receiptsByKey(db: Queries, keys: readonly string[]) {
	return db.selectFrom('webhook_receipts').select('receipt_key').where('receipt_key', 'in', keys);
}

export function optOutsByKey(db: Queries, keys: readonly string[]) {
	return db.selectFrom('opt_outs').select('opt_out_key').where('opt_out_key', 'in', keys);
}

export function insertDeliveries(db: Queries, deliveries: readonly Delivery[]) {
	return db.insertInto('deliveries').values(deliveries.map(fromDelivery));
}

export function changeDeliveries(db: Queries, dialect: Dialect, deliveries: readonly Delivery[]) {
	return changeRows(db, dialect, 'deliveries', ['message_id'], deliveries.map(fromChangedDelivery));
}

/**
 * Of each conversation the first open delivery is due when it says so; those behind it wait. One that is no longer the
 * first, since an earlier one is sent again, keeps what it has: whoever asks what is due looks at the earlier ones.
 */
export function markDue(db: Queries, conversationIds: readonly string[]): CompiledQuery {
	return sql`update deliveries set due_at = deliveries.next_attempt_at from (
		select conversations.id as conversation_id, (
			select min(earliest.open_sequence) from deliveries as earliest
			where earliest.conversation_id = conversations.id and earliest.open_sequence > 0) as open_sequence
		from conversations where conversations.id in (${sql.join(conversationIds)})
	) as firsts where deliveries.conversation_id = firsts.conversation_id
		and deliveries.open_sequence = firsts.open_sequence`.compile(db);
}

export function insertAttempts(db: Queries, attempts: readonly DeliveryAttempt[]) {
	return db.insertInto('delivery_attempts').values(attempts.map(fromAttempt));
}

/** How they ended. */
export function changeAttempts(db: Queries, dialect: Dialect, attempts: readonly DeliveryAttempt[]) {
	const columns = (attempt: DeliveryAttempt) => {
		const { provider, started_at, ...changing } = fromAttempt(attempt);
		return changing;
	};
	return changeRows(db, dialect, 'delivery_attempts', ['message_id', 'number'], attempts.map(columns));
}

export function insertIncoming(db: Queries, incoming: readonly ReturnType<typeof fromIncoming>[]) {
	return db.insertInto('incoming_messages').values([...incoming]);
}

export function insertAttachments(db: Queries, attachments: readonly ReturnType<typeof fromAttachment>[]) {
	return db.insertInto('attachments').values([...attachments]);
}

/** Forgets the attachments of deleted messages. */
export function eraseAttachments(db: Queries, messageIds: readonly string[]) {
	return db.deleteFrom('attachments').where('message_id', 'in', messageIds);
}

export function insertThreads(db: Queries, threads: readonly Thread[]) {
	return db.insertInto('threads').values(threads.map(fromThread));
}

export function insertReceipts(db: Queries, receipts: readonly Receipt[]) {
	return db.insertInto('webhook_receipts').values(receipts.map(fromReceipt));
}

export function insertOptOuts(db: Queries, optOuts: readonly OptOut[]) {
	return db.insertInto('opt_outs').values(optOuts.map(fromOptOut));
}

export function endOptOuts(db: Queries, keys: readonly string[]) {
	return db.deleteFrom('opt_outs').where('opt_out_key', 'in', keys);
}

/** Writes what a transaction changes outside; a conversation in CHAT has none of it, and costs no statement. */
export async function saveOutside(
	db: Queries,
	dialect: Dialect,
	chunks: Chunks,
	changes: Changes,
): Promise<void> {
	const { newMessages, changedDeliveries } = changes;
	const newDeliveries = newMessages.flatMap(({ outside }) => outside?.delivery ?? []);
	// Those that two nodes may insert at once, in one order on both, so that one waits for the other.
	const threads = changes.newThreads.toSorted((a, b) => compare(a.pairKey, b.pairKey));
	const receipts = changes.newReceipts.toSorted((a, b) => compare(a.key, b.key));
	const optOuts = changes.newOptOuts.toSorted((a, b) => compare(a.key, b.key));
	await chunks.run(threads, 6, (some) => insertThreads(db, some).compile());
	await chunks.run(receipts, 2, (some) => insertReceipts(db, some).compile());
	await chunks.run(optOuts, 4, (some) => insertOptOuts(db, some).compile());
	await chunks.run(changes.endedOptOuts, 1, (some) => endOptOuts(db, some).compile());
	await chunks.run(newDeliveries, 19, (some) => insertDeliveries(db, some).compile());
	await chunks.run(newMessages.flatMap(incomingRow), 6, (some) => insertIncoming(db, some).compile());
	await chunks.run(newMessages.flatMap(attachmentRows), 5, (some) => insertAttachments(db, some).compile());
	await chunks.run(changedDeliveries, 13, (some) => changeDeliveries(db, dialect, some), MAX_IN_UNION);
	await chunks.run(changes.newAttempts, 7, (some) => insertAttempts(db, some).compile());
	await chunks.run(changes.changedAttempts, 5, (some) => changeAttempts(db, dialect, some), MAX_IN_UNION);
	await chunks.run(erasedIds(changes), 1, (some) => eraseAttachments(db, some).compile());
	// What begins to be sent stays the first of its conversation.
	const moved = [...newDeliveries, ...changedDeliveries.filter(({ status }) => status !== 'SENDING')];
	const movedIds = [...new Set(moved.map(({ conversationId }) => conversationId))];
	await chunks.run(movedIds, 1, (some) => markDue(db, some));
}

function compare(a: string, b: string): number {
	return a < b ? -1 : Number(a > b);
}

function incomingRow({ id, outside }: StoredMessage) {
	return outside?.incoming ? [fromIncoming(id, outside.incoming)] : [];
}

function attachmentRows({ id, outside, deletedAt }: StoredMessage) {
	const attachments = deletedAt === null ? (outside?.attachments ?? []) : [];
	return attachments.map((attachment, position) => fromAttachment(id, position, attachment));
}

/** Of messages that travelled: no others have attachments. */
function erasedIds({ erasedRevisions, changedMessages }: Changes): readonly string[] {
	const travelled = new Set(changedMessages.flatMap(({ id, channel }) => (channel === 'CHAT' ? [] : [id])));
	return erasedRevisions.filter((id) => travelled.has(id));
}
