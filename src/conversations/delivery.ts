import type { Message, StoredMessage } from './model.ts';
import type { Delivery, DeliveryStatus, OutsideChannel } from './outside.ts';

/*
 * What becomes of a delivery. Each function answers with the delivery afterwards, or with undefined where what happened
 * changes nothing. A status never goes backwards, in whatever order things are heard of:
 *
 *   QUEUED -> SENDING <-> RETRYING -> UNKNOWN, DEAD, CANCELED -> SENT -> DELIVERED, UNDELIVERED, FAILED
 *
 * save by a person's hand: `redrive` begins a round anew.
 */

/** The provider may still be asked, so what comes later in the conversation waits. */
export function isOpen(status: DeliveryStatus): boolean {
	return status === 'QUEUED' || status === 'SENDING' || status === 'RETRYING';
}

/** Every one, in the order in which they are gone through. */
export const STATUSES = [
	'QUEUED',
	'SENDING',
	'RETRYING',
	'UNKNOWN',
	'DEAD',
	'CANCELED',
	'SENT',
	'DELIVERED',
	'UNDELIVERED',
	'FAILED',
] as const satisfies readonly DeliveryStatus[];

/** Those that ask for a person. */
export const DEAD_LETTERS = ['DEAD', 'FAILED', 'UNKNOWN'] as const satisfies readonly DeliveryStatus[];

export function isDeadLetter(status: DeliveryStatus): boolean {
	return DEAD_LETTERS.some((dead) => dead === status);
}

const ENDS: ReadonlySet<DeliveryStatus> = new Set(['DELIVERED', 'UNDELIVERED', 'FAILED']);

export interface Addressed {
	readonly from: string;
	readonly to: string;
	readonly channel: OutsideChannel;
	readonly requestedAt: Date;
}

/** The delivery of a message that is about to be stored. */
export function beginDelivery(
	message: Pick<Message, 'id' | 'conversationId' | 'sequence'>,
	{ from, to, channel, requestedAt }: Addressed,
	now: Date,
): Delivery {
	return {
		messageId: message.id,
		conversationId: message.conversationId,
		sequence: message.sequence,
		channel,
		status: 'QUEUED',
		from,
		to,
		requestedAt,
		provider: null,
		attempts: 0,
		tries: 0,
		nextAttemptAt: now,
		leaseUntil: null,
		providerMessageId: null,
		error: null,
		uncertain: false,
		updatedAt: now,
	};
}

/** The message with its delivery as it is from now on. */
export function withDelivery<Row extends Message | StoredMessage>(message: Row, delivery: Delivery): Row {
	const { incoming = null, attachments = [] } = message.outside ?? {};
	return { ...message, outside: { incoming, attachments, delivery } };
}

/**
 * Another attempt begins, whose number is `attempts` of the answer; not of another provider than the one that may have
 * accepted the last one.
 */
export function claim(
	delivery: Delivery,
	{ provider, leaseUntil, now }: { readonly provider: string; readonly leaseUntil: Date; readonly now: Date },
): Delivery | undefined {
	const { status, nextAttemptAt } = delivery;
	if (status !== 'QUEUED' && status !== 'RETRYING') return undefined;
	if (nextAttemptAt !== null && nextAttemptAt > now) return undefined;
	if (delivery.uncertain && delivery.provider !== null && delivery.provider !== provider) return undefined;
	return {
		...delivery,
		status: 'SENDING',
		provider,
		attempts: delivery.attempts + 1,
		tries: delivery.tries + 1,
		nextAttemptAt: null,
		leaseUntil,
		updatedAt: now,
	};
}

/** How an attempt ended, as the ledger takes it. */
export type Ending =
	| { readonly kind: 'accepted'; readonly providerMessageId: string | null }
	| { readonly kind: 'retry' | 'unknown'; readonly error: string; readonly retryAt: Date }
	| { readonly kind: 'rejected'; readonly error: string }
	/** The provider was not asked: the attempt does not count. */
	| { readonly kind: 'released'; readonly retryAt: Date };

export interface Terms {
	/** Attempts of one round. */
	readonly maxAttempts: number;
	/** Whether the provider asked takes the same id twice without harm, so that an unknown end may be tried again. */
	readonly isIdempotent: boolean;
	readonly now: Date;
}

/**
 * The end of attempt `number`. One that is not the last any more changes nothing; one whose lease ran out can still tell
 * that the provider has the message, and no more.
 */
