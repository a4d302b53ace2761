import { describe, expect, test } from 'vitest';
import { newId } from '../../src/conversations/ids.ts';
import { begunAttempt, claim } from '../../src/webhooks/delivery.ts';
import type { Webhook, WebhookDelivery, WebhookDeliveryStatus } from '../../src/webhooks/webhook.ts';
import { NO_CHANGES } from './store-append.ts';
import { DATABASES, idOrder, type Node, useNodes } from './store-setup.ts';

const EPOCH = Date.parse('2026-01-31T12:00:00.000Z');
const at = (ms: number) => new Date(EPOCH + ms);
const FAR = at(1e9);

function webhookOf(changes: Partial<Webhook> = {}): Webhook {
	return {
		id: newId(),
		url: `https://example.com/hook?q=${"'; drop table webhooks; --"}💡`,
		events: ['MESSAGE_SENT', 'DELIVERY_CHANGED'],
		enabled: true,
		disabledReason: null,
		secret: `whsec_${'a'.repeat(88)}`,
		previousSecret: null,
		previousSecretUntil: null,
		createdAt: at(0),
		updatedAt: at(0),
		...changes,
	};
}

async function create({ webhooks }: Node, changes: Partial<Webhook> = {}): Promise<Webhook> {
	const webhook = webhookOf(changes);
	await webhooks.insertWebhook(webhook);
	return webhook;
}

/** Queued at these times, of a conversation of their own. */
async function queue(
	{ conversations }: Node,
	webhookId: string,
	times: readonly number[],
): Promise<string[]> {
	const conversationId = newId();
	const queuedWebhooks = times.map((ms, index) => ({
		id: newId(),
		webhookId,
		conversationId,
		sequence: index + 1,
		event: 'MESSAGE_SENT',
		queuedAt: at(ms),
	}));
	await conversations.transact((transaction) => transaction.save({ ...NO_CHANGES, queuedWebhooks }));
	return queuedWebhooks.map(({ id }) => id);
}

async function change(
	{ webhooks }: Node,
	ids: readonly string[],
	changes: Partial<WebhookDelivery>,
): Promise<void> {
	await webhooks.changeDeliveries(ids, (found) => ({
		deliveries: Array.from(found.values(), (delivery) => ({ ...delivery, ...changes })),
	}));
}

const ended = (status: WebhookDeliveryStatus) => ({ status, nextAttemptAt: null });
const page = { limit: 100, fromEnd: false };
const idsOf = (deliveries: readonly WebhookDelivery[]) => deliveries.map(({ id }) => id);

