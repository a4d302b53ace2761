import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../../src/conversations/ids.ts';
import type { Ended, JobOutcome } from '../../src/outbound/ledger.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import { Payloads } from '../../src/webhooks/payloads.ts';
import { WebhookRegistry } from '../../src/webhooks/registry.ts';
import { newSecret } from '../../src/webhooks/secrets.ts';
import type { Webhook, WebhookDelivery } from '../../src/webhooks/webhook.ts';
import { type WebhookJob, WebhookLedger } from '../../src/webhooks/webhook-ledger.ts';
import { NO_CHANGES } from '../contract/store-append.ts';
import { createTestDatabase, NO_NOTICES, type TestDatabase } from '../support/databases.ts';

const DAY_MS = 86_400_000;
const OPTIONS = { waitsMs: [1_000], keepMs: 30 * DAY_MS, maxInFlight: 4 };
const anywhere = () => true;

let database: TestDatabase;
let store: Store;
let registry: WebhookRegistry;
let ledger: WebhookLedger;

beforeAll(async () => {
	database = await createTestDatabase('sqlite');
	store = await openStore(database.config, NO_NOTICES);
});
beforeEach(() => {
	registry = new WebhookRegistry(store.webhooks);
	const payloads = new Payloads(store.conversations, store.users);
	ledger = new WebhookLedger(store.webhooks, registry, payloads, OPTIONS);
	return async () => {
		for (const { id } of await store.webhooks.webhooks()) await store.webhooks.deleteWebhook(id);
	};
});
afterAll(async () => {
	await store.close();
	await database.drop();
});

async function createWebhook(): Promise<Webhook> {
	const now = new Date();
	const webhook: Webhook = {
		id: newId(),
		url: 'https://example.com/hook',
		events: ['MESSAGE_SENT'],
		enabled: true,
		disabledReason: null,
		secret: newSecret(),
		previousSecret: null,
		previousSecretUntil: null,
		createdAt: now,
		updatedAt: now,
	};
	await store.webhooks.insertWebhook(webhook);
	await registry.refresh();
	return webhook;
}

/** With an event that does not exist, as after a restore. */
async function queue({ id: webhookId }: Webhook, queuedAt = new Date()): Promise<string> {
	const queued = {
		id: newId(),
		webhookId,
		conversationId: newId(),
		sequence: 1,
		event: 'MESSAGE_SENT',
		queuedAt,
	};
	await store.conversations.transact((transaction) =>
		transaction.save({ ...NO_CHANGES, queuedWebhooks: [queued] }),
	);
	return queued.id;
}

async function look({ id }: Webhook): Promise<readonly WebhookDelivery[]> {
	return (await store.webhooks.deliveries(id, undefined, { limit: 100, fromEnd: false })).rows;
}

function claim(due: readonly WebhookDelivery[]) {
	const leaseUntil = new Date(Date.now() + 60_000);
	const claims = due.map((delivery) => ({ due: delivery, lane: delivery.webhookId, leaseUntil }));
	return Promise.all(ledger.claim(claims));
}

function jobFor({ id: lane, url, updatedAt: changedAt }: Webhook, deliveryId: string): WebhookJob {
	const secrets = { secret: newSecret(), previousSecret: null, previousSecretUntil: null };
	return {
		lane,
		deliveryId,
		number: 1,
		tries: 1,
		changedAt,
		call: { url, secrets, id: 'whd_1', payload: '{}' },
	};
}

function ending(outcome: JobOutcome): Ended {
	return { outcome, retryAt: new Date(), startedAt: new Date(), durationMs: 1 };
}

test('what no lane takes is not due', async () => {
	const [one, other] = [await createWebhook(), await createWebhook()];
	const first = await queue(one, new Date(1));
	const second = await queue(other, new Date(0));
	const due = async (canGo: (lanes: readonly string[]) => boolean, limit = 10) =>
		(await ledger.due(new Date(), limit, canGo)).map(({ id }) => id);
	expect(await due(anywhere)).toEqual([second, first]);
	expect(await due(anywhere, 1)).toEqual([second]);
	expect(await due(([lane]) => lane === one.id)).toEqual([first]);
	expect(await due(() => false)).toEqual([]);
});

test('an event that is not there any more is told to nobody', async () => {
	const webhook = await createWebhook();
	await queue(webhook);
	expect(await claim(await ledger.due(new Date(), 10, anywhere))).toEqual([undefined]);
	expect(await look(webhook)).toMatchObject([
		{ status: 'DEAD', attempts: 0, error: expect.stringContaining('not there') },
	]);
});

