import type { WebhooksConfig } from './config.ts';
import type { QueueWebhooks } from './conversations/batch.ts';
import type { ConversationEvent } from './conversations/model.ts';
import { toPublicId } from './conversations/public-ids.ts';
import type { ConversationStore, UserStore } from './conversations/store.ts';
import type { ServiceNotices } from './notices.ts';
import type { Metrics } from './observability/metrics.ts';
import { createUrlGuard } from './outbound/url-guard.ts';
import { Worker } from './outbound/worker.ts';
import { WebhookCaller } from './webhooks/caller.ts';
import { Payloads } from './webhooks/payloads.ts';
import { WebhookRegistry } from './webhooks/registry.ts';
import type { WebhookStore } from './webhooks/store.ts';
import type { WebhookDelivery } from './webhooks/webhook.ts';
import { type WebhookJob, WebhookLedger } from './webhooks/webhook-ledger.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

/** Customers' webhooks: the use cases' part, and what runs behind it. */
export interface WebhooksParts {
	readonly webhooks: Webhooks;
	/** What is to be written with these entries of logs. */
	readonly queue: QueueWebhooks;
	/** Something was committed that a webhook may be to be told of. */
	committed(events: readonly ConversationEvent[]): void;
	/** Knows from then on what to queue, and begins to tell. */
	start(): Promise<void>;
	/** Begins no more calls and waits for those under way, at most so long. */
	stop(graceMs: number): Promise<void>;
	/** Lets connections go. */
	close(): Promise<void>;
}

export interface WebhooksSources {
	readonly config: WebhooksConfig;
	readonly allowPrivateUrls: boolean;
	readonly store: WebhookStore;
	readonly events: ConversationStore;
	readonly users: UserStore;
	readonly metrics: Metrics;
	readonly notices: ServiceNotices;
}

const BEAT_MS = 1_000;
/** When the other nodes have heard of a change. */
const REGISTRY_BEAT_MS = 5_000;
const FAULTS_TO_OPEN = 10;
const HALF_OPEN_AFTER_MS = 10_000;
const MAX_IN_HAND = 512;
/** What a name's resolution may take before the call's own time begins. */
const RESOLVE_MS = 3_000;

/** Does nothing until it is started. */
export function wireWebhooks(sources: WebhooksSources): WebhooksParts {
	const { config, store, events, users, notices } = sources;
	const guard = createUrlGuard({ allowPrivate: sources.allowPrivateUrls });
	const caller = new WebhookCaller({ guard, timeoutMs: config.timeoutMs });
	const registry = new WebhookRegistry(store);
	const ledger = new WebhookLedger(store, registry, new Payloads(events, users), config);
	const worker = createWorker(sources, ledger, caller);
	return {
		webhooks: {
			store,
			checkUrl: guard.check,
			announce: () => registry.refresh().catch((err: unknown) => notices.ledgerFailed(err)),
			wake: () => worker.poke(),
		},
		queue: (entries) => registry.queue(entries),
		committed: (committed) => {
			if (registry.isWanted(committed)) worker.poke();
		},
		start: async () => {
			await registry.start({
				checkIntervalMs: REGISTRY_BEAT_MS,
				onError: (err) => notices.ledgerFailed(err),
			});
			worker.start();
		},
		stop: (graceMs) => worker.stop(graceMs),
		close: () => {
			// Not before: until the last commit what is new has to be queued.
			registry.stop();
			return caller.close();
		},
	};
}

function createWorker(
	{ config, metrics, notices }: WebhooksSources,
	ledger: WebhookLedger,
	caller: WebhookCaller,
): Worker<WebhookDelivery, WebhookJob> {
	return new Worker(ledger, {
		lane: () => ({
			maxInFlight: config.maxInFlight,
			faultsToOpen: FAULTS_TO_OPEN,
			halfOpenAfterMs: HALF_OPEN_AFTER_MS,
			send: ({ call }) => caller.call(call),
		}),
		callTimeoutMs: config.timeoutMs + RESOLVE_MS,
		beatMs: BEAT_MS,
		maxInHand: MAX_IN_HAND,
		observe: (_lane, { kind }) => {
			if (kind !== 'released') metrics.webhookAttempt(kind);
		},
		onCircuit: (id, isOpen, outcome) =>
			notices.circuit({ webhook: toPublicId('Webhook', id) }, isOpen, outcome),
		onError: (err) => notices.ledgerFailed(err),
	});
}
