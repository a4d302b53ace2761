import { defineEntity, p } from '@mikro-orm/core';
import { instant, key, word } from './columns.ts';

/*
 * The tables of what goes out to providers and comes in from them; see entities.ts for what all tables keep to. An
 * address is E.164 or an email address.
 */

const address = () => key(320);

export const ThreadEntity = defineEntity({
	name: 'Thread',
	tableName: 'threads',
	properties: {
		pairKey: key(43).primary(),
		generation: p.integer().primary(),
		conversationId: p.uuid(),
		family: word(),
		ownAddress: address(),
		contactAddress: address(),
	},
	uniques: [{ name: 'threads_conversation_unique', properties: ['conversationId'] }],
});

/**
 * What is asked often has an index of few rows, whatever was sent before: each of these columns is null in the rows that
 * are not asked for, and the index leaves them out.
 */
export const DeliveryEntity = defineEntity({
	name: 'Delivery',
	tableName: 'deliveries',
	properties: {
		messageId: p.uuid().primary(),
		conversationId: p.uuid(),
		sequence: p.integer(),
		channel: word(),
		status: word(),
		fromAddress: address(),
		toAddress: address(),
		requestedAt: instant(),
		provider: word().nullable(),
		attempts: p.integer(),
		tries: p.integer(),
		nextAttemptAt: instant().nullable(),
		leaseUntil: instant().nullable(),
		providerMessageId: key(255).nullable(),
		error: p.string().length(500).nullable(),
		uncertain: p.boolean(),
		updatedAt: instant(),
		/** The sequence, while it is to be sent or being sent: later ones of the conversation wait for it. */
		openSequence: p.integer().nullable(),
		/** When it is to be attempted, where nothing before it in the conversation is open. */
		dueAt: instant().nullable(),
	},
	indexes: [
		{ name: 'deliveries_due_index', properties: ['channel', 'dueAt'], where: { dueAt: { $ne: null } } },
		{ name: 'deliveries_lease_index', properties: ['leaseUntil'], where: { leaseUntil: { $ne: null } } },
		{
			name: 'deliveries_open_index',
			properties: ['conversationId', 'openSequence'],
			where: { openSequence: { $ne: null } },
		},
		{
			name: 'deliveries_provider_index',
			properties: ['providerMessageId', 'provider', 'messageId'],
			where: { providerMessageId: { $ne: null } },
		},
		{ name: 'deliveries_status_index', properties: ['status', 'updatedAt', 'messageId', 'channel'] },
	],
});

export const DeliveryAttemptEntity = defineEntity({
	name: 'DeliveryAttempt',
	tableName: 'delivery_attempts',
	properties: {
		messageId: p.uuid().primary(),
		number: p.integer().primary(),
		provider: word(),
		startedAt: instant(),
		durationMs: p.integer().nullable(),
		httpStatus: p.integer().nullable(),
		outcome: word(),
	},
});

export const AttachmentEntity = defineEntity({
	name: 'Attachment',
	tableName: 'attachments',
	properties: {
		messageId: p.uuid().primary(),
		/** 0, 1, 2 … */
		position: p.integer().primary(),
		url: p.string().length(2048),
		contentType: p.string().length(255).nullable(),
		/** Bytes; null also above 2^31 - 1. */
		size: p.integer().nullable(),
	},
});

export const IncomingMessageEntity = defineEntity({
	name: 'IncomingMessage',
	tableName: 'incoming_messages',
	properties: {
		messageId: p.uuid().primary(),
		contactAddress: address(),
		ownAddress: address(),
		provider: word(),
		providerMessageId: key(255),
		sentAt: instant(),
	},
});

export const WebhookReceiptEntity = defineEntity({
	name: 'WebhookReceipt',
	tableName: 'webhook_receipts',
	properties: {
		receiptKey: key(43).primary(),
		receivedAt: instant(),
	},
	indexes: [{ name: 'webhook_receipts_received_index', properties: ['receivedAt'] }],
});

export const OptOutEntity = defineEntity({
	name: 'OptOut',
	tableName: 'opt_outs',
	properties: {
		optOutKey: key(43).primary(),
		family: word(),
		address: address(),
		optedOutAt: instant(),
	},
});

/** What all nodes share of a provider. */
export const ProviderLimitEntity = defineEntity({
	name: 'ProviderLimit',
	tableName: 'provider_limits',
	properties: {
		provider: word().primary(),
		nextTurnAt: instant().nullable(),
		/** Microseconds behind `nextTurnAt`, 0 to 999: so that turns keep to a rate whose distance is no whole millisecond. */
		nextTurnMicros: p.integer(),
		pausedUntil: instant().nullable(),
	},
});

export const outsideEntities = [
	ThreadEntity,
	DeliveryEntity,
	DeliveryAttemptEntity,
	AttachmentEntity,
	IncomingMessageEntity,
	WebhookReceiptEntity,
	OptOutEntity,
	ProviderLimitEntity,
] as const;
