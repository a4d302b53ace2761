import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { mssql } from '../../src/store/mssql.ts';
import type { Queries, Tables } from '../../src/store/tables.ts';
import { exportDatabase } from '../../src/store/transfer/export.ts';
import { TransferError } from '../../src/store/transfer/format.ts';
import { startTdsServer, type TdsRequest } from '../support/tds-server.ts';

/** The number that stands for it in a transaction's beginning. */
const SNAPSHOT = '5';

test('an export from a SQL Server that allows no snapshots says how to allow them', async () => {
	const begun: TdsRequest[] = [];
	const server = await startTdsServer((request) => {
		if (request.kind === 'begin') begun.push(request);
		if (begun.length === 0 || request.kind !== 'statement') return 'done';
		return {
			errors: [{ number: 3952, message: 'Snapshot isolation transaction failed accessing database' }],
		};
	});
	onTestFinished(() => server.close());
	const url = `mssql://sa:secret@127.0.0.1:${server.port}/pendo?encrypt=false`;
	const config = loadConfig({ DATABASE_URL: url }).database;
	if (config.kind === 'sqlite') throw new Error('Not a server.');
	const orm = await mssql.connect(config);
	onTestFinished(() => orm.close());
	// The server knows no tables, so that they are current where none is to be made.
	orm.config.set('migrations', { ...orm.config.get('migrations'), migrationsList: [] });
	const queries: Queries = orm.em.getKysely<Tables>();
	const exclusively = <T>(work: () => Promise<T>) => work();
	const exported = exportDatabase(
		{ orm, queries, dialect: mssql.dialect, exclusively },
		{ version: '1', observer: { progress: () => undefined }, write: async () => undefined },
	);
	const fault = await exported.catch((error: unknown) => error);
	expect(fault).toBeInstanceOf(TransferError);
	expect(fault).toHaveProperty('message', expect.stringContaining('SET ALLOW_SNAPSHOT_ISOLATION ON'));
	expect(begun.map(({ text }) => text)).toEqual([SNAPSHOT]);
});
