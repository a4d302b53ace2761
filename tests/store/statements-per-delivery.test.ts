import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/conversations/ids.ts';
import type { Viewer } from '../../src/identity/viewer.ts';
import { cancelDelivery } from '../../src/outbound/cancel-delivery.ts';
import { DeliveryLedger } from '../../src/outbound/delivery-ledger.ts';
import type { JobOutcome } from '../../src/outbound/ledger.ts';
import type { Outbound } from '../../src/outbound/outbound.ts';
import { receiveMessage } from '../../src/outbound/receive-message.ts';
import { receiveStatus } from '../../src/outbound/receive-status.ts';
import { redriveDelivery } from '../../src/outbound/redrive-delivery.ts';
import { sendOutboundMessage } from '../../src/outbound/send-outbound-message.ts';
import { databasesFor } from '../support/databases.ts';
import { useCountedBatches } from './counted-batches.ts';

const OURS = '+12025550100';
const numberOf = (index: number) => `+1202556${String(index).padStart(4, '0')}`;
const ACCEPTED = { kind: 'accepted', httpStatus: 200, providerMessageId: 'p' } as const;
const UNKNOWN = { kind: 'unknown', error: 'It took too long.', isProviderFault: true } as const;
const DEADLINE = new Date('2100-01-01T00:00:00Z');

describe.each(databasesFor('statements per delivery'))('on %s', (kind) => {
	const batches = useCountedBatches(kind);
	let agent: Viewer;
	let outbound: Outbound;
	let ledger: DeliveryLedger;

	beforeAll(async () => {
		const { domain, outbound: store } = batches;
		agent = await batches.viewer('agent', 'AGENT');
		outbound = {
			domain,
			store,
			channels: new Set(['SMS'] as const),
			providers: new Map([['SMS', ['webhook']]]),
			ratePerSecond: undefined,
			helpReply: undefined,
			checkUrl: async () => undefined,
		};
		ledger = new DeliveryLedger(domain, store, {
			providers: [
				{
					name: 'webhook',
					channels: ['SMS'],
					isIdempotent: false,
					send: async () => ACCEPTED,
					close: async () => undefined,
				},
			],
			maxAttempts: 3,
			backoff: { baseMs: 1, maxMs: 1 },
			ratePerSecond: undefined,
		});
	});

	const send = (to: string) =>
		sendOutboundMessage(outbound, agent, {
			from: OURS,
			to,
			type: 'SMS',
			body: 'hello',
			attachments: [],
			timestamp: new Date(),
		});
	const receive = (from: string) =>
		receiveMessage(outbound, {
			provider: 'webhook',
			id: newId(),
			from,
			to: OURS,
			type: 'SMS',
			body: 'hello',
			attachments: [],
			timestamp: new Date(),
		});

	/** Sends in this many conversations, and counts what each step of it takes. */
	async function steps(size: number): Promise<Readonly<Record<string, number>>> {
		const numbers = Array.from({ length: size }, (_, index) => numberOf(index));
		await Promise.all(numbers.map(send));
		const counts: Record<string, number> = {};
		const count = async <T>(name: string, work: readonly (() => Promise<T>)[]) => {
			const results: T[] = [];
			counts[name] = await batches.inOneBatch(work.map((run) => async () => results.push(await run())));
			return results;
		};
		const claimAll = async (name: string) => {
			const due = await ledger.due(DEADLINE, 1_000, () => true);
			expect(due).toHaveLength(size);
			const claims = due.map((one) => ({ due: one, lane: 'webhook', leaseUntil: DEADLINE }));
			const jobs = (
				await count(
					name,
					claims.map((claim) => () => Promise.all(ledger.claim([claim]))),
				)
			).flat();
			return jobs.filter((job) => job !== undefined);
		};
		const settleAll = async (
			name: string,
			jobs: Awaited<ReturnType<typeof claimAll>>,
			outcome: JobOutcome,
		) => {
			const ended = { outcome, retryAt: new Date(), startedAt: new Date(), durationMs: 20 };
			await count(
				name,
				jobs.map((job) => () => ledger.settle(job, ended)),
			);
		};
		await settleAll('unknown', await claimAll('claim'), UNKNOWN);
		const sent = (
			await count(
				'send',
				numbers.map((number) => () => send(number)),
			)
		).map(({ message }) => message.id);
		const jobs = await claimAll('claim the next');
		await settleAll('accepted', jobs, ACCEPTED);
		await count(
			'delivered',
			sent.map(
				(messageId) => () =>
					receiveStatus(outbound, {
						provider: 'webhook',
						messageId,
						status: 'DELIVERED',
						timestamp: new Date(),
					}),
			),
		);
		await count(
			'receive',
			numbers.map((number) => () => receive(number)),
		);
		const canceled = (await Promise.all(numbers.map(send))).map(({ message }) => message.id);
		await count(
			'cancel',
			canceled.map((messageId) => () => cancelDelivery(outbound, agent, { messageId })),
		);
		await Promise.all(numbers.map(send));
		const refused = await claimAll('claim the last');
		await settleAll('refused', refused, { kind: 'rejected', httpStatus: 400, error: 'No such number.' });
		const dead = refused.map(({ messageId }) => messageId);
		await count(
			'redrive',
			dead.map((messageId) => () => redriveDelivery(outbound, agent, { messageId })),
		);
		await settleAll('sent again', await claimAll('claim again'), ACCEPTED);
		return counts;
	}

	test('a batch of 200 deliveries is as many statements as one of 10 or of 1, whatever becomes of them', async () => {
		const [one, ten, many] = [await steps(1), await steps(10), await steps(200)];
		expect(ten).toEqual(one);
		expect(many).toEqual(one);
		// Read: the lock, the thread, its opt-outs, the message, its delivery and attachments, what is open before it.
		// Written: the event, the delivery, the attempt, the head. An end also says what is due next, and reads neither a
		// thread nor what is open.
		expect(one).toMatchObject({ claim: 11, accepted: 9 });
	});
});
