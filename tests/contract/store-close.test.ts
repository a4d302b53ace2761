import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/database.ts';
import { createTestDatabase, databasesFor, NO_NOTICES, type TestDatabase } from '../support/databases.ts';

const SERVERS = databasesFor('the end of the store').filter((kind) => kind !== 'sqlite');

describe.each(SERVERS)('closing the store on %s', (kind) => {
	let database: TestDatabase;

	beforeEach(async () => {
		database = await createTestDatabase(kind);
	});
	afterEach(() => database.drop());

	test.each([0, 1, 2])('answers readers who have only begun to connect, %i turns before', async (turns) => {
		const store = await openStore(database.config, NO_NOTICES);
		const reads = Array.from({ length: 5 }, () => store.conversations.heads([randomUUID()]));
		const answers = Promise.allSettled(reads);
		for (let turn = 0; turn < turns; turn++) await setImmediate();
		await store.close();
		expect((await answers).map(({ status }) => status)).toEqual(reads.map(() => 'fulfilled'));
	});
});
