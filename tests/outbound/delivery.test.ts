import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	beginDelivery,
	cancel,
	claim,
	type Ending,
	expire,
	isOpen,
	redrive,
	refuse,
	report,
	STATUSES,
	settle,
} from '../../src/conversations/delivery.ts';
import type { Delivery, DeliveryStatus } from '../../src/conversations/outside.ts';

const NOW = new Date('2026-05-21T18:00:00.000Z');
const LATER = new Date('2026-05-21T18:00:30.000Z');
const MESSAGE = { id: 'message', conversationId: 'conversation', sequence: 3 };
const ADDRESSED = { from: '+11234567890', to: '+10987654321', channel: 'SMS', requestedAt: NOW } as const;
const TERMS = { maxAttempts: 3, isIdempotent: false, now: NOW };
const IDEMPOTENT = { ...TERMS, isIdempotent: true };

const queued = beginDelivery(MESSAGE, ADDRESSED, NOW);

function sending(from: Delivery = queued): Delivery {
	const claimed = claim(
		{ ...from, nextAttemptAt: NOW },
		{ provider: 'webhook', leaseUntil: LATER, now: NOW },
	);
	if (claimed === undefined) throw new Error(`A delivery that is ${from.status} cannot be claimed.`);
	return claimed;
}

/** A delivery of this status as the ledger comes to it. */
function inStatus(status: DeliveryStatus): Delivery {
	if (status === 'QUEUED') return queued;
	const claimed = sending();
	return status === 'SENDING' ? claimed : { ...claimed, status, leaseUntil: null };
}

const retry: Ending = { kind: 'retry', error: 'busy', retryAt: LATER };
const unknown: Ending = { kind: 'unknown', error: 'no answer', retryAt: LATER };
const rejected: Ending = { kind: 'rejected', error: 'no such number' };
const accepted: Ending = { kind: 'accepted', providerMessageId: 'their-1' };

describe('an attempt', () => {
	it('begins only for what waits and is due, with the next number', () => {
		for (const status of STATUSES) {
			const claimed = claim(inStatus(status), { provider: 'webhook', leaseUntil: LATER, now: NOW });
			const waits = status === 'QUEUED' || status === 'RETRYING';
			expect([status, claimed?.status]).toEqual([status, waits ? 'SENDING' : undefined]);
		}
		expect(sending()).toMatchObject({ attempts: 1, tries: 1, nextAttemptAt: null, leaseUntil: LATER });
		const early = { ...queued, nextAttemptAt: LATER };
		expect(claim(early, { provider: 'webhook', leaseUntil: LATER, now: NOW })).toBeUndefined();
	});

	it('may be of any provider, unless one may have accepted the last one', () => {
		const other = { provider: 'twilio', leaseUntil: LATER, now: LATER };
		const refused = settle(sending(), 1, retry, TERMS) as Delivery;
		expect(claim(refused, other)).toMatchObject({ status: 'SENDING', provider: 'twilio' });
		const open = settle(sending(), 1, unknown, IDEMPOTENT) as Delivery;
		expect(claim(open, other)).toBeUndefined();
		expect(claim(open, { ...other, provider: 'webhook' })).toMatchObject({ attempts: 2, uncertain: true });
		const again = redrive(settle(sending(), 1, unknown, TERMS) as Delivery, LATER) as Delivery;
		expect(claim(again, other)).toMatchObject({ provider: 'twilio', uncertain: true });
	});

	it('that was accepted is sent, with the provider’s id', () => {
		expect(settle(sending(), 1, accepted, TERMS)).toMatchObject({
			status: 'SENT',
			providerMessageId: 'their-1',
			error: null,
			leaseUntil: null,
		});
	});

	it('that was not accepted is retried until the last one, and then dead', () => {
		let delivery = sending();
		for (const number of [1, 2]) {
			const settled = settle(delivery, number, retry, TERMS);
			expect(settled).toMatchObject({ status: 'RETRYING', nextAttemptAt: LATER, error: 'busy' });
			delivery = sending(settled);
		}
		expect(settle(delivery, 3, retry, TERMS)).toMatchObject({ status: 'DEAD', nextAttemptAt: null });
	});

	it('that was rejected failed for good', () => {
		expect(settle(sending(), 1, rejected, TERMS)).toMatchObject({
			status: 'FAILED',
			error: 'no such number',
		});
	});

	it('with an open end is unknown, unless its provider takes it twice without harm', () => {
		expect(settle(sending(), 1, unknown, TERMS)).toMatchObject({ status: 'UNKNOWN', uncertain: true });
		expect(settle(sending(), 1, unknown, IDEMPOTENT)).toMatchObject({ status: 'RETRYING', uncertain: true });
	});

	it('after one with an open end ends unknown where it is not accepted: the earlier one may have been', () => {
		const again = () => sending(settle(sending(), 1, unknown, IDEMPOTENT));
		expect(settle(again(), 2, rejected, IDEMPOTENT)?.status).toBe('UNKNOWN');
		expect(settle({ ...again(), tries: 3 }, 2, retry, IDEMPOTENT)?.status).toBe('UNKNOWN');
		expect(settle(again(), 2, accepted, IDEMPOTENT)).toMatchObject({ status: 'SENT', uncertain: false });
	});

	it('that nobody was asked for does not count', () => {
		const released = settle(sending(), 1, { kind: 'released', retryAt: NOW }, TERMS);
		expect(released).toMatchObject({ status: 'RETRYING', attempts: 1, tries: 0, nextAttemptAt: NOW });
	});

	it('changes nothing once another one has begun', () => {
		const second = sending(settle(sending(), 1, unknown, IDEMPOTENT));
		for (const ending of [accepted, retry, unknown, rejected])
			expect(settle(second, 1, ending, IDEMPOTENT)).toBeUndefined();
	});

	it('whose lease ran out can still tell that it was accepted, and nothing else', () => {
		const terms = { ...TERMS, now: LATER };
		const expired = expire(sending(), terms);
		expect(expired?.status).toBe('UNKNOWN');
		for (const ending of [retry, unknown, rejected])
			expect(settle(expired as Delivery, 1, ending, terms)).toBeUndefined();
		expect(settle(expired as Delivery, 1, accepted, terms)).toMatchObject({
			status: 'SENT',
			uncertain: false,
		});
	});

	it('expires only once its lease is over', () => {
		expect(expire(sending(), TERMS)).toBeUndefined();
		for (const status of STATUSES.filter((one) => one !== 'SENDING'))
			expect(expire(inStatus(status), { ...TERMS, now: LATER })).toBeUndefined();
	});
});

