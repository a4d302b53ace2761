import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/conversations/ids.ts';
import type { Delivery, DeliveryStatus } from '../../src/conversations/outside.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import { renewEpoch } from '../../src/store/settings.ts';
import type { Webhook } from '../../src/webhooks/webhook.ts';
import { conversationFor, deliver } from '../contract/store-deliver.ts';
import { createTestDatabase, databasesFor, NO_NOTICES, type TestDatabase } from '../support/databases.ts';
import { exportText, importText } from '../support/transfer.ts';
import { open } from './migrated-database.ts';

const OPEN: readonly DeliveryStatus[] = ['QUEUED', 'SENDING', 'RETRYING'];
const ENDED: readonly DeliveryStatus[] = [
	'SENT',
	'DELIVERED',
	'UNDELIVERED',
	'FAILED',
	'DEAD',
	'UNKNOWN',
	'CANCELED',
];
const FAR = new Date('2100-01-01T00:00:00Z');
const ALL = { channels: ['SMS'], exceptProviders: [], limit: 100 } as const;

const WEBHOOK: Webhook = {
	id: newId(),
	url: 'https://example.com/hook',
	events: ['MESSAGE_SENT'],
	enabled: true,
	disabledReason: null,
	secret: 'whsec_c2VjcmV0',
	previousSecret: null,
	previousSecretUntil: null,
	createdAt: FAR,
	updatedAt: FAR,
};

const webhooksIn = (place: TestDatabase) => withStore(place, ({ webhooks }) => webhooks.webhooks());

async function withStore<T>({ config }: TestDatabase, work: (store: Store) => Promise<T>): Promise<T> {
	const store = await openStore(config, NO_NOTICES);
	try {
		return await work(store);
	} finally {
		await store.close();
	}
}

describe.each(databasesFor('what is set aside'))('on %s', (kind) => {
	let database: TestDatabase;
	let conversationId: string;
	let before: readonly Delivery[];

	beforeEach(async () => {
		database = await createTestDatabase(kind);
		before = await withStore(database, async (store) => {
			conversationId = await conversationFor(store);
			const nextAttemptAt = new Date(1);
			return deliver(
				store,
				conversationId,
				[...OPEN, ...ENDED].map((status) => ({
					status,
					nextAttemptAt: status === 'QUEUED' || status === 'RETRYING' ? nextAttemptAt : null,
					leaseUntil: status === 'SENDING' ? nextAttemptAt : null,
				})),
			);
		});
	});
	afterEach(() => database.drop());

	const deliveriesIn = (place: TestDatabase) =>
		withStore(place, async ({ conversations, outbound }) => {
			const log = await conversations.eventsAfter(conversationId, 0, 100);
			const [due, expired] = [await outbound.due(FAR, ALL), await outbound.expired(FAR, 100)];
			return {
				deliveries: log.map(({ message }) => message?.outside?.delivery),
				pending: [...due, ...expired],
			};
		});

	async function expectSetAside(place: TestDatabase): Promise<void> {
		const { deliveries, pending } = await deliveriesIn(place);
		expect(pending).toEqual([]);
		for (const delivery of deliveries.slice(0, OPEN.length))
			expect(delivery).toMatchObject({
				status: 'UNKNOWN',
				uncertain: true,
				nextAttemptAt: null,
				leaseUntil: null,
				error: expect.stringContaining('not known'),
			});
		expect(deliveries.slice(OPEN.length)).toEqual(before.slice(OPEN.length));
	}

	test('what a restored database was to send is unknown with its new epoch', async () => {
		const epoch = await withStore(database, ({ conversations }) => conversations.epoch());
		expect(await open(database, ({ queries }) => renewEpoch(queries))).not.toBe(epoch);
		await expectSetAside(database);
	});

	test('what a database was to send is unknown in its copy, and moves with it when it moves', async () => {
		await withStore(database, ({ webhooks }) => webhooks.insertWebhook(WEBHOOK));
		const text = await exportText(database);
		const [copy, moved] = [
			await createTestDatabase(kind, { migrated: false }),
			await createTestDatabase(kind, { migrated: false }),
		];
		try {
			await importText(copy, text, { asCopy: true });
			await expectSetAside(copy);
			expect(await webhooksIn(copy)).toMatchObject([
				{ enabled: false, disabledReason: expect.stringContaining('copy') },
			]);
			await importText(moved, text);
			expect((await deliveriesIn(moved)).deliveries).toEqual(before);
			expect((await deliveriesIn(moved)).pending).toHaveLength(2);
			expect(await webhooksIn(moved)).toEqual([WEBHOOK]);
		} finally {
			await copy.drop();
			await moved.drop();
		}
	});
});
