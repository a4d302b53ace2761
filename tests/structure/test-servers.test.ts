import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMssql, findPostgresql } from '../support/find-servers.ts';
import { findPrograms, programFolders } from '../support/installed-postgresql.ts';
import { type PostgresServer, skipWithoutPrograms, startPostgres } from '../support/postgres-server.ts';

const programs = findPrograms(programFolders());

/** Nothing listens on port 1. */
const NOWHERE = 'postgresql://postgres@127.0.0.1:1/postgres';

describe.skipIf(skipWithoutPrograms('the choice of a PostgreSQL for tests'))(
	'the PostgreSQL that tests use',
	() => {
		let server: PostgresServer;
		let empty: string;

		beforeAll(async () => {
			empty = await mkdtemp(join(tmpdir(), 'no-programs-'));
			server = await startPostgres();
		});

		afterAll(async () => {
			await server.remove();
			await rm(empty, { recursive: true });
		});

		it('is the given one, and ending the run does not end it', async () => {
			const found = await findPostgresql({ given: server.url, usual: NOWHERE, programs: [] });
			expect(found).toMatchObject({ url: server.url, where: new URL(server.url).host });
			await found?.stop();
			expect(await ask(server.url, 'select 1 as answer')).toEqual([{ answer: 1 }]);
		});

		it('is never another than the given one', async () => {
			const places = { given: NOWHERE, usual: server.url, programs: programFolders() };
			await expect(findPostgresql(places)).rejects.toThrow('TEST_POSTGRES_URL names 127.0.0.1:1');
		});

		it('must let its user create databases', async () => {
			await ask(server.url, 'create role reader login');
			const reader = server.url.replace('postgres@', 'reader@');
			await expect(findPostgresql({ given: reader, usual: NOWHERE, programs: [] })).rejects.toThrow(
				'may not create databases',
			);
			expect(await findPostgresql({ given: undefined, usual: reader, programs: [] })).toBeUndefined();
		});

		it('is else the one at the usual place', async () => {
			const found = await findPostgresql({ given: undefined, usual: server.url, programs: programFolders() });
			expect(found?.url).toBe(server.url);
		});

		it('is else started from installed programs, and ends with the run without a trace', async () => {
			const places = { given: undefined, usual: NOWHERE, programs: [empty, ...programFolders()] };
			const found = await findPostgresql(places);
			expect(found?.where).toBe(`started from ${programs}`);
			const url = found?.url ?? '';
			const [{ folder = '' } = {}] = await ask(url, "select current_setting('data_directory') as folder");
			expect(existsSync(folder)).toBe(true);
			await found?.stop();
			expect(existsSync(folder)).toBe(false);
			await expect(ask(url, 'select 1')).rejects.toThrow('ECONNREFUSED');
		});

		it('is none where there is no server and no program', async () => {
			expect(await findPostgresql({ given: undefined, usual: NOWHERE, programs: [empty] })).toBeUndefined();
		});
	},
);

it('uses the SQL Server that is given', async () => {
	const url = 'mssql://user@db.example:1433/master';
	expect(await findMssql(url)).toMatchObject({ url, where: 'db.example:1433' });
});

async function ask(url: string, statement: string): Promise<readonly Record<string, string>[]> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		return (await client.query<Record<string, string>>(statement)).rows;
	} finally {
		await client.end();
	}
}
