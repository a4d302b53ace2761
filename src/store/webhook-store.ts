import type { Page, PageRequest } from '../conversations/pages.ts';
import type { DeliveryChanges, DeliveryCursor, WebhookStore } from '../webhooks/store.ts';
import {
	DELIVERY_STATUSES,
	type Webhook,
	type WebhookAttempt,
	type WebhookDelivery,
	type WebhookDeliveryStatus,
} from '../webhooks/webhook.ts';
import { Chunks, MAX_IN_UNION } from './chunks.ts';
import { cut } from './conversation-store.ts';
import type { Database } from './database.ts';
import { repeatedly } from './repeat.ts';
import { instantOrNull, uuid } from './rows.ts';
import type { Queries } from './tables.ts';
import { fromWebhook, toWebhook, toWebhookAttempt, toWebhookDelivery } from './webhook-rows.ts';
import {
	changeWebhookAttempts,
	changeWebhookDeliveries,
	dueWebhooks,
	expiredWebhooks,
	forgettableWebhooks,
	insertWebhookAttempts,
	nextDueWebhooks,
	presentWebhooks,
	waitingWebhooks,
	webhookAttemptsOf,
	webhookDeliveriesPage,
} from './webhook-statements.ts';

/** A node that has not heard of the deletion may queue some for so long. */
const DELETED_FOR_MS = 60_000;

/** The store of customers' webhooks over Kysely. */
export class KyselyWebhookStore implements WebhookStore {
	readonly #database: Database;

	constructor(database: Database) {
		this.#database = database;
	}

	async webhooks(): Promise<readonly Webhook[]> {
		const { queries, statements } = this.#database;
		const build = () => presentWebhooks(queries).orderBy('created_at').orderBy('id');
		return (await statements.rows('webhooks', [], build)).map(toWebhook);
	}