describe('a callback', () => {
	const said = (status: 'SENT' | 'DELIVERED' | 'UNDELIVERED' | 'FAILED') =>
		({ status, providerMessageId: 'their-1', error: 'as they say' }) as const;

	it('before the answer to the call is kept, and the answer adds the id alone', () => {
		const delivered = report(sending(), { ...said('DELIVERED'), providerMessageId: null }, NOW) as Delivery;
		expect(delivered.status).toBe('DELIVERED');
		expect(settle(delivered, 1, accepted, TERMS)).toMatchObject({
			status: 'DELIVERED',
			providerMessageId: 'their-1',
		});
		expect(settle(delivered, 1, unknown, TERMS)).toBeUndefined();
	});

	it('moves on what is not known, dead or canceled, and moves nothing that has ended', () => {
		for (const status of ['UNKNOWN', 'DEAD', 'CANCELED', 'RETRYING'] as const)
			expect(report(inStatus(status), said('DELIVERED'), NOW)?.status).toBe('DELIVERED');
		for (const status of ['DELIVERED', 'UNDELIVERED', 'FAILED'] as const)
			for (const word of ['SENT', 'DELIVERED', 'UNDELIVERED', 'FAILED'] as const)
				expect(report(inStatus(status), said(word), NOW)).toBeUndefined();
	});

	it('of a message that nobody was asked to send is not believed', () => {
		expect(report(queued, said('DELIVERED'), NOW)).toBeUndefined();
		const again = redrive(inStatus('FAILED'), NOW) as Delivery;
		expect(report(again, said('FAILED'), NOW)).toBeUndefined();
	});

	it('of an attempt before the last tells only that the contact has the message', () => {
		const open = settle(sending(), 1, unknown, TERMS) as Delivery;
		const again = { kind: 'accepted', providerMessageId: 'their-2' } as const;
		const sent = settle(sending(redrive(open, NOW)), 2, again, TERMS) as Delivery;
		for (const word of ['SENT', 'UNDELIVERED', 'FAILED'] as const)
			expect(report(sent, said(word), NOW)).toBeUndefined();
		expect(report(sent, said('DELIVERED'), NOW)).toMatchObject({
			status: 'DELIVERED',
			providerMessageId: 'their-2',
		});
		for (const providerMessageId of ['their-2', null])
			expect(report(sent, { ...said('FAILED'), providerMessageId }, NOW)?.status).toBe('FAILED');
	});

	it('of an attempt with an open end counts also while a person has it sent again', () => {
		const open = settle(sending(), 1, unknown, TERMS) as Delivery;
		expect(report(redrive(open, NOW) as Delivery, said('DELIVERED'), NOW)?.status).toBe('DELIVERED');
	});
});

