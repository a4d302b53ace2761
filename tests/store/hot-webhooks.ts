import type { Database } from '../../src/store/database.ts';
import * as webhooks from '../../src/store/webhook-statements.ts';
import type { WebhookAttempt, WebhookDelivery } from '../../src/webhooks/webhook.ts';
import type { HotStatement } from './hot-statements.ts';
import { idOf, instantAfter } from './plan-data.ts';

const WEBHOOKS = [1, 2].map((number) => idOf('webhook', number));
const [TOLD = '', BEHIND = ''] = WEBHOOKS;
const afterwards = instantAfter(90_000);
const STATUSES = ['QUEUED', 'SENDING', 'RETRYING', 'DELIVERED', 'DEAD'] as const;
const first = { limit: 50, fromEnd: false };
const place = { createdAt: instantAfter(25_000), id: idOf('told', 125_000) };

const ids = Array.from({ length: 100 }, (_, index) => idOf('told', 100_000 + (index + 1) * 37));
const changed = ids.map(
	(id): WebhookDelivery => ({
		id,
		webhookId: TOLD,
		conversationId: idOf('conversation', 1),
		sequence: 1,
		event: 'MESSAGE_SENT',
		status: 'DELIVERED',
		attempts: 1,
		tries: 1,
		nextAttemptAt: null,
		leaseUntil: null,
		error: null,
		createdAt: afterwards,
		updatedAt: afterwards,
	}),
);
const ended = ids.map(
	(deliveryId): WebhookAttempt => ({
		deliveryId,
		number: 1,
		startedAt: afterwards,
		durationMs: 20,
		httpStatus: 200,
		outcome: 'ACCEPTED',
	}),
);

const DUE = ['webhook_id=? AND next_attempt_at<?'];
const PAGE = ['webhook_id=? AND status=?'];

type Asked = Pick<Database, 'queries' | 'dialect'>;

/** What is asked of customers' webhooks all the time, over the data of plan-data.ts. */
export const HOT_WEBHOOKS: Readonly<Record<string, HotStatement>> = {
	'what webhooks are to be told': {
		build: ({ queries, dialect }) => webhooks.dueWebhooks(queries, dialect, WEBHOOKS, afterwards, 16),
		reads: 32,
		seeks: DUE,
	},
	'when a webhook is told next': {
		build: ({ queries, dialect }) => webhooks.nextDueWebhooks(queries, dialect, WEBHOOKS, instantAfter(500)),
		reads: 2,
		seeks: ['webhook_id=? AND next_attempt_at>?'],
	},
	'leases of webhooks that are over': {
		build: ({ queries, dialect }) => webhooks.expiredWebhooks(queries, dialect, afterwards, 50),
		reads: 50,
		seeks: ['lease_until<?'],
	},
	'what webhooks are overdue': {
		build: ({ queries, dialect }) =>
			webhooks.waitingWebhooks(queries, dialect, WEBHOOKS, 100, instantAfter(500)),
		reads: 100,
		seeks: DUE,
	},
	'what waits of a webhook': {
		build: ({ queries, dialect }) => webhooks.waitingWebhooks(queries, dialect, [BEHIND], 100),
		reads: 100,
		seeks: ['webhook_id=? AND next_attempt_at>?'],
	},
	"a webhook's deliveries, the first page": {
		build: ({ queries, dialect }) => webhooks.webhookDeliveriesPage(queries, dialect, TOLD, STATUSES, first),
		reads: 255,
		seeks: PAGE,
		sorts: true,
	},
	"a webhook's dead letters, a later page": {
		build: ({ queries, dialect }) =>
			webhooks.webhookDeliveriesPage(queries, dialect, TOLD, ['DEAD'], { ...first, after: place }),
		reads: 51,
		seeks: ['webhook_id=? AND status=? AND created_at<?'],
		sorts: true,
	},
	"deliveries' attempts": {
		build: ({ queries }) => webhooks.webhookAttemptsOf(queries, ids),
		reads: 100,
		seeks: ['delivery_id=?'],
	},
	'100 deliveries of webhooks locked': {
		build: ({ queries, dialect }: Asked) => ({
			compile: () => dialect.lockRows(queries, 'webhook_deliveries', ids),
		}),
		reads: 100,
		seeks: ['id=?'],
	},
	'100 deliveries of webhooks changed': {
		build: ({ queries, dialect }) => ({
			compile: () => webhooks.changeWebhookDeliveries(queries, dialect, changed),
		}),
		reads: 100,
		seeks: ['id=?'],
		names: 'webhook_deliveries',
	},
	'100 attempts of webhooks ended': {
		build: ({ queries, dialect }) => ({
			compile: () => webhooks.changeWebhookAttempts(queries, dialect, ended),
		}),
		reads: 100,
		seeks: ['delivery_id=? AND number=?'],
		names: 'webhook_attempts',
	},
	'what can be forgotten of a webhook': {
		build: ({ queries, dialect }) =>
			webhooks.forgettableWebhooks(queries, dialect, TOLD, 100, {
				status: 'DEAD',
				before: instantAfter(80_000),
			}),
		reads: 100,
		seeks: ['webhook_id=? AND status=? AND created_at<?'],
	},
};
