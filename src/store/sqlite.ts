import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/sqlite';
import BetterSqlite from 'better-sqlite3';
import { type SqliteDatabase, SqliteDialect, type SqliteStatement, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { StoreConflict, StoreUnavailable } from '../conversations/store.ts';
import type { Database } from './database.ts';
import { sqliteDialect } from './dialect.ts';
import { entities } from './entities.ts';
import { DatabaseError } from './errors.ts';
import { sqliteMigrations } from './migrations/sqlite.ts';
import type { Queries, Tables } from './tables.ts';

/**
 * The embedded database: one file, one node. All reads and writes go through one connection, in turn.
 * @throws DatabaseError when another service has the file, or it cannot be opened.
 */
export async function openSqlite(file: string): Promise<Database> {
	const path = resolve(file);
	mkdirSync(dirname(path), { recursive: true });
	const release = holdAlone(path);
	try {
		const orm = await connectSqlite(path);
		await orm.migrator.up();
		return asDatabase(orm, release);
	} catch (error) {
		release();
		throw error;
	}
}

/** MikroORM over a file, without a look at its tables. */
export function connectSqlite(path: string): Promise<MikroORM> {
	const native = openNative(path);
	return MikroORM.init({
		entities: [...entities],
		dbName: path,
		driverOptions: new SqliteDialect({ database: withStatementCache(native) }),
		discovery: { onMetadata: withoutCollations },
		extensions: [Migrator],
		migrations: { migrationsList: sqliteMigrations, snapshot: false, silent: true },
	});
}

/** The collations are SQL Server's; SQLite compares by code point anyway. */
function withoutCollations(meta: { readonly properties: Record<string, { collation?: string }> }): void {
	for (const property of Object.values(meta.properties)) delete property.collation;
}

function openNative(path: string): BetterSqlite.Database {
	try {
		const native = new BetterSqlite(path);
		native.pragma('journal_mode = WAL');
		// An acknowledged send survives a loss of power: every commit waits for the disk.
		native.pragma('synchronous = FULL');
		// Only maintenance commands write beside the service. Waiting for them holds up everything, so it is short.
		native.pragma('busy_timeout = 200');
		native.pragma('cache_size = -65536');
		return native;
	} catch (error) {
		throw new DatabaseError(`The database file ${path} cannot be opened: ${messageOf(error)}`);
	}
}

/**
 * Holds the file for this process: an exclusive transaction on a small file beside it, which the operating system
 * lets go of when the process dies, however it dies.
 */
function holdAlone(path: string): () => void {
	const lock = new BetterSqlite(`${path}.lock`, { timeout: 0 });
	try {
		lock.exec('begin exclusive');
	} catch {
		lock.close();
		throw new DatabaseError(
			`Another service is running on ${path}. SQLite serves one: stop it first, or set DATABASE_URL to another file.`,
		);
	}
	return () => lock.close();
}

/** Preparing costs more than running for small statements. Dates become milliseconds, flags 0 and 1. */
function withStatementCache(native: BetterSqlite.Database): SqliteDatabase {
	const statements = new LRUCache<string, SqliteStatement>({ max: 1_000 });
	return {
		close: () => native.close(),
		prepare: (text) => {
			const known = statements.get(text);
			if (known) return known;
			const statement = native.prepare<unknown[], unknown>(text);
			const bound: SqliteStatement = {
				reader: statement.reader,
				all: (parameters) => statement.all(parameters.map(toSqlite)),
				run: (parameters) => statement.run(parameters.map(toSqlite)),
				iterate: (parameters) => native.prepare<unknown[], unknown>(text).iterate(parameters.map(toSqlite)),
			};
			statements.set(text, bound);
			return bound;
		},
	};
}

function toSqlite(value: unknown): unknown {
	if (typeof value === 'boolean') return value ? 1 : 0;
	return value instanceof Date ? value.getTime() : value;
}

function asDatabase(orm: MikroORM, release: () => void): Database {
	const queries: Queries = orm.em.getKysely<Tables>();
	return {
		orm,
		dialect: sqliteDialect,
		queries,
		// Kysely's one connection makes others wait until it is given back: nobody reads what is not committed.
		transact: (work) => queries.connection().execute((db) => immediately(db, () => work(db))),
		snapshot: (work) => queries.connection().execute(work),
		ping: async () => {
			await sql`select 1`.execute(queries);
		},
		close: async () => {
			await orm.close();
			release();
		},
	};
}

async function immediately<T>(db: Queries, work: () => Promise<T>): Promise<T> {
	try {
		await sql`begin immediate`.execute(db);
		const result = await work();
		await sql`commit`.execute(db);
		return result;
	} catch (error) {
		await sql`rollback`.execute(db).catch(() => undefined);
		throw classify(error);
	}
}

/** SQLite's result codes: https://www.sqlite.org/rescode.html */
function classify(error: unknown): unknown {
	const code = error instanceof Error && 'code' in error ? String(error.code) : '';
	if (code.startsWith('SQLITE_CONSTRAINT') || code.startsWith('SQLITE_BUSY'))
		return new StoreConflict(messageOf(error), { cause: error });
	if (/^SQLITE_(FULL|IOERR|READONLY|CANTOPEN)/.test(code))
		return new StoreUnavailable(messageOf(error), { cause: error });
	return error;
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
