import type { AttemptOutcome } from '../conversations/outside.ts';
import type { Ended, JobOutcome } from '../outbound/ledger.ts';
import { recordedError } from '../outbound/provider.ts';
import type { WebhookAttempt, WebhookDelivery } from './webhook.ts';

/*
 * What becomes of a delivery: QUEUED -> SENDING -> DELIVERED, or RETRYING -> SENDING … and at last DEAD, from where a
 * person begins a round anew. Each function answers with the delivery afterwards, or with undefined where what happened
 * changes nothing. An attempt that ended without an answer is followed by another all the same: the receiver knows by
 * `webhook-id` what it has had.
 */

const IDLE = { nextAttemptAt: null, leaseUntil: null } as const;
const LEASE_OVER = 'The attempt did not end in time.';

/** Another attempt begins, whose number is `attempts` of the answer. */
export function claim(
	delivery: WebhookDelivery,
	{ leaseUntil, now }: { readonly leaseUntil: Date; readonly now: Date },
): WebhookDelivery | undefined {
	const { nextAttemptAt } = delivery;
	if (nextAttemptAt === null || nextAttemptAt > now) return undefined;
	return {
		...delivery,
		...IDLE,
		status: 'SENDING',
		attempts: delivery.attempts + 1,
		tries: delivery.tries + 1,
		leaseUntil,
		updatedAt: now,
	};
}

/** The attempt that a claimed delivery is about to make. */
export function begunAttempt(
	{ id, attempts }: Pick<WebhookDelivery, 'id' | 'attempts'>,
	now: Date,
): WebhookAttempt {
	return {
		deliveryId: id,
		number: attempts,
		startedAt: now,
		durationMs: null,
		httpStatus: null,
		outcome: 'UNKNOWN',
	};
}

/** The end of attempt `number`; of one that is not the last any more, or whose lease is over, nothing follows. */
export function settle(
	delivery: WebhookDelivery,
	number: number,
	{ outcome, retryAt }: Ended,
	{ maxAttempts, now }: { readonly maxAttempts: number; readonly now: Date },
): WebhookDelivery | undefined {
	if (delivery.status !== 'SENDING' || delivery.attempts !== number) return undefined;
	const ended = { ...delivery, ...IDLE, updatedAt: now };
	switch (outcome.kind) {
		case 'accepted':
			return { ...ended, status: 'DELIVERED', error: null };
		case 'released':
			return { ...ended, status: 'RETRYING', tries: delivery.tries - 1, nextAttemptAt: retryAt };
		case 'rejected':
			return { ...ended, status: 'DEAD', error: recordedError(outcome.error) };
		default: {
			const error = recordedError(outcome.error);
			if (delivery.tries >= maxAttempts) return { ...ended, status: 'DEAD', error };
			return { ...ended, status: 'RETRYING', nextAttemptAt: retryAt, error };
		}
	}
}

/** The lease of the present attempt is over: whoever made it is taken for dead. */
export function expire(
	delivery: WebhookDelivery,
	retryAt: Date,
	terms: { readonly maxAttempts: number; readonly now: Date },
): WebhookDelivery | undefined {
	if (delivery.leaseUntil === null || delivery.leaseUntil > terms.now) return undefined;
	const outcome = { kind: 'unknown', error: LEASE_OVER, isProviderFault: false } as const;
	return settle(
		delivery,
		delivery.attempts,
		{ outcome, retryAt, startedAt: terms.now, durationMs: null },
		terms,
	);
}

/** It is not told any more, though it waits to be. */
export function bury(delivery: WebhookDelivery, error: string, now: Date): WebhookDelivery | undefined {
	if (delivery.nextAttemptAt === null) return undefined;
	return { ...delivery, ...IDLE, status: 'DEAD', error, updatedAt: now };
}

/** A person wants it told again: another round begins. Undefined unless it is DEAD. */
export function redrive(delivery: WebhookDelivery, now: Date): WebhookDelivery | undefined {
	if (delivery.status !== 'DEAD') return undefined;
	return { ...delivery, status: 'QUEUED', tries: 0, nextAttemptAt: now, updatedAt: now };
}

const OUTCOMES = {
	accepted: 'ACCEPTED',
	retry: 'RETRY',
	released: 'RETRY',
	rejected: 'REJECTED',
	unknown: 'UNKNOWN',
} as const satisfies Record<JobOutcome['kind'], AttemptOutcome>;

/** How an attempt ended, whatever follows from it. */
export function endedAttempt(deliveryId: string, number: number, ended: Ended): WebhookAttempt {
	const { outcome, startedAt, durationMs } = ended;
	return {
		deliveryId,
		number,
		startedAt,
		durationMs,
		httpStatus: 'httpStatus' in outcome ? (outcome.httpStatus ?? null) : null,
		outcome: OUTCOMES[outcome.kind],
	};
}
