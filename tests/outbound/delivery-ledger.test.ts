import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { deleteMessage } from '../../src/conversations/delete-message.ts';
import { InvalidInputError } from '../../src/conversations/errors.ts';
import { newId } from '../../src/conversations/ids.ts';
import type { OutsideChannel } from '../../src/conversations/outside.ts';
import type { Viewer } from '../../src/identity/viewer.ts';
import { DeliveryLedger } from '../../src/outbound/delivery-ledger.ts';
import type { JobOutcome } from '../../src/outbound/ledger.ts';
import type { Outbound } from '../../src/outbound/outbound.ts';
import type { Provider, ProviderOutcome } from '../../src/outbound/provider.ts';
import { receiveMessage } from '../../src/outbound/receive-message.ts';
import { redriveDelivery } from '../../src/outbound/redrive-delivery.ts';
import { sendOutboundMessage } from '../../src/outbound/send-outbound-message.ts';
import type { DueDelivery } from '../../src/outbound/store.ts';
import { type Node, useNodes } from '../contract/store-setup.ts';
import { databasesFor } from '../support/databases.ts';
import { freshPair } from '../support/outbound.ts';

const ACCEPTED: ProviderOutcome = { kind: 'accepted', providerMessageId: null };
const UNKNOWN: ProviderOutcome = { kind: 'unknown', error: 'It took too long.', isProviderFault: true };
const LEASE = new Date('2100-01-01T00:00:00Z');

function provider(name: string, channels: readonly OutsideChannel[], isIdempotent: boolean): Provider {
	return { name, channels, isIdempotent, send: async () => ACCEPTED, close: async () => undefined };
}

const FIRST = provider('webhook', ['SMS'], true);
const SECOND = provider('webhook-fallback', ['SMS'], true);
const CARELESS = provider('twilio', ['SMS'], false);

function outboundOf({ domain, outbound: store }: Node): Outbound {
	return {
		domain,
		store,
		channels: new Set(['SMS'] as const),
		providers: new Map([['SMS', ['webhook']]]),
		ratePerSecond: undefined,
		helpReply: undefined,
		checkUrl: async () => undefined,
	};
}

function ledgerOf({ domain, outbound }: Node, ...providers: readonly Provider[]): DeliveryLedger {
	return new DeliveryLedger(domain, outbound, {
		providers,
		maxAttempts: 3,
		backoff: { baseMs: 1, maxMs: 1 },
		ratePerSecond: undefined,
	});
}

