import { afterAll, beforeAll, expect } from 'vitest';
import { createConversation } from '../../src/conversations/create-conversation.ts';
import type { Domain } from '../../src/conversations/domain.ts';
import { WriteQueue } from '../../src/conversations/write-queue.ts';
import type { Role, Viewer } from '../../src/identity/viewer.ts';
import type { OutboundStore } from '../../src/outbound/store.ts';
import { KyselyConversationStore } from '../../src/store/conversation-store.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { KyselyOutboundStore } from '../../src/store/outbound-store.ts';
import { KyselyUserStore } from '../../src/store/users.ts';
import {
	createTestDatabase,
	type DatabaseKind,
	NO_NOTICES,
	type TestDatabase,
} from '../support/databases.ts';
import { FaultyStore } from './faulty-store.ts';

/** A domain whose statements are counted. */
export interface CountedBatches {
	readonly domain: Domain;
	readonly outbound: OutboundStore;
	viewer(name: string, role: Role): Promise<Viewer>;
	/**
	 * Runs all of it in one batch, which waits behind a transaction of no account until it is complete; answers with the
	 * number of its statements.
	 */
	inOneBatch<T>(work: readonly (() => Promise<T>)[]): Promise<number>;
}

/** Over a database of the calling suite's own. */
export function useCountedBatches(kind: DatabaseKind): CountedBatches {
	let testDatabase: TestDatabase;
	let database: Database;
	let writes: WriteQueue;
	let faulty: FaultyStore;
	let domain: Domain;
	let outbound: OutboundStore;
	let nobody: Viewer;
	let sizes: number[];
	/** Of each transaction. */
	let statements: number[];

	const viewer = async (name: string, role: Role): Promise<Viewer> => ({
		user: await domain.users.ensure({ subject: name, name, role }),
		expiresAt: Number.POSITIVE_INFINITY,
	});

	beforeAll(async () => {
		testDatabase = await createTestDatabase(kind);
		database = await openDatabase(testDatabase.config, NO_NOTICES);
		const store = new KyselyConversationStore(
			counting(database, () => statements),
			() => {},
		);
		faulty = new FaultyStore(store);
		statements = [];
		sizes = [];
		writes = new WriteQueue(faulty, {
			maxQueued: 1_000,
			maxBatch: 1_000,
			onCommitted: () => {},
			observe: ({ size }) => sizes.push(size),
		});
		outbound = new KyselyOutboundStore(database);
		domain = {
			store,
			users: new KyselyUserStore(database),
			writes,
			epoch: () => '',
			attempts: (messageIds) => outbound.attempts(messageIds),
			observeSend: () => {},
			announceRead: () => {},
		};
		nobody = await viewer('nobody', 'CUSTOMER');
	});

	afterAll(async () => {
		await writes.close();
		await database.close();
		await testDatabase.drop();
	});

	return {
		get domain() {
			return domain;
		},
		get outbound() {
			return outbound;
		},
		viewer,
		inOneBatch: async (work) => {
			const { promise, resolve } = Promise.withResolvers<void>();
			faulty.gate = promise;
			const plug = createConversation(domain, nobody, {});
			await until(() => writes.load.storing === 1);
			const all = Promise.all(work.map((run) => run()));
			await until(() => writes.load.waiting === work.length);
			resolve();
			await Promise.all([plug, all]);
			expect(sizes.at(-1)).toBe(work.length);
			return statements.at(-1) ?? 0;
		},
	};
}

async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** Begin and commit are not counted: each transaction has one of each. */
function counting(database: Database, counts: () => number[]): Database {
	return {
		...database,
		transact: (work) => {
			const index = counts().push(0) - 1;
			return database.transact((db) =>
				work(
					db.withPlugin({
						transformQuery: ({ node }) => node,
						transformResult: async ({ result }) => {
							counts()[index] = (counts()[index] ?? 0) + 1;
							return result;
						},
					}),
				),
			);
		},
	};
}