	async webhook(id: string): Promise<Webhook | undefined> {
		const [row] = await presentWebhooks(this.#database.queries).where('id', '=', id).execute();
		return row && toWebhook(row);
	}

	async insertWebhook(webhook: Webhook): Promise<void> {
		await this.#transact(async (db) => {
			const [known] = await presentWebhooks(db).where('id', '=', webhook.id).execute();
			if (known !== undefined) return;
			await db
				.insertInto('webhooks')
				.values({ ...fromWebhook(webhook), deleted_at: null })
				.execute();
		});
	}

	changeWebhook(id: string, change: (webhook: Webhook) => Webhook): Promise<Webhook | undefined> {
		return this.#transact(async (db) => {
			const { rows } = await db.executeQuery(this.#database.dialect.lockRows(db, 'webhooks', [id]));
			const [row] = rows.filter(({ deleted_at }) => deleted_at === null);
			if (row === undefined) return undefined;
			const before = toWebhook(row);
			const after = change(before);
			if (after === before) return before;
			const { id: _, created_at, ...changed } = fromWebhook(after);
			await db.updateTable('webhooks').set(changed).where('id', '=', id).execute();
			return after;
		});
	}

	deleteWebhook(id: string): Promise<boolean> {
		return this.#transact(async (db) => {
			const { rows } = await db.executeQuery(this.#database.dialect.lockRows(db, 'webhooks', [id]));
			if (!rows.some(({ deleted_at }) => deleted_at === null)) return false;
			await db.updateTable('webhooks').set({ deleted_at: new Date() }).where('id', '=', id).execute();
			return true;
		});
	}

	async deliveries(
		webhookId: string,
		statuses: readonly WebhookDeliveryStatus[] | undefined,
		page: PageRequest<DeliveryCursor>,
	): Promise<Page<WebhookDelivery>> {
		const wanted = [...new Set(statuses ?? DELIVERY_STATUSES)];
		if (wanted.length === 0) return { rows: [], hasMore: false };
		const { queries, dialect } = this.#database;
		const rows = await webhookDeliveriesPage(queries, dialect, webhookId, wanted, page).execute();
		return cut(rows.map(toWebhookDelivery), page);
	}

	async attempts(deliveryIds: readonly string[]): Promise<readonly WebhookAttempt[]> {
		if (deliveryIds.length === 0) return [];
		return (await webhookAttemptsOf(this.#database.queries, deliveryIds).execute()).map(toWebhookAttempt);
	}

	changeDeliveries(
		ids: readonly string[],
		decide: (deliveries: ReadonlyMap<string, WebhookDelivery>) => DeliveryChanges,
	): Promise<readonly WebhookDelivery[]> {
		const { dialect } = this.#database;
		return this.#transact(async (db) => {
			const chunks = new Chunks(db, dialect);
			const locked = await chunks.run([...new Set(ids)].sort(), 1, (some) =>
				dialect.lockRows(db, 'webhook_deliveries', some),
			);
			const found = locked.map(toWebhookDelivery).map((delivery) => [delivery.id, delivery] as const);
			const { deliveries, begun = [], ended = [] } = decide(new Map(found));
			await chunks.run(deliveries, 8, (some) => changeWebhookDeliveries(db, dialect, some), MAX_IN_UNION);
			await chunks.run(begun, 6, (some) => insertWebhookAttempts(db, some).compile());
			await chunks.run(ended, 6, (some) => changeWebhookAttempts(db, dialect, some), MAX_IN_UNION);
			return deliveries;
		});
	}

	async due(
		webhookIds: readonly string[],
		now: Date,
		limitEach: number,
	): Promise<readonly WebhookDelivery[]> {
		if (webhookIds.length === 0) return [];
		const { queries, dialect } = this.#database;
		return (await dueWebhooks(queries, dialect, webhookIds, now, limitEach).execute()).map(toWebhookDelivery);
	}

	async nextDueAt(webhookIds: readonly string[], now: Date): Promise<Date | undefined> {
		if (webhookIds.length === 0) return undefined;
		const { queries, dialect } = this.#database;
		const rows = await nextDueWebhooks(queries, dialect, webhookIds, now).execute();
		const times = rows.flatMap((row) => instantOrNull(row.next_attempt_at)?.getTime() ?? []);
		return times.length === 0 ? undefined : new Date(Math.min(...times));
	}

	async expired(now: Date, limit: number): Promise<readonly WebhookDelivery[]> {
		const { queries, dialect } = this.#database;
		return (await expiredWebhooks(queries, dialect, now, limit).execute()).map(toWebhookDelivery);
	}

	async waiting(webhookIds: readonly string[], limit: number, dueBefore?: Date): Promise<readonly string[]> {
		if (webhookIds.length === 0) return [];
		const { queries, dialect } = this.#database;
		const rows = await waitingWebhooks(queries, dialect, webhookIds, limit, dueBefore).execute();
		return rows.map(({ id }) => uuid(id));
	}

	async hasten(webhookId: string, now: Date): Promise<void> {
		await this.#transact((db) =>
			db
				.updateTable('webhook_deliveries')
				.set({ next_attempt_at: now })
				.where('webhook_id', '=', webhookId)
				.where('next_attempt_at', 'is not', null)
				.execute(),
		);
	}

	async forget(before: Date, now: Date, limit: number): Promise<boolean> {
		const { queries, dialect } = this.#database;
		const webhooks = await queries.selectFrom('webhooks').select(['id', 'deleted_at']).execute();
		let isLimited = false;
		for (const { id, deleted_at } of webhooks) {
			const deletedAt = instantOrNull(deleted_at);
			const kinds =
				deletedAt === null
					? (['DELIVERED', 'DEAD'] as const).map((status) => ({ status, before }))
					: [undefined];
			for (const kind of kinds) {
				const rows = await forgettableWebhooks(queries, dialect, id, limit, kind).execute();
				await this.#forget(rows.map((row) => row.id));
				isLimited ||= rows.length === limit;
				if (deletedAt !== null && rows.length === 0 && now.getTime() - deletedAt.getTime() > DELETED_FOR_MS)
					await queries.deleteFrom('webhooks').where('id', '=', id).execute();
			}
		}
		return isLimited;
	}

	async #forget(ids: readonly string[]): Promise<void> {
		if (ids.length === 0) return;
		await this.#transact(async (db) => {
			await db.deleteFrom('webhook_attempts').where('delivery_id', 'in', ids).execute();
			await db.deleteFrom('webhook_deliveries').where('id', 'in', ids).execute();
		});
	}

	#transact<T>(work: (db: Queries) => Promise<T>): Promise<T> {
		return repeatedly(() => this.#database.transact(work));
	}
}