describe('a person', () => {
	it('redrives what is dead, failed or unknown: another round of attempts', () => {
		for (const status of STATUSES) {
			const again = redrive({ ...inStatus(status), tries: 3 }, NOW);
			const isDead = ['DEAD', 'FAILED', 'UNKNOWN'].includes(status);
			expect([status, again?.status, again?.tries]).toEqual([
				status,
				...(isDead ? ['QUEUED', 0] : [undefined, undefined]),
			]);
		}
	});

	it('cancels what waits, for its turn or for a person', () => {
		for (const status of STATUSES) {
			const isLate = ['SENDING', 'SENT', 'DELIVERED', 'UNDELIVERED'].includes(status);
			expect([status, cancel(inStatus(status), NOW)?.status]).toEqual([
				status,
				isLate ? undefined : 'CANCELED',
			]);
		}
		const canceled = inStatus('CANCELED');
		expect(cancel(canceled, NOW)).toBe(canceled);
	});
});

describe('whatever happens, in whatever order', () => {
	/** What a status must not be followed by without a person's hand. */
	const RANK: Record<DeliveryStatus, number> = {
		QUEUED: 0,
		SENDING: 1,
		RETRYING: 1,
		UNKNOWN: 2,
		DEAD: 2,
		CANCELED: 2,
		SENT: 3,
		DELIVERED: 4,
		UNDELIVERED: 4,
		FAILED: 4,
	};
	const happening = fc.oneof(
		fc.constant({ kind: 'claim' } as const),
		fc.record({
			kind: fc.constant('settle' as const),
			number: fc.nat(4),
			ending: fc.constantFrom(retry, unknown, rejected, accepted),
			isIdempotent: fc.boolean(),
		}),
		fc.constant({ kind: 'expire' } as const),
		fc.constant({ kind: 'cancel' } as const),
		fc.constant({ kind: 'refuse' } as const),
		fc.record({
			kind: fc.constant('report' as const),
			status: fc.constantFrom('SENT', 'DELIVERED', 'UNDELIVERED', 'FAILED'),
		}),
	);
	const apply = (
		delivery: Delivery,
		what: typeof happening extends fc.Arbitrary<infer One> ? One : never,
	) => {
		switch (what.kind) {
			case 'claim':
				return claim(
					{ ...delivery, nextAttemptAt: NOW },
					{ provider: 'webhook', leaseUntil: LATER, now: NOW },
				);
			case 'settle':
				return settle(delivery, what.number, what.ending, { ...TERMS, isIdempotent: what.isIdempotent });
			case 'expire':
				return expire(delivery, { ...TERMS, now: LATER });
			case 'cancel':
				return cancel(delivery, NOW);
			case 'refuse':
				return refuse(delivery, 'no', NOW);
			case 'report':
				return report(delivery, { status: what.status, providerMessageId: null, error: null }, NOW);
		}
	};

	it('a status never goes backwards, save that a person cancels, and waiting and leases fit the status', () => {
		fc.assert(
			fc.property(fc.array(happening, { maxLength: 12 }), (happenings) => {
				let delivery = queued;
				for (const what of happenings) {
					const after = apply(delivery, what);
					if (after === undefined) continue;
					if (what.kind !== 'cancel')
						expect(RANK[after.status]).toBeGreaterThanOrEqual(RANK[delivery.status]);
					expect(after.nextAttemptAt !== null).toBe(isOpen(after.status) && after.status !== 'SENDING');
					expect(after.leaseUntil !== null).toBe(after.status === 'SENDING');
					expect(after.attempts).toBeGreaterThanOrEqual(delivery.attempts);
					delivery = after;
				}
			}),
		);
	});

	it('a message with an attempt whose end is open is never again asked of anybody but an idempotent provider', () => {
		fc.assert(
			fc.property(fc.array(happening, { maxLength: 12 }), (happenings) => {
				let delivery = queued;
				for (const what of happenings) {
					const isOpenEnd = what.kind === 'settle' && what.ending.kind === 'unknown' && !what.isIdempotent;
					const after = apply(delivery, what);
					if (after !== undefined && isOpenEnd) expect(after.status).toBe('UNKNOWN');
					delivery = after ?? delivery;
				}
			}),
		);
	});
});
