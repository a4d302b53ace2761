import { describe, expect, test } from 'vitest';
import type { Ended, JobOutcome } from '../../src/outbound/ledger.ts';
import {
	begunAttempt,
	bury,
	claim,
	endedAttempt,
	expire,
	redrive,
	settle,
} from '../../src/webhooks/delivery.ts';
import type { WebhookDelivery } from '../../src/webhooks/webhook.ts';

const at = (ms: number) => new Date(Date.parse('2026-01-31T12:00:00.000Z') + ms);

const QUEUED: WebhookDelivery = {
	id: 'delivery',
	webhookId: 'webhook',
	conversationId: 'conversation',
	sequence: 3,
	event: 'MESSAGE_SENT',
	status: 'QUEUED',
	attempts: 0,
	tries: 0,
	nextAttemptAt: at(0),
	leaseUntil: null,
	error: null,
	createdAt: at(0),
	updatedAt: at(0),
};
const SENDING: WebhookDelivery = {
	...QUEUED,
	status: 'SENDING',
	attempts: 4,
	tries: 1,
	nextAttemptAt: null,
	leaseUntil: at(100),
};
const TERMS = { maxAttempts: 3, now: at(50) };
const RETRY: JobOutcome = {
	kind: 'retry',
	httpStatus: 500,
	error: 'It answered 500.',
	isProviderFault: true,
};

function ending(outcome: JobOutcome): Ended {
	return { outcome, retryAt: at(60), startedAt: at(10), durationMs: 40 };
}

describe('a delivery', () => {
	test('is claimed when it is due, and by one alone', () => {
		const claimed = claim(QUEUED, { now: at(0), leaseUntil: at(100) });
		expect(claimed).toEqual({
			...QUEUED,
			status: 'SENDING',
			attempts: 1,
			tries: 1,
			nextAttemptAt: null,
			leaseUntil: at(100),
		});
		expect(claimed && claim(claimed, { now: at(0), leaseUntil: at(100) })).toBeUndefined();
		expect(claim({ ...QUEUED, nextAttemptAt: at(1) }, { now: at(0), leaseUntil: at(100) })).toBeUndefined();
		expect(claimed && begunAttempt(claimed, at(0))).toMatchObject({ number: 1, outcome: 'UNKNOWN' });
	});

	test.each<[string, JobOutcome, Partial<WebhookDelivery>]>([
		['accepted', { kind: 'accepted', providerMessageId: null }, { status: 'DELIVERED', error: null }],
		['to be retried', RETRY, { status: 'RETRYING', nextAttemptAt: at(60), error: 'It answered 500.' }],
		[
			'of an unknown end',
			{ kind: 'unknown', error: 'No answer.', isProviderFault: true },
			{ status: 'RETRYING', nextAttemptAt: at(60), error: 'No answer.' },
		],
		['gone', { kind: 'rejected', httpStatus: 410, error: 'Gone.' }, { status: 'DEAD', error: 'Gone.' }],
		['released', { kind: 'released' }, { status: 'RETRYING', nextAttemptAt: at(60), tries: 0 }],
	])('that is %s goes on accordingly', (_, outcome, changes) => {
		expect(settle(SENDING, 4, ending(outcome), TERMS)).toEqual({
			...SENDING,
			nextAttemptAt: null,
			leaseUntil: null,
			updatedAt: at(50),
			...changes,
		});
	});

	test('is dead after the last attempt of its round', () => {
		const settled = settle({ ...SENDING, tries: 3 }, 4, ending(RETRY), TERMS);
		expect(settled).toMatchObject({ status: 'DEAD', nextAttemptAt: null, error: 'It answered 500.' });
	});

	test('is not changed by an attempt that is not the last, nor by one whose lease was over', () => {
		expect(settle(SENDING, 3, ending(RETRY), TERMS)).toBeUndefined();
		const expired = expire(SENDING, at(200), { ...TERMS, now: at(100) });
		expect(expired).toMatchObject({ status: 'RETRYING', nextAttemptAt: at(200), leaseUntil: null });
		expect(expired && settle(expired, 4, ending(RETRY), TERMS)).toBeUndefined();
	});

	test('is kept by its lease until that is over', () => {
		expect(expire(SENDING, at(200), { ...TERMS, now: at(99) })).toBeUndefined();
		expect(expire(QUEUED, at(200), TERMS)).toBeUndefined();
		expect(expire({ ...SENDING, tries: 3 }, at(200), { ...TERMS, now: at(100) })).toMatchObject({
			status: 'DEAD',
		});
	});

	test('that is dead begins a round anew, and no other does', () => {
		const dead: WebhookDelivery = { ...SENDING, status: 'DEAD', leaseUntil: null, tries: 3, error: 'No.' };
		expect(redrive(dead, at(70))).toEqual({
			...dead,
			status: 'QUEUED',
			tries: 0,
			nextAttemptAt: at(70),
			updatedAt: at(70),
		});
		for (const status of ['QUEUED', 'SENDING', 'RETRYING', 'DELIVERED'] as const)
			expect(redrive({ ...dead, status }, at(70))).toBeUndefined();
	});

	test('that waits can be buried, one that is being told not', () => {
		expect(bury(QUEUED, 'Gone.', at(1))).toMatchObject({
			status: 'DEAD',
			nextAttemptAt: null,
			error: 'Gone.',
		});
		expect(bury(SENDING, 'Gone.', at(1))).toBeUndefined();
	});
});

test('an attempt that ended says how', () => {
	expect(endedAttempt('delivery', 4, ending(RETRY))).toEqual({
		deliveryId: 'delivery',
		number: 4,
		startedAt: at(10),
		durationMs: 40,
		httpStatus: 500,
		outcome: 'RETRY',
	});
	const rejected = endedAttempt('delivery', 4, ending({ kind: 'rejected', error: 'Gone.' }));
	expect(rejected).toMatchObject({ httpStatus: null, outcome: 'REJECTED' });
});
