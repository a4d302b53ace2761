import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newId } from '../../src/conversations/ids.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import { createWebhook } from '../../src/webhooks/create-webhook.ts';
import { updateWebhook } from '../../src/webhooks/update-webhook.ts';
import type { Webhooks } from '../../src/webhooks/webhooks.ts';
import { createTestDatabase, NO_NOTICES, type TestDatabase } from '../support/databases.ts';

const ADMIN = {
	user: { id: newId(), subject: 'admin', name: 'Admin', role: 'ADMIN' },
	expiresAt: Number.POSITIVE_INFINITY,
} as const;

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
	database = await createTestDatabase('sqlite');
	store = await openStore(database.config, NO_NOTICES);
});
afterAll(async () => {
	await store.close();
	await database.drop();
});

test('a webhook is enabled only once what waited meanwhile is due: no node may find it overdue', async () => {
	const nothing = async () => {};
	const webhooks: Webhooks = { store: store.webhooks, checkUrl: nothing, announce: nothing, wake: () => {} };
	const { webhook } = await createWebhook(webhooks, ADMIN, {
		url: 'https://example.com/hook',
		events: ['MESSAGE_SENT'],
	});
	await updateWebhook(webhooks, ADMIN, { webhookId: webhook.id, enabled: false });
	vi.spyOn(store.webhooks, 'hasten').mockRejectedValueOnce(new Error('The database is away.'));
	await expect(updateWebhook(webhooks, ADMIN, { webhookId: webhook.id, enabled: true })).rejects.toThrow();
	expect(await store.webhooks.webhook(webhook.id)).toMatchObject({ enabled: false });
	await updateWebhook(webhooks, ADMIN, { webhookId: webhook.id, enabled: true });
	expect(await store.webhooks.webhook(webhook.id)).toMatchObject({ enabled: true });
});
