import DataLoader from 'dataloader';
import { requireAdmin } from '../conversations/access.ts';
import { LIMITS } from '../conversations/limits.ts';
import type { Page, PageRequest } from '../conversations/pages.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { DeliveryCursor, WebhookStore } from './store.ts';
import type { Webhook, WebhookAttempt, WebhookDelivery, WebhookDeliveryStatus } from './webhook.ts';

/** What one request reads of webhooks: for admins alone, look-ups batched. */
export class WebhookReader {
	readonly #store: WebhookStore;
	readonly #viewer: Viewer;
	/** Made when first used: most requests use none. */
	#attempts: DataLoader<string, readonly WebhookAttempt[]> | undefined;

	constructor(store: WebhookStore, viewer: Viewer) {
		this.#store = store;
		this.#viewer = viewer;
	}

	/** Oldest first. @throws ForbiddenError unless an admin. */
	async webhooks(): Promise<readonly Webhook[]> {
		requireAdmin(this.#viewer.user);
		return this.#store.webhooks();
	}

	/** @throws ForbiddenError unless an admin. */
	async webhook(id: string): Promise<Webhook | undefined> {
		requireAdmin(this.#viewer.user);
		return this.#store.webhook(id);
	}

	/** Newest first, those of all statuses without any. @throws ForbiddenError unless an admin. */
	async deliveries(
		webhook: Webhook,
		statuses: readonly WebhookDeliveryStatus[] | undefined,
		page: PageRequest<DeliveryCursor>,
	): Promise<Page<WebhookDelivery>> {
		requireAdmin(this.#viewer.user);
		return this.#store.deliveries(webhook.id, statuses, page);
	}

	/** The newest of them, oldest first. @throws ForbiddenError unless an admin. */
	async attempts({ id }: WebhookDelivery): Promise<readonly WebhookAttempt[]> {
		requireAdmin(this.#viewer.user);
		this.#attempts ??= attemptsLoader(this.#store);
		return (await this.#attempts.load(id)).slice(-LIMITS.shownAttempts);
	}
}

function attemptsLoader(store: WebhookStore): DataLoader<string, readonly WebhookAttempt[]> {
	return new DataLoader(
		async (ids) => {
			const found = Map.groupBy(await store.attempts(ids), ({ deliveryId }) => deliveryId);
			return ids.map((id) => found.get(id) ?? []);
		},
		{ maxBatchSize: 500 },
	);
}
