import { Counter, type Registry } from 'prom-client';

export type WebhookSender = 'generic' | 'twilio';
export type WebhookKind = 'message' | 'status';

/** What became of a webhook that came in. */
export type WebhookOutcome =
	| 'stored'
	| 'repeated'
	| 'changed'
	| 'unchanged'
	| 'not-found'
	| 'ignored'
	| 'unauthenticated'
	| 'refused'
	| 'busy'
	| 'failed';

/** What is counted of the webhooks that providers send. */
export interface WebhookMetrics {
	webhook(from: WebhookSender, kind: WebhookKind, outcome: WebhookOutcome): void;
}

export function webhookMetrics(registry: Registry): WebhookMetrics {
	const webhooks = new Counter({
		name: 'pendo_message_webhooks_total',
		help:
			'Webhooks that came in, by who sent them, kind and outcome. unauthenticated: without a valid signature; ' +
			'refused: what it says is not valid.',
		labelNames: ['from', 'kind', 'outcome'],
		registers: [registry],
	});
	return { webhook: (from, kind, outcome) => webhooks.inc({ from, kind, outcome }) };
}