export function settle(
	delivery: Delivery,
	number: number,
	ending: Ending,
	terms: Terms,
): Delivery | undefined {
	if (number !== delivery.attempts) return undefined;
	if (ending.kind === 'accepted') return accept(delivery, ending.providerMessageId, terms.now);
	if (delivery.status !== 'SENDING') return undefined;
	const ended = { ...delivery, leaseUntil: null, updatedAt: terms.now };
	if (ending.kind === 'released')
		return { ...ended, status: 'RETRYING', tries: delivery.tries - 1, nextAttemptAt: ending.retryAt };
	const { error } = ending;
	const uncertain = delivery.uncertain || ending.kind === 'unknown';
	const mayRetry =
		ending.kind === 'retry' || (ending.kind === 'unknown' && terms.isIdempotent) ? ending : undefined;
	if (mayRetry && delivery.tries < terms.maxAttempts)
		return { ...ended, status: 'RETRYING', error, uncertain, nextAttemptAt: mayRetry.retryAt };
	// Once an attempt may have been accepted, no later one can tell that the message was not.
	if (uncertain) return { ...ended, status: 'UNKNOWN', error, uncertain };
	return { ...ended, status: ending.kind === 'rejected' ? 'FAILED' : 'DEAD', error };
}

function accept(delivery: Delivery, providerMessageId: string | null, now: Date): Delivery | undefined {
	const known = { ...delivery, providerMessageId: delivery.providerMessageId ?? providerMessageId };
	// A callback may have been faster than the answer.
	if (delivery.status === 'SENT' || ENDS.has(delivery.status))
		return known.providerMessageId === delivery.providerMessageId ? undefined : { ...known, updatedAt: now };
	return { ...known, ...SETTLED, status: 'SENT', error: null, uncertain: false, updatedAt: now };
}

const SETTLED = { nextAttemptAt: null, leaseUntil: null } as const;

const LEASE_OVER = 'The attempt did not end in time: it is not known whether the provider took the message.';

/** The lease of the present attempt is over: whoever made it is taken for dead. */
export function expire(delivery: Delivery, terms: Terms): Delivery | undefined {
	if (delivery.status !== 'SENDING' || delivery.leaseUntil === null || delivery.leaseUntil > terms.now)
		return undefined;
	return settle(
		delivery,
		delivery.attempts,
		{ kind: 'unknown', error: LEASE_OVER, retryAt: terms.now },
		terms,
	);
}

export interface Report {
	readonly status: 'SENT' | 'DELIVERED' | 'UNDELIVERED' | 'FAILED';
	readonly providerMessageId: string | null;
	readonly error: string | null;
}

/**
 * A provider's word on a message that it was asked to send: also where its answer to that was lost. Of an attempt before
 * the last, known by another id, only that it reached the contact is worth knowing: the last may fare otherwise.
 */
export function report(
	delivery: Delivery,
	{ status, providerMessageId, error }: Report,
	now: Date,
): Delivery | undefined {
	// Nobody was asked in this round, so that the word is of one before.
	if (delivery.tries === 0 && !delivery.uncertain) return undefined;
	if (ENDS.has(delivery.status)) return undefined;
	const known = delivery.providerMessageId;
	const isOfAnother = known !== null && providerMessageId !== null && providerMessageId !== known;
	if (isOfAnother && status !== 'DELIVERED') return undefined;
	if (status === 'SENT' && delivery.status === 'SENT') return undefined;
	return {
		...delivery,
		...SETTLED,
		status,
		uncertain: false,
		providerMessageId: delivery.providerMessageId ?? providerMessageId,
		error: status === 'SENT' || status === 'DELIVERED' ? null : error,
		updatedAt: now,
	};
}

/** A person wants it sent (again): DEAD, FAILED and UNKNOWN begin another round, with whatever provider there is. */
export function redrive(delivery: Delivery, now: Date): Delivery | undefined {
	const { status } = delivery;
	if (!isDeadLetter(status)) return undefined;
	return {
		...delivery,
		...SETTLED,
		status: 'QUEUED',
		provider: null,
		tries: 0,
		nextAttemptAt: now,
		providerMessageId: null,
		updatedAt: now,
	};
}

/** Nobody is to try again: what waits for its turn or for a person. One that was canceled is answered as it is. */
export function cancel(delivery: Delivery, now: Date, error: string | null = null): Delivery | undefined {
	const { status } = delivery;
	if (status === 'CANCELED') return delivery;
	const waits = status === 'QUEUED' || status === 'RETRYING';
	if (!waits && !isDeadLetter(status)) return undefined;
	return { ...delivery, ...SETTLED, status: 'CANCELED', error: error ?? delivery.error, updatedAt: now };
}

/** It is not to be sent at all, for a reason of our own. */
export function refuse(delivery: Delivery, error: string, now: Date): Delivery | undefined {
	if (delivery.status !== 'QUEUED' && delivery.status !== 'RETRYING') return undefined;
	const status = delivery.uncertain ? 'UNKNOWN' : 'FAILED';
	return { ...delivery, ...SETTLED, status, error, updatedAt: now };
}
