import type { PageRequest } from '../conversations/pages.ts';
import type { QueuedWebhook } from '../conversations/store.ts';
import type { DeliveryCursor } from '../webhooks/store.ts';
import type { WebhookAttempt, WebhookDelivery, WebhookDeliveryStatus } from '../webhooks/webhook.ts';
import { changeRows } from './change-rows.ts';
import type { Dialect } from './dialect.ts';
import { beside } from './read.ts';
import type { Queries } from './tables.ts';
import { fromChangedWebhookDelivery, fromQueuedWebhook, fromWebhookAttempt } from './webhook-rows.ts';

/*
 * The statements of customers' webhooks. Lists must not be empty.
 */

export function insertQueuedWebhooks(db: Queries, queued: readonly QueuedWebhook[]) {
	return db.insertInto('webhook_deliveries').values(queued.map(fromQueuedWebhook));
}

/** Those that are deleted are not there. */
export function presentWebhooks(db: Queries) {
	return db.selectFrom('webhooks').selectAll().where('deleted_at', 'is', null);
}

export function changeWebhookDeliveries(
	db: Queries,
	dialect: Dialect,
	deliveries: readonly WebhookDelivery[],
) {
	return changeRows(db, dialect, 'webhook_deliveries', ['id'], deliveries.map(fromChangedWebhookDelivery));
}

export function insertWebhookAttempts(db: Queries, attempts: readonly WebhookAttempt[]) {
	return db.insertInto('webhook_attempts').values(attempts.map(fromWebhookAttempt));
}

/** How they ended. */
export function changeWebhookAttempts(db: Queries, dialect: Dialect, attempts: readonly WebhookAttempt[]) {
	return changeRows(
		db,
		dialect,
		'webhook_attempts',
		['delivery_id', 'number'],
		attempts.map(fromWebhookAttempt),
	);
}

export function webhookAttemptsOf(db: Queries, deliveryIds: readonly string[]) {
	return db
		.selectFrom('webhook_attempts')
		.selectAll()
		.where('delivery_id', 'in', deliveryIds)
		.orderBy('delivery_id')
		.orderBy('number');
}

/** Of each webhook its first that are due by then, longest due first. */
export function dueWebhooks(
	db: Queries,
	dialect: Dialect,
	webhookIds: readonly string[],
	now: Date,
	limitEach: number,
) {
	return ofEach(db, dialect, webhookIds, '<=', now, limitEach);
}

/** Of each webhook the first that is due only later. */
export function nextDueWebhooks(db: Queries, dialect: Dialect, webhookIds: readonly string[], now: Date) {
	return ofEach(db, dialect, webhookIds, '>', now, 1);
}

function ofEach(
	db: Queries,
	dialect: Dialect,
	webhookIds: readonly string[],
	side: '<=' | '>',
	time: Date,
	limitEach: number,
) {
	const dueOf = (webhookId: string) => {
		const rows = db
			.selectFrom('webhook_deliveries')
			.selectAll()
			.where('webhook_id', '=', webhookId)
			.where('next_attempt_at', side, time)
			.orderBy('next_attempt_at');
		return db.selectFrom(dialect.first(rows, limitEach).as('due')).selectAll();
	};
	return webhookIds.map(dueOf).reduce((all, due) => all.unionAll(due));
}

/** Longest over first. */
export function expiredWebhooks(db: Queries, dialect: Dialect, now: Date, limit: number) {
	const rows = db.selectFrom('webhook_deliveries').selectAll().where('lease_until', '<=', now);
	return dialect.first(rows.orderBy('lease_until'), limit);
}

/** Newest first, so that `after` is older: of each status a page, of which the first are the page. */
export function webhookDeliveriesPage(
	db: Queries,
	dialect: Dialect,
	webhookId: string,
	statuses: readonly WebhookDeliveryStatus[],
	{ after, before, limit, fromEnd }: PageRequest<DeliveryCursor>,
) {
	const direction = fromEnd ? 'asc' : 'desc';
	const place = ({ createdAt, id }: DeliveryCursor) => [createdAt, id] as const;
	const pageOf = (status: WebhookDeliveryStatus) => {
		let rows = db
			.selectFrom('webhook_deliveries')
			.selectAll()
			.where('webhook_id', '=', webhookId)
			.where('status', '=', status);
		if (after) rows = rows.where((eb) => beside(eb, 'created_at', 'id', '<', place(after)));
		if (before) rows = rows.where((eb) => beside(eb, 'created_at', 'id', '>', place(before)));
		const ordered = rows.orderBy('created_at', direction).orderBy('id', direction);
		return db.selectFrom(dialect.first(ordered, limit + 1).as('page')).selectAll();
	};
	const all = statuses.map(pageOf).reduce((pages, page) => pages.unionAll(page));
	const merged = db.selectFrom(all.as('pages')).selectAll();
	return dialect.first(merged.orderBy('created_at', direction).orderBy('id', direction), limit + 1);
}

/** Some of what waits of these webhooks: since before then, or all of it. */
export function waitingWebhooks(
	db: Queries,
	dialect: Dialect,
	webhookIds: readonly string[],
	limit: number,
	before?: Date,
) {
	const rows = db.selectFrom('webhook_deliveries').select('id').where('webhook_id', 'in', webhookIds);
	return dialect.first(
		before ? rows.where('next_attempt_at', '<', before) : rows.where('next_attempt_at', 'is not', null),
		limit,
	);
}

/** Some that have ended and were queued before then, or, of a deleted webhook, any. */
export function forgettableWebhooks(
	db: Queries,
	dialect: Dialect,
	webhookId: string,
	limit: number,
	ended?: { readonly status: WebhookDeliveryStatus; readonly before: Date },
) {
	let rows = db.selectFrom('webhook_deliveries').select('id').where('webhook_id', '=', webhookId);
	if (ended) rows = rows.where('status', '=', ended.status).where('created_at', '<', ended.before);
	return dialect.first(rows, limit);
}
