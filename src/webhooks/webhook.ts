import type { EventType } from '../conversations/model.ts';
import type { AttemptOutcome } from '../conversations/outside.ts';

/** What a webhook can be told of, by the types of the log's entries. */
export const WEBHOOK_EVENTS = {
	MessageSent: 'MESSAGE_SENT',
	MessageEdited: 'MESSAGE_EDITED',
	MessageDeleted: 'MESSAGE_DELETED',
	MemberJoined: 'MEMBER_JOINED',
	MemberLeft: 'MEMBER_LEFT',
	ConversationChanged: 'CONVERSATION_CHANGED',
	DeliveryChanged: 'DELIVERY_CHANGED',
} as const satisfies Record<EventType, string>;

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[EventType];

/** Where a customer's system wants to be told of events, and how it knows that it is us who tell. */
export interface Webhook {
	readonly id: string;
	readonly url: string;
	/** Each once. */
	readonly events: readonly WebhookEvent[];
	/** Otherwise nothing is queued for it, and what is queued waits. */
	readonly enabled: boolean;
	/** Why the service disabled it; null where nobody or an admin did. */
	readonly disabledReason: string | null;
	/** See secrets.ts. */
	readonly secret: string;
	/** The one before, which signs as well until `previousSecretUntil`; both are null where there is none. */
	readonly previousSecret: string | null;
	readonly previousSecretUntil: Date | null;
	readonly createdAt: Date;
	readonly updatedAt: Date;
}

/** DELIVERED: the receiver answered 2xx. DEAD: it did not, and is asked no more. See `delivery.ts`. */
export type WebhookDeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export const DELIVERY_STATUSES = ['QUEUED', 'SENDING', 'RETRYING', 'DELIVERED', 'DEAD'] as const;

/** That a webhook is told of an event. A row for each webhook and event, written with the event. */
export interface WebhookDelivery {
	readonly id: string;
	readonly webhookId: string;
	/** Which event: it is read when it is told. */
	readonly conversationId: string;
	readonly sequence: number;
	readonly event: WebhookEvent;
	readonly status: WebhookDeliveryStatus;
	/** Attempts begun, over all rounds. The last one's number is its fencing token: an older attempt changes nothing. */
	readonly attempts: number;
	/** Attempts begun since it was queued, or queued again by a person. */
	readonly tries: number;
	/** When it is due: set while QUEUED or RETRYING. */
	readonly nextAttemptAt: Date | null;
	/** Whose attempt has not ended by then is taken for dead: set while SENDING. */
	readonly leaseUntil: Date | null;
	/** Why it is not further, for people. */
	readonly error: string | null;
	readonly createdAt: Date;
	readonly updatedAt: Date;
}

/** One request, recorded before it is made. */
export interface WebhookAttempt {
	readonly deliveryId: string;
	/** 1, 2, 3 … */
	readonly number: number;
	readonly startedAt: Date;
	/** Null while it is under way, and where its end was never learnt. */
	readonly durationMs: number | null;
	readonly httpStatus: number | null;
	readonly outcome: AttemptOutcome;
}
