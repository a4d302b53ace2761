import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionLost, StoreAway, StoreConflict, UnknownCommit } from '../../src/conversations/store.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { KyselyUserStore } from '../../src/store/users.ts';
import { createTestDatabase, NO_NOTICES, type TestDatabase } from '../support/databases.ts';

const ALICE = { subject: 'alice', name: 'Alice', role: 'CUSTOMER' } as const;

let file: TestDatabase;
let database: Database;
let faults: Error[];
let users: KyselyUserStore;

beforeEach(async () => {
	file = await createTestDatabase('sqlite');
	database = await openDatabase(file.config, NO_NOTICES);
	faults = [];
	users = new KyselyUserStore({
		...database,
		transact: (work) => {
			const fault = faults.shift();
			return fault === undefined ? database.transact(work) : Promise.reject(fault);
		},
	});
});
afterEach(async () => {
	await database.close();
	await file.drop();
});

describe('the first request of a user', () => {
	test.each([
		['loses its connection', ConnectionLost],
		['loses against another one', StoreConflict],
		['loses its connection while committing', UnknownCommit],
	])('that %s is run again', async (_, Fault) => {
		faults = [new Fault(), new Fault()];
		expect(await users.ensure(ALICE)).toMatchObject(ALICE);
		expect(await users.bySubject('alice')).toMatchObject(ALICE);
	});

	test('that fails time after time fails in the end', async () => {
		faults = Array.from({ length: 10 }, () => new ConnectionLost());
		await expect(users.ensure(ALICE)).rejects.toBeInstanceOf(ConnectionLost);
		expect(faults).toHaveLength(7);
	});

	test('fails at once while the database is away', async () => {
		faults = [new StoreAway(), new StoreAway()];
		await expect(users.ensure(ALICE)).rejects.toBeInstanceOf(StoreAway);
		expect(faults).toHaveLength(1);
	});
});