describe.each(databasesFor('the ledger of deliveries'))('the ledger of deliveries on %s', (kind) => {
	const nodes = useNodes(kind);
	let agent: Viewer;
	beforeAll(async () => {
		agent = await nodes.person('AGENT');
	});

	const send = async (pair: { readonly from: string; readonly to: string } = freshPair()) => {
		const input = { type: 'SMS', body: 'Hello', attachments: [], timestamp: new Date() } as const;
		const { message } = await sendOutboundMessage(outboundOf(nodes.here), agent, { ...pair, ...input });
		return message;
	};
	const deliveryOf = async (id: string) => {
		const [found] = await nodes.there.conversations.messagesWithConversations([id]);
		return found?.message.outside?.delivery;
	};
	const findDue = async (ledger: DeliveryLedger, id: string): Promise<DueDelivery | undefined> =>
		(await ledger.due(LEASE, 1_000, () => true)).find(({ messageId }) => messageId === id);
	const requireDue = async (ledger: DeliveryLedger, id: string): Promise<DueDelivery> => {
		const due = await findDue(ledger, id);
		if (due === undefined) throw new Error(`${id} is not due.`);
		return due;
	};
	const claim = async (ledger: DeliveryLedger, due: DueDelivery, lane: string) =>
		ledger.claim([{ due, lane, leaseUntil: LEASE }])[0];
	/** Is asked of a provider, and ends so; what is tried again is due at once. */
	const attempt = async (ledger: DeliveryLedger, id: string, lane: string, outcome: JobOutcome) => {
		const job = await claim(ledger, await requireDue(ledger, id), lane);
		if (job === undefined) throw new Error(`${id} could not be claimed.`);
		const retryAt = outcome.kind === 'released' ? LEASE : new Date();
		await ledger.settle(job, { outcome, retryAt, startedAt: new Date(), durationMs: 1 });
	};

	it('asks no other provider for what one may have accepted, whatever a node has read before', async () => {
		const { id } = await send();
		const there = ledgerOf(nodes.there, FIRST, SECOND);
		const read = await requireDue(there, id);
		await attempt(ledgerOf(nodes.here, FIRST, SECOND), id, 'webhook', UNKNOWN);
		expect(await deliveryOf(id)).toMatchObject({ status: 'RETRYING', uncertain: true });
		expect(await claim(there, read, 'webhook-fallback')).toBeUndefined();
		expect(there.lanesFor(await requireDue(there, id))).toEqual(['webhook']);
		expect(await claim(there, read, 'webhook')).toMatchObject({ messageId: id, number: 2 });
	});

	it('asks any provider for what a person sends again, also where the one before is no longer there', async () => {
		const { id } = await send();
		await attempt(ledgerOf(nodes.here, CARELESS), id, 'twilio', UNKNOWN);
		expect(await deliveryOf(id)).toMatchObject({ status: 'UNKNOWN', provider: 'twilio' });
		await redriveDelivery(outboundOf(nodes.here), agent, { messageId: id });
		const ledger = ledgerOf(nodes.there, SECOND);
		expect(ledger.lanesFor(await requireDue(ledger, id))).toEqual(['webhook-fallback']);
		await attempt(ledger, id, 'webhook-fallback', ACCEPTED);
		expect(await deliveryOf(id)).toMatchObject({ status: 'SENT', provider: 'webhook-fallback' });
	});

	it('finds what a person sends again while the provider that was asked before cannot go', async () => {
		const { id } = await send();
		await attempt(ledgerOf(nodes.here, CARELESS), id, 'twilio', UNKNOWN);
		await redriveDelivery(outboundOf(nodes.here), agent, { messageId: id });
		const ledger = ledgerOf(nodes.here, CARELESS, SECOND);
		const due = await ledger.due(LEASE, 1_000, (lanes) => lanes.includes('webhook-fallback'));
		expect(due.map(({ messageId }) => messageId)).toContain(id);
	});

	it('keeps the place of what was claimed when nobody is asked after all', async () => {
		const { id, outside } = await send();
		await attempt(ledgerOf(nodes.here, FIRST), id, 'webhook', { kind: 'released' });
		expect(await deliveryOf(id)).toMatchObject({
			status: 'RETRYING',
			tries: 0,
			nextAttemptAt: outside?.delivery?.nextAttemptAt,
		});
	});

	it('leaves to a person what may have been accepted by a provider that is no longer there', async () => {
		const { id, ...message } = await send();
		await attempt(ledgerOf(nodes.here, FIRST), id, 'webhook', UNKNOWN);
		const { id: next } = await send({
			from: message.outside?.delivery?.from ?? '',
			to: message.outside?.delivery?.to ?? '',
		});
		const ledger = ledgerOf(nodes.there, CARELESS);
		expect(await findDue(ledger, id)).toBeUndefined();
		await ledger.beat(new Date());
		expect(await deliveryOf(id)).toMatchObject({
			status: 'UNKNOWN',
			nextAttemptAt: null,
			error: 'The provider that may have the message is not configured any more.',
		});
		expect(await findDue(ledger, next)).toBeDefined();
	});

	// The embedded database has one writer.
	if (kind !== 'sqlite')
		it('claims the others while somebody else holds a conversation', async () => {
			const [held, other] = [await send(), await send()];
			const ledger = ledgerOf(nodes.here, FIRST);
			const due = [await requireDue(ledger, held.id), await requireDue(ledger, other.id)];
			const locked = Promise.withResolvers<void>();
			let isHeld = true;
			const holding = nodes.there.conversations.transact(async (transaction) => {
				while (isHeld) {
					// Again and again: the server ends a transaction that idles.
					await transaction.lock([held.conversationId]);
					locked.resolve();
					await setTimeout(20);
				}
			});
			await locked.promise;
			const [waiting, claimed] = ledger.claim(
				due.map((one) => ({ due: one, lane: 'webhook', leaseUntil: LEASE })),
			);
			const isDue = await findDue(ledger, held.id);
			const job = await claimed;
			isHeld = false;
			await Promise.allSettled([holding, waiting]);
			expect(job).toMatchObject({ messageId: other.id });
			expect(isDue, 'it is being claimed').toBeUndefined();
		});

	it('does not send what was deleted while it waited, or before a person has it sent again', async () => {
		const [{ id }, { id: failed }] = [await send(), await send()];
		const ledger = ledgerOf(nodes.here, FIRST);
		await attempt(ledger, failed, 'webhook', { kind: 'rejected', error: 'No such number.' });
		for (const messageId of [id, failed]) await deleteMessage(nodes.there.domain, agent, { messageId });
		await redriveDelivery(outboundOf(nodes.here), agent, { messageId: failed });
		for (const messageId of [id, failed]) {
			expect(await claim(ledger, await requireDue(ledger, messageId), 'webhook')).toBeUndefined();
			expect(await deliveryOf(messageId)).toMatchObject({
				status: 'CANCELED',
				error: 'The message was deleted.',
			});
		}
	});

	it('sends nothing to who wrote STOP meanwhile, whichever of the two addresses that is', async () => {
		const { from, to } = freshPair();
		const { id: earlier } = await send({ from, to });
		const { id } = await send({ from: to, to: from });
		await receiveMessage(outboundOf(nodes.there), {
			provider: 'webhook',
			id: newId(),
			from,
			to: freshPair().to,
			type: 'SMS',
			body: 'STOP',
			attachments: [],
			timestamp: new Date(),
		});
		const ledger = ledgerOf(nodes.here, FIRST);
		await attempt(ledger, earlier, 'webhook', ACCEPTED);
		expect(await claim(ledger, await requireDue(ledger, id), 'webhook')).toBeUndefined();
		expect(await deliveryOf(id)).toMatchObject({ status: 'FAILED', error: 'The contact wants no messages.' });
	});

	it('gives a retry its message when the name of an attachment resolves no more, and sends nothing new', async () => {
		const outbound = { ...outboundOf(nodes.here), channels: new Set(['MMS'] as const) };
		const input = {
			...freshPair(),
			type: 'MMS',
			body: '',
			attachments: ['https://files.example/a.png'],
			timestamp: new Date(),
			clientMessageId: 'picture',
		} as const;
		const first = await sendOutboundMessage(outbound, agent, input);
		const unresolved = {
			...outbound,
			checkUrl: async (field: string) => {
				throw new InvalidInputError(field, `${field} does not resolve.`);
			},
		};
		const again = await sendOutboundMessage(unresolved, agent, input);
		expect(again.message.id).toBe(first.message.id);
		const other = { ...input, clientMessageId: 'another picture' };
		await expect(sendOutboundMessage(unresolved, agent, other)).rejects.toThrow(InvalidInputError);
		const elsewhere = { ...other, ...freshPair() };
		await expect(sendOutboundMessage(unresolved, agent, elsewhere)).rejects.toThrow(InvalidInputError);
		const [found] = await nodes.there.conversations.conversations([first.conversation.id], agent.user.id);
		expect(found?.conversation.lastSequence).toBe(first.message.sequence);
	});
});
