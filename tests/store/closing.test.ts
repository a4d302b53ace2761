import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createTestDatabase, databasesFor, NO_NOTICES } from '../support/databases.ts';

describe.each(databasesFor('closing a database'))('closing a database of %s', (kind) => {
	test('waits for those who have asked for connections, which are still being made, and answers them', async () => {
		const created = await createTestDatabase(kind);
		const database = await openDatabase(created.config, NO_NOTICES);
		const ask = () => database.queries.selectFrom('settings').selectAll().execute();
		const asked = Promise.allSettled(Array.from({ length: 5 }, ask));
		await setImmediate();
		await database.close();
		for (const outcome of await asked) expect(outcome).toMatchObject({ status: 'fulfilled' });
		await expect(ask()).rejects.toThrow();
		await created.drop();
	});
});
