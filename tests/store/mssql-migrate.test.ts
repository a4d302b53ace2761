import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import { mssqlMigrations } from '../../src/store/migrations/mssql.ts';
import { mssql } from '../../src/store/mssql.ts';
import { startTdsServer } from '../support/tds-server.ts';

test('an empty database gets all migrations in one transaction, each at a savepoint of it', async () => {
	// The migrator makes a database that is not there.
	const server = await startTdsServer(({ text }) =>
		text.includes('sys.databases') ? { row: [{ name: 'is there', type: 'bit', bytes: [1] }] } : 'done',
	);
	const url = `mssql://sa:secret@127.0.0.1:${server.port}/pendo?encrypt=false`;
	const config = loadConfig({ DATABASE_URL: url }).database;
	if (config.kind === 'sqlite') throw new Error('Not a server.');
	const orm = await mssql.connect(config);
	try {
		const applied = await migrateUp(orm, (work) => work());
		expect(applied).toEqual(mssqlMigrations.map(({ name }) => name));
	} finally {
		await orm.close();
		await server.close();
	}

	const asked = server.requests;
	const kinds = asked.map(({ kind }) => kind);
	expect(kinds.filter((kind) => kind === 'begin' || kind === 'commit')).toEqual(['begin', 'commit']);
	expect(kinds.filter((kind) => kind === 'save')).toHaveLength(mssqlMigrations.length);
	const firstTable = asked.findIndex(({ text }) => text.includes('create table users'));
	expect(firstTable).toBeGreaterThan(kinds.indexOf('save'));
	expect(asked.findLastIndex(({ text }) => text.includes('create '))).toBeLessThan(kinds.indexOf('commit'));
});