test('a webhook that another node disabled or deleted just now is told nothing', async () => {
	const [disabled, deleted] = [await createWebhook(), await createWebhook()];
	await queue(disabled);
	await queue(deleted);
	await store.webhooks.changeWebhook(disabled.id, (webhook) => ({ ...webhook, enabled: false }));
	await store.webhooks.deleteWebhook(deleted.id);
	expect(await claim(await ledger.due(new Date(), 10, anywhere))).toEqual([undefined, undefined]);
	expect(await look(disabled)).toMatchObject([{ status: 'QUEUED', attempts: 0 }]);
	expect(await ledger.due(new Date(), 10, anywhere)).toEqual([]);
	await store.webhooks.deleteWebhook(disabled.id);
});

test('what was due for a day without a turn is dead, save where the webhook is disabled', async () => {
	const [enabled, disabled] = [await createWebhook(), await createWebhook()];
	const now = new Date();
	const [before, after] = [new Date(now.getTime() - DAY_MS - 1), new Date(now.getTime() - DAY_MS + 60_000)];
	for (const webhook of [enabled, disabled]) for (const time of [before, after]) await queue(webhook, time);
	await store.webhooks.changeWebhook(disabled.id, (webhook) => ({ ...webhook, enabled: false }));
	await registry.refresh();
	await ledger.beat(now);
	expect(await look(enabled)).toMatchObject([
		{ status: 'QUEUED', createdAt: after },
		{ status: 'DEAD', createdAt: before, error: expect.stringContaining('a day') },
	]);
	expect((await look(disabled)).map(({ status }) => status)).toEqual(['QUEUED', 'QUEUED']);
});

test('what ended long ago is forgotten', async () => {
	const webhook = await createWebhook();
	const now = new Date();
	const old = await queue(webhook, new Date(now.getTime() - OPTIONS.keepMs - 1));
	const recent = await queue(webhook, new Date(now.getTime() - OPTIONS.keepMs + 60_000));
	await store.webhooks.changeDeliveries([old, recent], (found) => ({
		deliveries: Array.from(found.values(), (delivery) => ({
			...delivery,
			status: 'DELIVERED' as const,
			nextAttemptAt: null,
		})),
	}));
	await ledger.beat(now);
	expect((await look(webhook)).map(({ id }) => id)).toEqual([recent]);
});

test('a receiver that answers 429 is left alone for as long as it asks, or until its webhook is changed', async () => {
	const webhook = await createWebhook();
	const job = jobFor(webhook, await queue(webhook));
	const refusal = { kind: 'retry', httpStatus: 429, error: 'Slowly.', isProviderFault: false } as const;
	const before = Date.now();
	await ledger.settle(job, ending({ ...refusal, retryAfterMs: 60_000 }));
	const pausedAt = async (now: number) => [...(await ledger.pauses(new Date(now))).keys()];
	expect(await pausedAt(before)).toEqual([webhook.id]);
	expect(await pausedAt(before + 59_999)).toEqual([webhook.id]);
	expect(await pausedAt(Date.now() + 60_000)).toEqual([]);
	await ledger.settle(job, ending(refusal));
	expect(await pausedAt(before)).toEqual([]);
	await ledger.settle(job, ending({ ...refusal, retryAfterMs: 60_000 }));
	await store.webhooks.changeWebhook(webhook.id, (known) => ({
		...known,
		updatedAt: new Date(known.updatedAt.getTime() + 1),
	}));
	await registry.refresh();
	expect(await pausedAt(before)).toEqual([]);
});

test('a receiver that is gone does not disable a webhook that has another URL by then', async () => {
	const webhook = await createWebhook();
	const job = jobFor(webhook, await queue(webhook));
	await store.webhooks.changeWebhook(webhook.id, (before) => ({
		...before,
		url: 'https://example.com/other',
	}));
	await ledger.settle(job, ending({ kind: 'rejected', httpStatus: 410, error: 'Gone.' }));
	expect(await store.webhooks.webhook(webhook.id)).toMatchObject({ enabled: true });
});

test.each(['by an admin', 'by an admin who gave it another URL'])(
	'what waits of a webhook that was disabled %s goes on waiting when the receiver is gone',
	async (how) => {
		const webhook = await createWebhook();
		const job = jobFor(webhook, await queue(webhook));
		await store.webhooks.changeWebhook(webhook.id, ({ url, ...before }) => ({
			...before,
			url: how.endsWith('URL') ? 'https://example.com/other' : url,
			enabled: false,
		}));
		await ledger.settle(job, ending({ kind: 'rejected', httpStatus: 410, error: 'Gone.' }));
		expect(await look(webhook)).toMatchObject([{ status: 'QUEUED' }]);
	},
);
