import type { AttemptOutcome } from '../conversations/outside.ts';
import type { QueuedWebhook } from '../conversations/store.ts';
import type {
	Webhook,
	WebhookAttempt,
	WebhookDelivery,
	WebhookDeliveryStatus,
	WebhookEvent,
} from '../webhooks/webhook.ts';
import { flag, instant, instantOrNull, type Row, uuid } from './rows.ts';

/*
 * Rows of customers' webhooks to the domain (`to…`) and back (`from…`), as in rows.ts.
 */

export function toWebhook(row: Row<'webhooks'>): Webhook {
	return {
		id: uuid(row.id),
		url: row.url,
		events: row.events.split(',') as WebhookEvent[],
		enabled: flag(row.enabled),
		disabledReason: row.disabled_reason ?? null,
		secret: row.secret,
		previousSecret: row.previous_secret ?? null,
		previousSecretUntil: instantOrNull(row.previous_secret_until),
		createdAt: instant(row.created_at),
		updatedAt: instant(row.updated_at),
	};
}

export function fromWebhook(webhook: Webhook) {
	return {
		id: webhook.id,
		url: webhook.url,
		events: webhook.events.join(','),
		enabled: webhook.enabled,
		disabled_reason: webhook.disabledReason,
		secret: webhook.secret,
		previous_secret: webhook.previousSecret,
		previous_secret_until: webhook.previousSecretUntil,
		created_at: webhook.createdAt,
		updated_at: webhook.updatedAt,
	};
}

export function toWebhookDelivery(row: Row<'webhook_deliveries'>): WebhookDelivery {
	return {
		id: uuid(row.id),
		webhookId: uuid(row.webhook_id),
		conversationId: uuid(row.conversation_id),
		sequence: row.sequence,
		event: row.event as WebhookEvent,
		status: row.status as WebhookDeliveryStatus,
		attempts: row.attempts,
		tries: row.tries,
		nextAttemptAt: instantOrNull(row.next_attempt_at),
		leaseUntil: instantOrNull(row.lease_until),
		error: row.error ?? null,
		createdAt: instant(row.created_at),
		updatedAt: instant(row.updated_at),
	};
}

/** One that waits for its first attempt, which is due at once. */
export function fromQueuedWebhook({
	id,
	webhookId,
	conversationId,
	sequence,
	event,
	queuedAt,
}: QueuedWebhook) {
	return {
		id,
		webhook_id: webhookId,
		conversation_id: conversationId,
		sequence,
		event,
		status: 'QUEUED' satisfies WebhookDeliveryStatus,
		attempts: 0,
		tries: 0,
		next_attempt_at: queuedAt,
		lease_until: null,
		error: null,
		created_at: queuedAt,
		updated_at: queuedAt,
	};
}

/** What changes of it. */
export function fromChangedWebhookDelivery(delivery: WebhookDelivery) {
	return {
		id: delivery.id,
		status: delivery.status,
		attempts: delivery.attempts,
		tries: delivery.tries,
		next_attempt_at: delivery.nextAttemptAt,
		lease_until: delivery.leaseUntil,
		error: delivery.error,
		updated_at: delivery.updatedAt,
	};
}

export function toWebhookAttempt(row: Row<'webhook_attempts'>): WebhookAttempt {
	return {
		deliveryId: uuid(row.delivery_id),
		number: row.number,
		startedAt: instant(row.started_at),
		durationMs: row.duration_ms ?? null,
		httpStatus: row.http_status ?? null,
		outcome: row.outcome as AttemptOutcome,
	};
}

export function fromWebhookAttempt(attempt: WebhookAttempt) {
	return {
		delivery_id: attempt.deliveryId,
		number: attempt.number,
		started_at: attempt.startedAt,
		duration_ms: attempt.durationMs,
		http_status: attempt.httpStatus,
		outcome: attempt.outcome,
	};
}