describe.each(DATABASES)("customers' webhooks on %s", (kind) => {
	const nodes = useNodes(kind);

	test('come back as they were stored, oldest first', async () => {
		const { here, there } = nodes;
		const second = await create(here, {
			createdAt: at(1),
			enabled: false,
			disabledReason: 'The receiver answered 410.',
			previousSecret: 'whsec_before',
			previousSecretUntil: at(5),
		});
		const first = await create(there);
		const found = (await here.webhooks.webhooks()).filter(({ id }) => id === first.id || id === second.id);
		expect(found).toEqual([first, second]);
		expect(await there.webhooks.webhook(second.id)).toEqual(second);
		expect(await there.webhooks.webhook(newId())).toBeUndefined();
	});

	test('are stored once, though the transaction runs again', async () => {
		const webhook = await create(nodes.here);
		await nodes.here.webhooks.insertWebhook(webhook);
		expect((await nodes.here.webhooks.webhooks()).filter(({ id }) => id === webhook.id)).toHaveLength(1);
	});

	test('are changed as they stand by then: none of two changes at once is lost', async () => {
		const { here, there } = nodes;
		const { id } = await create(here, { url: 'https://example.com/0' });
		const next = ({ url, ...webhook }: Webhook) => ({
			...webhook,
			url: url.replace(/\d+$/, (count) => String(Number(count) + 1)),
		});
		await Promise.all(
			[1, 2, 3].flatMap(() => [here, there].map((node) => node.webhooks.changeWebhook(id, next))),
		);
		expect((await here.webhooks.webhook(id))?.url).toBe('https://example.com/6');
		expect(await here.webhooks.changeWebhook(newId(), next)).toBeUndefined();
	});

	test('that are deleted are not there', async () => {
		const { here, there } = nodes;
		const { id } = await create(here);
		expect(await there.webhooks.deleteWebhook(id)).toBe(true);
		expect(await here.webhooks.deleteWebhook(id)).toBe(false);
		expect(await here.webhooks.webhook(id)).toBeUndefined();
		expect((await here.webhooks.webhooks()).map((webhook) => webhook.id)).not.toContain(id);
		expect(
			await here.webhooks.changeWebhook(id, (webhook) => ({ ...webhook, enabled: false })),
		).toBeUndefined();
	});

	test('have what was queued once its transaction is committed, and nothing of one that failed', async () => {
		const { here } = nodes;
		const { id: webhookId } = await create(here);
		const queued = {
			id: newId(),
			webhookId,
			conversationId: newId(),
			sequence: 7,
			event: 'MEMBER_LEFT',
			queuedAt: at(3),
		};
		const failing = here.conversations.transact(async (transaction) => {
			await transaction.save({ ...NO_CHANGES, queuedWebhooks: [queued] });
			throw new Error('No.');
		});
		await expect(failing).rejects.toThrow('No.');
		expect((await here.webhooks.deliveries(webhookId, undefined, page)).rows).toEqual([]);
		await here.conversations.transact((transaction) =>
			transaction.save({ ...NO_CHANGES, queuedWebhooks: [queued] }),
		);
		const { conversationId, id } = queued;
		expect((await here.webhooks.deliveries(webhookId, undefined, page)).rows).toEqual([
			{
				id,
				webhookId,
				conversationId,
				sequence: 7,
				event: 'MEMBER_LEFT',
				status: 'QUEUED',
				attempts: 0,
				tries: 0,
				nextAttemptAt: at(3),
				leaseUntil: null,
				error: null,
				createdAt: at(3),
				updatedAt: at(3),
			},
		]);
	});

	test('are claimed by one of two nodes, with the attempt', async () => {
		const { here, there } = nodes;
		const { id: webhookId } = await create(here);
		const ids = await queue(here, webhookId, Array(20).fill(0));
		const claimAll = (node: Node) =>
			node.webhooks.changeDeliveries(ids, (found) => {
				const deliveries = Array.from(found.values()).flatMap(
					(delivery) => claim(delivery, { now: at(1), leaseUntil: FAR }) ?? [],
				);
				return { deliveries, begun: deliveries.map((delivery) => begunAttempt(delivery, at(1))) };
			});
		const claimed = (await Promise.all([here, there, here, there].map(claimAll))).flat();
		expect(idsOf(claimed).sort()).toEqual(ids.toSorted());
		const attempts = await there.webhooks.attempts(ids);
		expect(attempts).toHaveLength(20);
		expect(attempts[0]).toMatchObject({ number: 1, startedAt: at(1), durationMs: null, outcome: 'UNKNOWN' });
	});

	test('have attempts that end, in their order', async () => {
		const { here } = nodes;
		const { id: webhookId } = await create(here);
		const [deliveryId = ''] = await queue(here, webhookId, [0]);
		const attempt = (number: number) => ({
			deliveryId,
			number,
			startedAt: at(number),
			durationMs: null,
			httpStatus: null,
			outcome: 'UNKNOWN' as const,
		});
		const begun = [2, 1, 3].map(attempt);
		await here.webhooks.changeDeliveries([deliveryId], () => ({ deliveries: [], begun }));
		const two = { ...attempt(2), durationMs: 12, httpStatus: 503, outcome: 'RETRY' as const };
		await here.webhooks.changeDeliveries([deliveryId], () => ({ deliveries: [], ended: [two] }));
		expect(await here.webhooks.attempts([deliveryId])).toEqual([attempt(1), two, attempt(3)]);
		expect(await here.webhooks.attempts([])).toEqual([]);
	});

	test('are due each for itself, longest due first', async () => {
		const { here } = nodes;
		const [one, other] = [(await create(here)).id, (await create(here)).id];
		const [a, b, , d] = await queue(here, one, [30, 10, 90, 20]);
		const [e] = await queue(here, other, [40]);
		const due = async (ids: string[], limit: number) => idsOf(await here.webhooks.due(ids, at(50), limit));
		expect(await due([one], 10)).toEqual([b, d, a]);
		expect(await due([one], 2)).toEqual([b, d]);
		expect(new Set(await due([one, other], 1))).toEqual(new Set([b, e]));
		expect(await due([], 10)).toEqual([]);
		expect(await here.webhooks.nextDueAt([one, other], at(50))).toEqual(at(90));
		expect(await here.webhooks.nextDueAt([other], at(50))).toBeUndefined();
		expect(await here.webhooks.nextDueAt([], at(50))).toBeUndefined();
	});

	test('whose lease is over are found', async () => {
		const { here } = nodes;
		const { id: webhookId } = await create(here);
		const [a = '', b = '', c = ''] = await queue(here, webhookId, [0, 0, 0]);
		await change(here, [a], { ...ended('SENDING'), leaseUntil: at(20) });
		await change(here, [b], { ...ended('SENDING'), leaseUntil: at(10) });
		await change(here, [c], { ...ended('SENDING'), leaseUntil: at(30) });
		const expired = (await here.webhooks.expired(at(20), 1_000)).filter((one) => one.webhookId === webhookId);
		expect(idsOf(expired)).toEqual([b, a]);
		expect(await here.webhooks.expired(at(20), 1)).toHaveLength(1);
		await change(here, [a, b, c], { ...ended('DEAD'), leaseUntil: null });
	});

	test('wait from some time on, and can be made due', async () => {
		const { here } = nodes;
		const { id: webhookId } = await create(here);
		const [a = '', b = '', c = ''] = await queue(here, webhookId, [10, 20, 30]);
		await change(here, [b], ended('DEAD'));
		expect(new Set(await here.webhooks.waiting([webhookId], 10))).toEqual(new Set([a, c]));
		expect(await here.webhooks.waiting([webhookId], 1)).toHaveLength(1);
		expect(await here.webhooks.waiting([webhookId], 10, at(30))).toEqual([a]);
		expect(await here.webhooks.waiting([], 10)).toEqual([]);
		await here.webhooks.hasten(webhookId, at(5));
		const due = await here.webhooks.due([webhookId], at(5), 10);
		expect(due.map(({ id, nextAttemptAt }) => [id, nextAttemptAt]).sort()).toEqual(
			[
				[a, at(5)],
				[c, at(5)],
			].sort(),
		);
	});

	test('are paged newest first, of all or some statuses', async () => {
		const { here } = nodes;
		const { id: webhookId } = await create(here);
		const ids = await queue(here, webhookId, [0, 0, 1, 2, 2, 2, 3]);
		await change(here, ids.slice(0, 3), ended('DEAD'));
		await change(here, ids.slice(3, 5), ended('DELIVERED'));
		const order = idOrder(kind);
		const all = (await here.webhooks.deliveries(webhookId, undefined, page)).rows;
		const expected = all.toSorted(
			(a, b) => b.createdAt.getTime() - a.createdAt.getTime() || order(b.id, a.id),
		);
		expect(idsOf(all)).toEqual(idsOf(expected));
		expect(all).toHaveLength(7);
		const [, , third, fourth] = all;
		const read = async (request: object, statuses?: WebhookDeliveryStatus[]) => {
			const found = await here.webhooks.deliveries(webhookId, statuses, { ...page, ...request });
			return { ids: idsOf(found.rows), hasMore: found.hasMore };
		};
		expect(await read({ limit: 2, after: third })).toEqual({ ids: idsOf(all.slice(3, 5)), hasMore: true });
		expect(await read({ limit: 2, before: fourth, fromEnd: true })).toEqual({
			ids: idsOf(all.slice(1, 3)),
			hasMore: true,
		});
		expect(await read({ limit: 3, fromEnd: true })).toEqual({ ids: idsOf(all.slice(4)), hasMore: true });
		const dead = all.filter(({ status }) => status === 'DEAD');
		expect(await read({}, ['DEAD'])).toEqual({ ids: idsOf(dead), hasMore: false });
		const some = all.filter(({ status }) => status !== 'QUEUED');
		expect(await read({ limit: 4 }, ['DELIVERED', 'DEAD', 'DEAD'])).toEqual({
			ids: idsOf(some.slice(0, 4)),
			hasMore: true,
		});
		expect(await read({}, [])).toEqual({ ids: [], hasMore: false });
	});

	test('are forgotten once they have ended for long, and at once where the webhook is deleted', async () => {
		const { here } = nodes;
		const [kept, deleted] = [(await create(here)).id, (await create(here)).id];
		const [old = '', waits = '', recent = ''] = await queue(here, kept, [0, 0, 100]);
		await change(here, [old, recent], ended('DELIVERED'));
		const all = await queue(here, deleted, [100, 100, 100]);
		const attempt = begunAttempt({ id: old, attempts: 1 }, at(0));
		await here.webhooks.changeDeliveries([old], () => ({ deliveries: [], begun: [attempt] }));
		await here.webhooks.deleteWebhook(deleted);
		expect(await here.webhooks.forget(at(50), at(0), 2)).toBe(true);
		while (await here.webhooks.forget(at(50), at(0), 2));
		const left = (await here.webhooks.deliveries(kept, undefined, page)).rows;
		expect(new Set(idsOf(left))).toEqual(new Set([waits, recent]));
		expect(await here.webhooks.attempts([old])).toEqual([]);
		expect(await here.webhooks.changeDeliveries(all, () => ({ deliveries: [] }))).toEqual([]);
		expect((await here.webhooks.deliveries(deleted, undefined, page)).rows).toEqual([]);
	});

	test('that are deleted take what was queued meanwhile with them', async () => {
		const { here } = nodes;
		const { id } = await create(here);
		await here.webhooks.deleteWebhook(id);
		const later = (ms: number) => new Date(Date.now() + ms);
		await here.webhooks.forget(at(0), later(1_000), 10);
		await queue(here, id, [0]);
		while (await here.webhooks.forget(at(0), later(120_000), 10));
		expect((await here.webhooks.deliveries(id, undefined, page)).rows).toEqual([]);
	});
});
