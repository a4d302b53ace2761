import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { migrateDown } from '../../src/store/migrate.ts';
import { postgresqlMigrations } from '../../src/store/migrations/postgresql.ts';
import { open } from '../store/migrated-database.ts';
import { callCommand, type Outcome, runCommand } from '../support/command.ts';
import { createTestDatabase, databasesFor, NO_NOTICES, type TestDatabase } from '../support/databases.ts';
import { makeDataDirectory, runToEnd } from '../support/process.ts';
import { runSql } from '../support/run-sql.ts';

const MIGRATION_LOCK = 0x70656e64;

let database: TestDatabase;

/** A process, as its user runs it. */
async function run(...args: readonly string[]): Promise<Outcome> {
	const outcome = await runCommand(args, { DATABASE_URL: database.url }, tmpdir());
	expect(outcome.stderr).not.toMatch(/^\s+at /m);
	return outcome;
}

const call = (...args: readonly string[]) => callCommand(args, { DATABASE_URL: database.url });

/** In this process, which is quicker. */
async function migrate(): Promise<void> {
	await (await openDatabase({ ...database.config, migrate: true }, NO_NOTICES)).close();
}

/** The service, started as its operator does, until it ends. */
async function startAndEnd() {
	const directory = await makeDataDirectory();
	const env = { DATABASE_URL: database.url, DATABASE_MIGRATE: 'check' };
	const end = await runToEnd(directory, env);
	await directory.remove();
	return end;
}

describe.each(databasesFor('pendo-message migrate'))('migrate on %s', (kind) => {
	beforeEach(async () => {
		database = await createTestDatabase(kind, { migrated: false });
	});
	afterEach(() => database.drop());

	test('up applies everything once, and status tells when', async () => {
		const first = await run('migrate', 'up');
		expect(first).toMatchObject({ code: 0, stderr: '' });
		const names = [...first.stdout.matchAll(/^applied (\d{4}-[\w-]+)$/gm)].map(([, name]) => name);
		expect(names[0]).toBe('0001-first-tables');
		expect(first.stdout.trim().split('\n')).toHaveLength(names.length);
		expect(await call('migrate', 'up')).toEqual({
			code: 0,
			stdout: 'Nothing to apply: the tables are those of this version.\n',
			stderr: '',
		});
		const status = await call('migrate', 'status');
		expect(status).toMatchObject({ code: 0, stderr: '' });
		const lines = [...status.stdout.matchAll(/^(\S+) +applied (\S+)$/gm)];
		expect(lines.map(([, name]) => name)).toEqual(names);
		for (const [, , at] of lines) expect(Math.abs(Date.parse(at ?? '') - Date.now())).toBeLessThan(60_000);
	});

	test('down asks first, and then undoes the last one alone', async () => {
		await migrate();
		const asked = await call('migrate', 'down');
		expect(asked).toMatchObject({ code: 1, stdout: '' });
		expect(asked.stderr).toMatch(/^Undoing (\S+) loses the data in its tables and columns\. .+--yes\.\n$/);
		const undone = await call('migrate', 'down', '--yes');
		expect(undone).toMatchObject({ code: 0, stderr: '' });
		const [, name = ''] = /^undid (\S+)\n$/.exec(undone.stdout) ?? [];
		expect(asked.stderr).toContain(` ${name} `);
		await expect(openDatabase({ ...database.config, migrate: false }, NO_NOTICES)).rejects.toThrow(
			`The database's tables are older than this service (missing: ${name}). Run `,
		);
		const status = await run('migrate', 'status');
		expect(status.code).toBe(2);
		expect(status.stdout).toMatch(new RegExp(`^${name} +pending\n`, 'm'));
		expect(status.stdout.match(/pending/g)).toHaveLength(1);
	});

	test('a service that finds no tables says what to do, and stops', async () => {
		const { code, stdout, stderr } = await startAndEnd();
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toMatch(
			/^The database has no tables yet\. Run "pendo-message migrate up", or set DATABASE_MIGRATE=auto\.\n$/,
		);
	});

	test('a service that finds newer tables stops, whatever it may migrate', async () => {
		await migrate();
		await runSql(database.config, "insert into mikro_orm_migrations (name) values ('9999-of-tomorrow')");
		const starting = openDatabase({ ...database.config, migrate: true }, NO_NOTICES);
		await expect(starting).rejects.toThrow(
			/^The database was migrated by a newer version .+ \(9999-of-tomorrow\): .+$/,
		);
		const status = await call('migrate', 'status');
		expect(status.code).toBe(2);
		expect(status.stdout).toMatch(/^9999-of-tomorrow +unknown: of a newer version, applied /m);
	});

	test('status is told beside a running service, and leaves it be', async () => {
		await migrate();
		const service = await openDatabase(database.config, NO_NOTICES);
		expect(await run('migrate', 'status')).toMatchObject({ code: 0, stderr: '' });
		await service.ping();
		await service.close();
	});
});

