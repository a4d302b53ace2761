import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { postgresqlMigrations } from '../../src/store/migrations/postgresql.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { type PostgresServer, skipWithoutPrograms, startPostgres } from '../support/postgres-server.ts';
import { type DataDirectory, makeDataDirectory, runToEnd } from '../support/process.ts';

describe.skipIf(skipWithoutPrograms('migrations of PostgreSQL that fail'))('a migration that fails', () => {
	let server: PostgresServer;
	let directory: DataDirectory;

	beforeAll(async () => {
		server = await startPostgres();
	});
	afterAll(() => server.remove());
	beforeEach(async () => {
		directory = await makeDataDirectory();
	});
	afterEach(() => directory.remove());

	/** A new database's URL, for the superuser. */
	async function createDatabase(name: string): Promise<URL> {
		await server.sql(`create database ${name}`);
		const url = new URL(server.url);
		url.pathname = name;
		return url;
	}

	function migrate({ href }: URL, ...args: readonly string[]) {
		return runCommand(['migrate', ...args], { DATABASE_URL: href }, directory.path);
	}

	/** Kills the connection that waits for a lock, in the midst of its transaction. */
	async function killWaiting(): Promise<void> {
		const kill = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'";
		let killed = await server.sql(kill);
		for (; killed.length === 0; killed = await server.sql(kill)) await delay(20);
		expect(killed).toHaveLength(1);
	}

	/** With the first tables alone: the next migration changes some of them. */
	async function migrateFirst(url: URL): Promise<void> {
		expect(await migrate(url, 'up')).toMatchObject({ code: 0 });
		for (let left = postgresqlMigrations.length; left > 1; left--)
			expect(await migrate(url, 'down', '--yes')).toMatchObject({ code: 0 });
	}

	/** Runs `work` while a migration has to wait for a table. */
	async function whileLocked<T>(url: URL, work: () => Promise<T>): Promise<T> {
		await migrateFirst(url);
		const holder = new pg.Client({ connectionString: url.href });
		await holder.connect();
		try {
			await holder.query('begin; lock table conversations in access exclusive mode');
			return await work();
		} finally {
			await holder.end();
		}
	}

	const LOST = /The migration \S+ failed: terminating connection .*\. The database is as it was before/;

	test('because its connection is killed ends the command with a sentence', async () => {
		const url = await createDatabase('killed_command');
		const { code, stdout, stderr } = await whileLocked(url, async () => {
			const { done } = startCommand(['migrate', 'up'], { DATABASE_URL: url.href }, directory.path);
			await killWaiting();
			return done;
		});
		expect(stderr).toMatch(LOST);
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(await migrate(url, 'up')).toMatchObject({ code: 0 });
	});

	test('because its connection is killed ends the start with a sentence', async () => {
		const url = await createDatabase('killed_start');
		const { code, stderr } = await whileLocked(url, async () => {
			const ended = runToEnd(directory, { DATABASE_URL: url.href, DATABASE_MIGRATE: 'auto' });
			await killWaiting();
			return ended;
		});
		expect(stderr).toMatch(LOST);
		expect(code).toBe(1);
	});

	test('for want of a right ends the command and the start with a sentence', async () => {
		const url = await createDatabase('narrow');
		await migrateFirst(url);
		await server.sql('create role tenant login');
		const owner = new pg.Client({ connectionString: url.href });
		await owner.connect();
		await owner.query(
			'grant all on schema public to tenant; grant all on all tables in schema public to tenant',
		);
		await owner.query('grant all on all sequences in schema public to tenant');
		await owner.end();
		url.username = 'tenant';
		const REFUSED =
			/The migration \S+ failed: must be owner of \S+ conversations\. The database is as it was before/;
		const command = await migrate(url, 'up');
		expect(command.stderr).toMatch(REFUSED);
		expect(command.code).toBe(1);
		const start = await runToEnd(directory, { DATABASE_URL: url.href, DATABASE_MIGRATE: 'auto' });
		expect(start.stderr).toMatch(REFUSED);
		expect(start.code).toBe(1);
	});
});
