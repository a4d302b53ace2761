import { Counter, type Registry } from 'prom-client';

const OUTCOMES = ['accepted', 'retry', 'rejected', 'unknown'] as const;

/** What is counted of customers' webhooks. */
export interface WebhookDeliveryMetrics {
	/** One call of a receiver ended. */
	webhookAttempt(outcome: (typeof OUTCOMES)[number]): void;
}

export function webhookDeliveryMetrics(registry: Registry): WebhookDeliveryMetrics {
	const attempts = new Counter({
		name: 'pendo_message_webhook_attempts_total',
		help: "Calls of customers' webhooks, by outcome: accepted (2xx), retry, rejected (410) or unknown.",
		labelNames: ['outcome'],
		registers: [registry],
	});
	for (const outcome of OUTCOMES) attempts.inc({ outcome }, 0);
	return { webhookAttempt: (outcome) => attempts.inc({ outcome }) };
}