describe('migrate on SQLite alone', () => {
	beforeEach(async () => {
		database = await createTestDatabase('sqlite', { migrated: false });
	});
	afterEach(() => database.drop());

	test('status makes no file', async () => {
		const { code, stdout, stderr } = await call('migrate', 'status');
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toMatch(/^There is no database file .+\n$/);
		if (database.config.kind === 'sqlite') expect(existsSync(database.config.file)).toBe(false);
	});

	test('nothing is undone under a running service', async () => {
		const service = await openDatabase(database.config, NO_NOTICES);
		const { code, stdout, stderr } = await run('migrate', 'down', '--yes');
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toContain('Another service or command uses');
		expect(await service.queries.selectFrom('users').selectAll().execute()).toEqual([]);
		await service.close();
		expect((await call('migrate', 'down', '--yes')).code).toBe(0);
	});
});

const servers = databasesFor('migrate by several').filter((kind) => kind === 'postgresql');

describe.each(servers)('several who migrate on %s', (kind) => {
	beforeEach(async () => {
		database = await createTestDatabase(kind, { migrated: false });
	});
	afterEach(() => database.drop());

	async function query<Row extends pg.QueryResultRow>(text: string): Promise<readonly Row[]> {
		const client = new pg.Client({ connectionString: database.url });
		await client.connect();
		const { rows } = await client.query<Row>(text);
		await client.end();
		return rows;
	}

	test('six nodes that start at once all come up, and each migration was applied once', async () => {
		const config = { ...database.config, migrate: true };
		const nodes = await Promise.all(Array.from({ length: 6 }, () => openDatabase(config, NO_NOTICES)));
		await Promise.all(nodes.map((node) => node.ping()));
		await Promise.all(nodes.map((node) => node.close()));
		const names = (await query<{ name: string }>('select name from mikro_orm_migrations')).map(
			(row) => row.name,
		);
		expect(names).toEqual([...new Set(names)]);
		expect(names).toContain('0001-first-tables');
		expect(await query("select * from settings where name = 'epoch'")).toHaveLength(1);
		expect(
			await query(`select * from pg_locks where locktype = 'advisory'
			and database = (select oid from pg_database where datname = current_database())`),
		).toEqual([]);
	});

	test('of commands at once one applies them', async () => {
		const outcomes = await Promise.all([1, 2].map(() => run('migrate', 'up')));
		expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
		const first = outcomes.filter(({ stdout }) => stdout.startsWith('applied '));
		expect(first).toHaveLength(1);
	});

	test('a command waits for the one before it, for as long as it was told', async () => {
		const other = new pg.Client({ connectionString: database.url });
		await other.connect();
		await other.query(`select pg_advisory_lock(${MIGRATION_LOCK})`);
		const { code, stdout, stderr } = await call('migrate', 'up', '--wait', '1');
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		// Told once, however often it was tried.
		expect(stderr).toMatch(
			/^Waiting for PostgreSQL: another node or command migrates it\nAnother node or command migrates this database: try again .+\n$/,
		);
		await other.end();
		expect((await call('migrate', 'up')).code).toBe(0);
	});

	test('a table in use is not waited for long: nobody queues behind a migration', async () => {
		await migrate();
		// All but the first tables: what is applied again changes some of them.
		for (let left = postgresqlMigrations.length; left > 1; left--)
			await open(database, ({ orm, exclusively }) => migrateDown(orm, exclusively));
		const other = new pg.Client({ connectionString: database.url });
		await other.connect();
		await other.query('begin; lock table conversations, memberships, messages, events, users');
		await expect(migrate()).rejects.toThrow(/failed: .+ lock timeout\. The database is as it was before\.$/);
		await other.end();
		await migrate();
	});

	test('a node that starts waits for the one before it, and says so', async () => {
		const other = new pg.Client({ connectionString: database.url });
		await other.connect();
		await other.query(`select pg_advisory_lock(${MIGRATION_LOCK})`);
		const { promise: waits, resolve: told } = Promise.withResolvers<string>();
		const notices = { ...NO_NOTICES, waiting: (_: string, reason: string) => told(reason) };
		const opening = openDatabase({ ...database.config, migrate: true }, notices);
		expect(await waits).toBe('another node or command migrates it');
		await other.end();
		const node = await opening;
		await node.ping();
		await node.close();
	});
});

describe('a server that is not there', () => {
	const at = (url: string) => callCommand(['migrate', 'up', '--wait', '1'], { DATABASE_URL: url });

	test.each([
		['PostgreSQL', 'postgresql://someone@127.0.0.1:9/nothing'],
		['SQL Server', 'mssql://someone:secret@127.0.0.1:9/nothing'],
	])('is waited for as long as the command was told: %s', async (name, url) => {
		const { code, stdout, stderr } = await at(url);
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toMatch(new RegExp(`^Waiting for ${name}: `));
		expect(stderr).toMatch(new RegExp(`^${name} does not answer: .+\n$`, 'm'));
		expect(stderr).not.toMatch(/^\s+at |secret/m);
	});

	test('needs no other setting than the database', async () => {
		const env = { NODE_ENV: 'production', DATABASE_URL: 'nonsense', PORT: 'x' };
		const { code, stderr } = await callCommand(['migrate', 'status'], env);
		expect(code).toBe(1);
		expect(stderr).toContain('DATABASE_URL: ');
		expect(stderr).not.toMatch(/PORT|JWT/);
	});
});
