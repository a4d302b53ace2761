import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { loadConfig, type ServerDatabaseConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/store/database.ts';
import { mssql } from '../../src/store/mssql.ts';
import { postgresql } from '../../src/store/postgresql.ts';
import type { Queries, Tables } from '../../src/store/tables.ts';
import { runName, timedName } from './test-run.ts';
import { SERVERS, type ServerKind, serverUrl } from './test-servers.ts';

const DRIVERS = { postgresql, mssql } as const;

/** What is older was left behind by a run that was killed. */
const LEFTOVER_SECONDS = 3_600;
/** How long a server that was just started may take until it answers. */
const START_MS = 180_000;

/** A new database's URL. `migrated`: with this version's tables, and an identity and an epoch of its own. */
export async function createServerDatabase(kind: ServerKind, migrated: boolean): Promise<string> {
	const name = `pendo_test_${timedName()}`;
	const url = urlOf(kind, name);
	if (kind === 'postgresql' && migrated) {
		const template = await migratedTemplate();
		await asAdmin(kind, (db) => sql.raw(`create database ${name} template ${template}`).execute(db));
		await renewIdentity(url);
		return url;
	}
	await asAdmin(kind, (db) => sql.raw(`create database ${name}`).execute(db));
	if (kind === 'mssql')
		await asAdmin(kind, (db) => sql.raw(`alter database ${name} set read_committed_snapshot on`).execute(db));
	if (migrated) await migrate(url);
	return url;
}

export async function dropServerDatabase(kind: ServerKind, url: string): Promise<void> {
	const name = new URL(url).pathname.slice(1);
	await asAdmin(kind, (db) => sql.raw(SERVERS[kind].drop(name)).execute(db));
}

/** At the end of a run: its template, and what killed runs left behind. */
export async function cleanUp(kind: ServerKind): Promise<void> {
	const oldest = Date.now() / 1000 - LEFTOVER_SECONDS;
	await asAdmin(kind, async (db) => {
		const { rows } = await sql.raw<{ name: string }>(SERVERS[kind].databases).execute(db);
		for (const { name } of rows) {
			const made = Number(/^pendo_test_(\d+)_/.exec(name)?.[1]);
			if (name === templateName() || made < oldest) await sql.raw(SERVERS[kind].drop(name)).execute(db);
		}
	});
}

const templateName = () => `pendo_test_${runName()}_template`;

let template: Promise<string> | undefined;

/** Made by the worker that asks first, once a run. */
function migratedTemplate(): Promise<string> {
	template ??= asAdmin('postgresql', async (db) => {
		const name = templateName();
		// Held until this connection is closed.
		await sql`select pg_advisory_lock(hashtext(${name}))`.execute(db);
		const known = await sql`select 1 from pg_database where datname = ${name}`.execute(db);
		if (known.rows.length > 0) return name;
		await sql.raw(`create database ${name}`).execute(db);
		try {
			await migrate(urlOf('postgresql', name));
		} catch (error) {
			await sql.raw(SERVERS.postgresql.drop(name)).execute(db);
			throw error;
		}
		return name;
	});
	return template;
}

async function migrate(url: string): Promise<void> {
	const notices = { waiting: () => {}, warn: () => {} };
	await (await openDatabase({ ...configOf(url), migrate: true }, notices)).close();
}

/** A copy has its original's: to the service both would be the same database. */
async function renewIdentity(url: string): Promise<void> {
	await connected('postgresql', url, (db) =>
		sql`update settings set value = left(replace(gen_random_uuid()::text, '-', ''), length(value))
			where name in ('database', 'epoch')`.execute(db),
	);
}

/** Runs statements on the server itself, over one connection; a server that was just started is waited for. */
async function asAdmin<T>(kind: ServerKind, work: (db: Queries) => Promise<T>): Promise<T> {
	const url = serverUrl(kind);
	if (url === undefined) throw new Error(`There is no ${SERVERS[kind].name}: set ${SERVERS[kind].setting}.`);
	return connected(kind, url, async (db) => {
		const deadline = performance.now() + START_MS;
		for (;;) {
			try {
				await sql`select 1`.execute(db);
				break;
			} catch (error) {
				if (kind !== 'mssql' || performance.now() > deadline) throw error;
				await delay(500);
			}
		}
		return db.connection().execute(work);
	});
}

async function connected<T>(kind: ServerKind, url: string, work: (db: Queries) => Promise<T>): Promise<T> {
	const unlimited = { poolMin: 0, poolMax: 1, requestTimeoutMs: 0, lockTimeoutMs: 0 };
	const orm = await DRIVERS[kind].connect({ ...configOf(url), ...unlimited });
	try {
		return await work(orm.em.getKysely<Tables>());
	} finally {
		await orm.close();
	}
}

function urlOf(kind: ServerKind, name: string): string {
	const url = new URL(serverUrl(kind) ?? '');
	url.pathname = `/${name}`;
	return url.href;
}

function configOf(url: string): ServerDatabaseConfig {
	const { database } = loadConfig({ DATABASE_URL: url, NODE_ENV: 'test' });
	if (database.kind === 'sqlite') throw new TypeError('SQLite has no server.');
	return database;
}
