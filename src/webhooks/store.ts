import type { Page, PageRequest } from '../conversations/pages.ts';
import type { Webhook, WebhookAttempt, WebhookDelivery, WebhookDeliveryStatus } from './webhook.ts';

/** Newest first; the id decides between equals. */
export interface DeliveryCursor {
	readonly createdAt: Date;
	readonly id: string;
}

export interface DeliveryChanges {
	readonly deliveries: readonly WebhookDelivery[];
	readonly begun?: readonly WebhookAttempt[];
	readonly ended?: readonly WebhookAttempt[];
}

/** The tables of customers' webhooks. Queued deliveries are written by the write queue, with their events. */
export interface WebhookStore {
	/** Oldest first. */
	webhooks(): Promise<readonly Webhook[]>;
	webhook(id: string): Promise<Webhook | undefined>;
	insertWebhook(webhook: Webhook): Promise<void>;
	/** Changes it as it stands in the database; undefined where there is none, and nothing where `change` gives it back. */
	changeWebhook(id: string, change: (webhook: Webhook) => Webhook): Promise<Webhook | undefined>;
	/** With its deliveries, some time later. Answers whether it was there. */
	deleteWebhook(id: string): Promise<boolean>;

	deliveries(
		webhookId: string,
		statuses: readonly WebhookDeliveryStatus[] | undefined,
		page: PageRequest<DeliveryCursor>,
	): Promise<Page<WebhookDelivery>>;
	/** Of each delivery, by number. */
	attempts(deliveryIds: readonly string[]): Promise<readonly WebhookAttempt[]>;
	/**
	 * Locks these, and writes what `decide` makes of them as they stand, in one transaction; it runs again when that does.
	 * Answers with the deliveries that were changed.
	 */
	changeDeliveries(
		ids: readonly string[],
		decide: (deliveries: ReadonlyMap<string, WebhookDelivery>) => DeliveryChanges,
	): Promise<readonly WebhookDelivery[]>;

	/** Due at `now`, at most `limitEach` of each of these webhooks; a webhook's longest due first. */
	due(webhookIds: readonly string[], now: Date, limitEach: number): Promise<readonly WebhookDelivery[]>;
	/** When the next one of these webhooks is due after `now`. */
	nextDueAt(webhookIds: readonly string[], now: Date): Promise<Date | undefined>;
	/** SENDING with a lease that is over. */
	expired(now: Date, limit: number): Promise<readonly WebhookDelivery[]>;
	/** Some that are QUEUED or RETRYING of these webhooks, at most `limit`: all, or those that were due before then. */
	waiting(webhookIds: readonly string[], limit: number, dueBefore?: Date): Promise<readonly string[]>;
	/** What waits of a webhook is due at the latest now. */
	hasten(webhookId: string, now: Date): Promise<void>;
	/**
	 * Forgets, with their attempts, some that are DELIVERED or DEAD and were queued before then, or whose webhook is
	 * deleted: of each kind at most `limit`. Answers whether there may be more.
	 */
	forget(before: Date, now: Date, limit: number): Promise<boolean>;
}
