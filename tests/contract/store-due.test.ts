import { describe, expect, it } from 'vitest';
import type { Delivery, OutsideChannel } from '../../src/conversations/outside.ts';
import { change, deliver } from './store-deliver.ts';
import { DATABASES, useNodes } from './store-setup.ts';

const at = (second: number) => new Date(Date.UTC(2030, 0, 1, 0, 0, second));
const ALL = { channels: ['SMS', 'MMS', 'EMAIL'], exceptProviders: [], limit: 100 } as const;

describe.each(DATABASES)('what is due on %s', (kind) => {
	const nodes = useNodes(kind);

	const begin = async (...deliveries: readonly Partial<Delivery>[]) => {
		const agent = await nodes.person('AGENT');
		const { id } = await nodes.conversation(agent);
		return { id, deliveries: await deliver(nodes.here, id, deliveries) };
	};

	/** Of these conversations, in the order in which they are due. */
	const due = async (ids: readonly string[], now: Date, wanted: Partial<Parameters<typeof read>[1]> = {}) =>
		(await read(now, { ...ALL, ...wanted })).filter(({ conversationId }) => ids.includes(conversationId));
	const read = (...asked: Parameters<typeof nodes.there.outbound.due>) => nodes.there.outbound.due(...asked);
	const set = (id: string, ...changedDeliveries: readonly Delivery[]) =>
		change(nodes.here, id, { changedDeliveries });

	it('is due from its moment on, longest due first, with what a worker needs to know', async () => {
		const later = await begin({ nextAttemptAt: at(20) });
		const first = await begin({
			status: 'RETRYING',
			nextAttemptAt: at(10),
			channel: 'EMAIL',
			provider: 'smtp',
			uncertain: true,
		});
		const ids = [later.id, first.id];
		expect(await due(ids, new Date(at(10).getTime() - 1))).toEqual([]);
		const [retried] = first.deliveries;
		const retrying = {
			messageId: retried?.messageId,
			conversationId: first.id,
			sequence: retried?.sequence,
			channel: 'EMAIL',
			provider: 'smtp',
			uncertain: true,
		};
		expect(await due(ids, at(10))).toEqual([retrying]);
		const [queued] = later.deliveries;
		expect(await due(ids, at(20))).toEqual([
			retrying,
			{
				messageId: queued?.messageId,
				conversationId: later.id,
				sequence: queued?.sequence,
				channel: 'SMS',
				provider: null,
				uncertain: false,
			},
		]);
	});

	it.each(['QUEUED', 'SENDING', 'RETRYING'] as const)(
		'waits for an earlier one that is %s',
		async (status) => {
			const when =
				status === 'SENDING' ? { nextAttemptAt: null, leaseUntil: at(99) } : { nextAttemptAt: at(99) };
			const { id, deliveries } = await begin({ status, ...when }, { nextAttemptAt: at(1) });
			expect(await due([id], at(50))).toEqual([]);
			const [earlier] = deliveries;
			if (earlier === undefined) throw new Error('Nothing was delivered.');
			await set(id, { ...earlier, status: 'SENT', nextAttemptAt: null, leaseUntil: null });
			expect(await due([id], at(50))).toMatchObject([{ messageId: deliveries[1]?.messageId }]);
		},
	);

	it.each(['UNKNOWN', 'SENT', 'DELIVERED', 'UNDELIVERED', 'FAILED', 'DEAD', 'CANCELED'] as const)(
		'does not wait for an earlier one that is %s, which is not due itself',
		async (status) => {
			const { id, deliveries } = await begin({ status, nextAttemptAt: null }, { nextAttemptAt: at(1) });
			expect(await due([id], at(50))).toMatchObject([{ messageId: deliveries[1]?.messageId }]);
		},
	);

	it('is one of each conversation, one after the other, however many are queued', async () => {
		const { id, deliveries } = await begin(...Array.from({ length: 5 }, () => ({ nextAttemptAt: at(1) })));
		const other = await begin({ nextAttemptAt: at(2) });
		for (const [index, delivery] of deliveries.entries()) {
			const messages = [delivery.messageId, other.deliveries[0]?.messageId];
			expect((await due([id, other.id], at(3))).map(({ messageId }) => messageId)).toEqual(messages);
			const sending = { ...delivery, status: 'SENDING', nextAttemptAt: null, leaseUntil: at(99) } as const;
			await set(id, sending);
			expect(await due([id], at(3))).toEqual([]);
			if (index === 1) {
				// It comes back, and those behind it wait all the same.
				await set(id, { ...sending, status: 'RETRYING', leaseUntil: null, nextAttemptAt: at(1) });
				expect(await due([id], at(3))).toMatchObject([{ messageId: delivery.messageId }]);
			}
			await set(id, { ...sending, status: 'DELIVERED', leaseUntil: null });
		}
		expect(await due([id], at(99))).toEqual([]);
	});

	it('is an earlier one again that a person sends again, before those that were due', async () => {
		const { id, deliveries } = await begin(
			{ status: 'DEAD', nextAttemptAt: null },
			{ nextAttemptAt: at(1) },
			{ nextAttemptAt: at(1) },
		);
		const [dead, second] = deliveries;
		if (dead === undefined || second === undefined) throw new Error('Nothing was delivered.');
		expect(await due([id], at(5))).toMatchObject([{ messageId: second.messageId }]);
		await set(id, { ...dead, status: 'QUEUED', nextAttemptAt: at(3) });
		expect(await due([id], at(2))).toEqual([]);
		expect(await due([id], at(5))).toMatchObject([{ messageId: dead.messageId }]);
		await set(id, { ...dead, status: 'FAILED', nextAttemptAt: null });
		expect(await due([id], at(5))).toMatchObject([{ messageId: second.messageId }]);
	});

	it('is one that is queued in the transaction that ends the one before', async () => {
		const { id, deliveries } = await begin(
			{ status: 'SENDING', nextAttemptAt: null },
			{ nextAttemptAt: at(1) },
		);
		const [first, second] = deliveries;
		if (first === undefined || second === undefined) throw new Error('Nothing was delivered.');
		// The second is claimed in the same batch, so that it is the third's turn to wait.
		const [third] = await deliver(nodes.here, id, [{ nextAttemptAt: at(1) }]);
		const sending = { ...second, status: 'SENDING', nextAttemptAt: null, leaseUntil: at(9) } as const;
		await set(id, { ...first, status: 'SENT' }, sending);
		expect(await due([id], at(5))).toEqual([]);
		await set(id, { ...sending, status: 'UNKNOWN', leaseUntil: null });
		expect(await due([id], at(5))).toMatchObject([{ messageId: third?.messageId }]);
	});

	it('is of the channels that are asked for, and not what only a provider that is away could take', async () => {
		const sms = await begin({ nextAttemptAt: at(1), provider: 'twilio' });
		const email = await begin({ nextAttemptAt: at(2), channel: 'EMAIL' });
		const bound = await begin({ nextAttemptAt: at(3), provider: 'twilio', uncertain: true });
		const other = await begin({ nextAttemptAt: at(4), provider: 'webhook', uncertain: true });
		const ids = [sms.id, email.id, bound.id, other.id];
		const found = async (wanted: Parameters<typeof due>[2]) =>
			(await due(ids, at(9), wanted)).map(({ conversationId }) => ids.indexOf(conversationId));
		expect(await found({})).toEqual([0, 1, 2, 3]);
		expect(await found({ channels: ['EMAIL'] })).toEqual([1]);
		expect(await found({ channels: ['SMS', 'MMS'] })).toEqual([0, 2, 3]);
		expect(await found({ exceptProviders: ['twilio'] })).toEqual([0, 1, 3]);
		expect(await found({ exceptProviders: ['twilio', 'webhook'] })).toEqual([0, 1]);
		expect(await found({ channels: ['MMS'] })).toEqual([]);
	});

	it('is at most as many as are asked for', async () => {
		const early = [new Date(1), new Date(2), new Date(3)];
		const ids: string[] = [];
		for (const nextAttemptAt of early) ids.push((await begin({ nextAttemptAt })).id);
		expect((await read(at(0), { ...ALL, limit: 2 })).map(({ conversationId }) => conversationId)).toEqual(
			ids.slice(0, 2),
		);
	});

	it('tells when the next one will be', async () => {
		const [far, farther] = [new Date('2090-01-01T00:00:00.123Z'), new Date('2090-01-02T00:00:00.000Z')];
		await begin({ nextAttemptAt: farther });
		const { id, deliveries } = await begin({ nextAttemptAt: far });
		const [first] = deliveries;
		const nextDueAt = (now: Date, channels: readonly OutsideChannel[] = ALL.channels) =>
			nodes.there.outbound.nextDueAt(now, channels);
		const before = new Date(far.getTime() - 1);
		expect(await nextDueAt(before)).toEqual(far);
		expect(await nextDueAt(far)).toEqual(farther);
		expect(await nextDueAt(before, ['MMS', 'EMAIL'])).toBeUndefined();
		if (first) await set(id, { ...first, status: 'CANCELED', nextAttemptAt: null });
		expect(await nextDueAt(before)).toEqual(farther);
		expect(await nextDueAt(farther)).toBeUndefined();
	});

	it('tells whose lease is over, longest over first', async () => {
		const sending = (second: number, more: Partial<Delivery> = {}) =>
			begin({ status: 'SENDING', nextAttemptAt: null, leaseUntil: at(second), provider: 'webhook', ...more });
		const second = await sending(20, { uncertain: true });
		const first = await sending(10);
		const ids = [first.id, second.id];
		const expired = async (now: Date, limit = 100) =>
			(await nodes.there.outbound.expired(now, limit)).filter(({ conversationId }) =>
				ids.includes(conversationId),
			);
		expect(await expired(new Date(at(10).getTime() - 1))).toEqual([]);
		expect(await expired(at(20))).toMatchObject([
			{ messageId: first.deliveries[0]?.messageId, provider: 'webhook', uncertain: false },
			{ messageId: second.deliveries[0]?.messageId, sequence: 3, channel: 'SMS', uncertain: true },
		]);
		const [delivery] = first.deliveries;
		if (delivery) await set(first.id, { ...delivery, status: 'UNKNOWN', leaseUntil: null });
		expect((await expired(at(20))).map(({ conversationId }) => conversationId)).toEqual([second.id]);
	});
});
