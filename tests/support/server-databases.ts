import { sql } from 'kysely';
import { loadConfig, type ServerDatabaseConfig } from '../../src/config.ts';
import { type Notices, openDatabase } from '../../src/store/database.ts';
import { mssql } from '../../src/store/mssql.ts';
import { postgresql } from '../../src/store/postgresql.ts';
import { answering } from '../../src/store/server-database.ts';
import type { Queries, Tables } from '../../src/store/tables.ts';
import { isLeftover, runName, timedName } from './test-run.ts';
import { SERVERS, type ServerKind, serverUrl } from './test-servers.ts';

/** For tests that open a database and do not look at what it says meanwhile. */
export const NO_NOTICES: Notices = { waiting: () => {}, warn: () => {} };

const DRIVERS = { postgresql, mssql } as const;

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
		for (const setting of ['read_committed_snapshot', 'allow_snapshot_isolation'])
			await asAdmin(kind, (db) => sql.raw(`alter database ${name} set ${setting} on`).execute(db));
	if (migrated) await migrate(url);
	return url;
}

export async function dropServerDatabase(kind: ServerKind, url: string): Promise<void> {
	const name = new URL(url).pathname.slice(1);
	await asAdmin(kind, (db) => sql.raw(SERVERS[kind].drop(name)).execute(db));
}

/** Waits so long for a server that was just started. @throws at once where waiting does not help. */
export function answers(kind: ServerKind, url: string, patienceMs: number): Promise<void> {
	return connected(kind, url, (db) => answering(DRIVERS[kind], db, NO_NOTICES, patienceMs));
}

/** At the end of a run: its template, and what killed runs left behind, as far as it can be dropped. */
export async function cleanUp(kind: ServerKind): Promise<void> {
	await asAdmin(kind, async (db) => {
		const { rows } = await sql.raw<{ name: string }>(SERVERS[kind].databases).execute(db);
		for (const { name } of rows) {
			if (name !== templateName() && !isLeftover(name)) continue;
			// Another run may be dropping it, or another user own it.
			await sql
				.raw(SERVERS[kind].drop(name))
				.execute(db)
				.catch(() => undefined);
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
	await (await openDatabase({ ...configOf(url), migrate: true }, NO_NOTICES)).close();
}

/** A copy has its original's: to the service both would be the same database. */
async function renewIdentity(url: string): Promise<void> {
	await connected('postgresql', url, (db) =>
		sql`update settings set value = left(replace(gen_random_uuid()::text, '-', ''), length(value))
			where name in ('database', 'epoch')`.execute(db),
	);
}

/** Runs statements on the server itself, over one connection. */
async function asAdmin<T>(kind: ServerKind, work: (db: Queries) => Promise<T>): Promise<T> {
	const url = serverUrl(kind);
	if (url === undefined) throw new Error(`There is no ${SERVERS[kind].name}: set ${SERVERS[kind].setting}.`);
	return connected(kind, url, (db) => db.connection().execute(work));
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
