import { expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/database.ts';
import { outsideEntities } from '../../src/store/outside-entities.ts';
import { append } from '../contract/store-append.ts';
import { change, conversationFor } from '../contract/store-deliver.ts';
import { createTestDatabase, databasesFor, NO_NOTICES, type TestDatabase } from '../support/databases.ts';
import { attemptOf, deliveryOf, goingOut, incomingOf, threadOf } from '../support/outside.ts';
import { exportText, importText, linesOf } from '../support/transfer.ts';

const UNBORN = { id: '', conversationId: '', sequence: 0 };

/** A row or more in each table of what goes out and comes in: columns that are null, and columns that are not. */
async function fill(store: Store): Promise<void> {
	const now = new Date();
	const id = await conversationFor(store);
	const attachments = [
		{ url: 'https://example.com/🦊', contentType: 'image/png', size: 2 ** 31 - 1 },
		{ url: "https://example.com/'", contentType: null, size: null },
	];
	const sending = { status: 'SENDING', nextAttemptAt: null, leaseUntil: now, uncertain: true } as const;
	const [message] = await append(store, id, [
		{
			outside: goingOut(
				deliveryOf(UNBORN, { ...sending, provider: 'webhook', error: 'It said "🦊".' }),
				attachments,
			),
		},
		{ outside: goingOut(deliveryOf(UNBORN, { providerMessageId: 'p-1 ' })) },
		{ outside: { delivery: null, incoming: incomingOf(), attachments: [] } },
	]);
	await change(store, id, {
		newThreads: [threadOf(id)],
		newAttempts: [
			attemptOf(message?.id ?? ''),
			attemptOf(message?.id ?? '', { number: 2, durationMs: 20, httpStatus: 429, outcome: 'RETRY' }),
		],
		newReceipts: [{ key: 'r'.repeat(43), receivedAt: now }],
		newOptOuts: [{ key: 'o'.repeat(43), family: 'EMAIL', address: 'ü@example.org', optedOutAt: now }],
	});
	await store.outbound.reserveTurns('webhook', { count: 1, perSecond: 3, now, horizonMs: 0 });
	await store.outbound.pause('twilio', now);
}

it.each(databasesFor('moving what goes out'))(
	'what goes out moves to %s and back as it was',
	async (kind) => {
		const opened: TestDatabase[] = [];
		const create = async (on: TestDatabase['kind']) => {
			const database = await createTestDatabase(on, { migrated: opened.length === 0 });
			opened.push(database);
			return database;
		};
		try {
			const source = await create('sqlite');
			const store = await openStore(source.config, NO_NOTICES);
			await fill(store);
			await store.close();
			const [target, back] = [await create(kind), await create('sqlite')];
			const before = await exportText(source);
			await importText(target, before);
			await importText(back, await exportText(target));
			expect(linesOf(await exportText(back))).toEqual(linesOf(before));
			for (const { tableName } of outsideEntities) expect(before).toContain(`\n{"table":"${tableName}"`);
		} finally {
			for (const database of opened) await database.drop();
		}
	},
);
