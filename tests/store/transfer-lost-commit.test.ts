import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importDatabase } from '../../src/store/transfer/import.ts';
import { createTestDatabase, skipWithoutPostgresql, type TestDatabase } from '../support/databases.ts';
import { converse, send } from '../support/live.ts';
import { type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.ts';
import { startService } from '../support/service.ts';
import { exportText, importText, linesOf } from '../support/transfer.ts';
import { open } from './migrated-database.ts';

const isSkipped = skipWithoutPostgresql('an import that loses a COMMIT');

describe.skipIf(isSkipped)('an import that loses a COMMIT', () => {
	let text: string;
	let target: TestDatabase;
	let proxy: PostgresProxy;

	beforeAll(async () => {
		const source = await createTestDatabase('sqlite');
		const service = await startService({ DATABASE_URL: source.url });
		const alice = await service.client('Alice');
		await send(alice, (await converse(alice)).id, 'Hello');
		await service.stop();
		text = await exportText(source);
		await source.drop();
	});
	beforeEach(async () => {
		target = await createTestDatabase('postgresql');
		proxy = await startPostgresProxy(Number(new URL(target.url).port || 5432));
	});
	afterEach(async () => {
		await proxy.close();
		await target.drop();
	});

	/** Loses the first COMMIT after the rows of this table are counted. */
	function losingAfter(table: string, how: 'undelivered' | 'unanswered') {
		if (target.config.kind === 'sqlite') throw new Error('Not a server.');
		const url = new URL(target.url);
		url.hostname = '127.0.0.1';
		url.port = String(proxy.port);
		const behindProxy = { ...target, config: { ...target.config, url: url.href } };
		return open(behindProxy, (database) =>
			importDatabase(database, {
				open: async function* () {
					yield Buffer.from(text);
				},
				canReopen: false,
				asCopy: false,
				observers: {
					check: { progress: () => undefined },
					write: {
						progress: (name) => {
							if (name === table) void proxy.loseCommit(how);
						},
					},
				},
				onResume: () => undefined,
			}),
		);
	}

	it('at its very end, after which all is there, has ended well', async () => {
		await losingAfter('settings', 'unanswered');
		expect(linesOf(await exportText(target))).toEqual(linesOf(text));
	});

	it('at its very end, which did not arrive, is run again', async () => {
		await expect(losingAfter('settings', 'undelivered')).rejects.toThrow();
		await importText(target, text);
		expect(linesOf(await exportText(target))).toEqual(linesOf(text));
	});

	it.each(['undelivered', 'unanswered'] as const)(
		'between two tables, %s, does not claim to know, and goes on',
		async (how) => {
			await expect(losingAfter('users', how)).rejects.toThrow(
				/^The lines \d+ to \d+ may be stored or not: .+ Run the same import again: it finds out, and goes on\.$/,
			);
			await importText(target, text);
			expect(linesOf(await exportText(target))).toEqual(linesOf(text));
		},
	);
});
