import { defineEntity, p } from '@mikro-orm/core';
import { instant, word } from './columns.ts';

/* The tables of customers' webhooks; see entities.ts for what all tables keep to. */

export const WebhookEntity = defineEntity({
	name: 'Webhook',
	tableName: 'webhooks',
	properties: {
		id: p.uuid().primary(),
		url: p.string().length(2048),
		/** With commas between. */
		events: p.string().length(255),
		enabled: p.boolean(),
		disabledReason: p.string().length(500).nullable(),
		secret: p.string().length(128),
		previousSecret: p.string().length(128).nullable(),
		previousSecretUntil: instant().nullable(),
		createdAt: instant(),
		updatedAt: instant(),
		/** It is shown to nobody any more, and goes itself once its deliveries are gone. */
		deletedAt: instant().nullable(),
	},
});

/** What is due, and whose lease may be over, have indexes of few rows, whatever was delivered before. */
export const WebhookDeliveryEntity = defineEntity({
	name: 'WebhookDelivery',
	tableName: 'webhook_deliveries',
	properties: {
		id: p.uuid().primary(),
		webhookId: p.uuid(),
		conversationId: p.uuid(),
		sequence: p.integer(),
		event: word(),
		status: word(),
		attempts: p.integer(),
		tries: p.integer(),
		nextAttemptAt: instant().nullable(),
		leaseUntil: instant().nullable(),
		error: p.string().length(500).nullable(),
		createdAt: instant(),
		updatedAt: instant(),
	},
	indexes: [
		{ name: 'webhook_deliveries_status_index', properties: ['webhookId', 'status', 'createdAt', 'id'] },
		{
			name: 'webhook_deliveries_due_index',
			properties: ['webhookId', 'nextAttemptAt'],
			where: { nextAttemptAt: { $ne: null } },
		},
		{
			name: 'webhook_deliveries_lease_index',
			properties: ['leaseUntil'],
			where: { leaseUntil: { $ne: null } },
		},
	],
});

export const WebhookAttemptEntity = defineEntity({
	name: 'WebhookAttempt',
	tableName: 'webhook_attempts',
	properties: {
		deliveryId: p.uuid().primary(),
		number: p.integer().primary(),
		startedAt: instant(),
		durationMs: p.integer().nullable(),
		httpStatus: p.integer().nullable(),
		outcome: word(),
	},
});

export const webhookEntities = [WebhookEntity, WebhookDeliveryEntity, WebhookAttemptEntity] as const;
