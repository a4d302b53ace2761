import { setTimeout } from 'node:timers/promises';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/sqlite';
import type BetterSqlite from 'better-sqlite3';
import { type SqliteDatabase, SqliteDialect, type SqliteStatement, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { SqliteConfig } from '../config.ts';
import { StoreConflict, StoreUnavailable } from '../conversations/store.ts';
import type { Database } from './database.ts';
import { sqliteDialect } from './dialect.ts';
import { entities } from './entities.ts';
import { DatabaseError, messageOf } from './errors.ts';
import { migrateUp, requireCurrentSchema } from './migrate.ts';
import { sqliteMigrations } from './migrations/sqlite.ts';
import {
	holdAlone,
	isBusy,
	makeDirectoryOf,
	openSqliteFile,
	openSqliteReader,
	requireDatabaseFile,
	sqliteCode,
	watchFile,
} from './sqlite-file.ts';
import { Statements } from './statements.ts';
import type { Queries, Tables } from './tables.ts';

/** How long a write waits while another program, such as a maintenance command, holds the file. */
const BUSY_WAIT_MS = 2_000;
const BUSY_RETRY_MS = 25;

/**
 * The embedded database: one file, one node. Everything goes through one connection, in turn, but for the reads of the
 * hot paths: they have a connection that only reads, so that none waits for a commit.
 * @throws DatabaseError when another service has the file, or it cannot be opened.
 */
export function openSqlite({ file, migrate }: SqliteConfig): Promise<Database> {
	makeDirectoryOf(file);
	return open(file, { migrate, release: holdAlone(file) });
}

/**
 * The same for a command, which shares the file with a service: SQLite's own locks keep their transactions apart.
 * @throws DatabaseError when there is no such file, or its tables are not this version's.
 */
export async function openSqliteBeside({ file }: SqliteConfig): Promise<Database> {
	requireDatabaseFile(file);
	return open(file, { migrate: false, release: () => undefined });
}

async function open(
	path: string,
	{ migrate, release }: { readonly migrate: boolean; readonly release: () => void },
): Promise<Database> {
	try {
		const orm = await connectSqlite(path);
		await prepareTables(orm, path, migrate);
		const queries: Queries = orm.em.getKysely<Tables>();
		// SQLite's own waiting stops the whole process, so it is kept short; `whileBusy` waits instead.
		await sql`pragma busy_timeout = 20`.execute(queries);
		return asDatabase(orm, queries, {
			reader: withStatementCache(openSqliteReader(path)),
			release,
			requireFile: watchFile(path),
		});
	} catch (error) {
		release();
		throw error;
	}
}

/** The file's lock keeps everybody else from migrating it. */
async function prepareTables(orm: MikroORM, path: string, migrate: boolean): Promise<void> {
	try {
		if (migrate) await migrateUp(orm, (work) => work());
		await requireCurrentSchema(orm);
	} catch (error) {
		await orm.close();
		if (sqliteCode(error) === '') throw error;
		throw new DatabaseError(`The database file ${path} cannot be read: ${messageOf(error)}`);
	}
}

/** MikroORM over a file, without a look at its tables. */
export function connectSqlite(path: string): Promise<MikroORM> {
	const native = openSqliteFile(path);
	return MikroORM.init({
		entities: [...entities],
		dbName: path,
		driverOptions: new SqliteDialect({ database: withStatementCache(native) }),
		discovery: { onMetadata: withoutCollations },
		// Databases are made by people.
		ensureDatabase: false,
		extensions: [Migrator],
		migrations: { migrationsList: sqliteMigrations, snapshot: false, silent: true },
	});
}

/** The collations are SQL Server's; SQLite compares by code point anyway. */
function withoutCollations(meta: { readonly properties: Record<string, { collation?: string }> }): void {
	for (const property of Object.values(meta.properties)) delete property.collation;
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

interface HeldFile {
	readonly reader: SqliteDatabase;
	readonly release: () => void;
	/** @throws StoreUnavailable when the file is not the one that was opened. */
	readonly requireFile: () => void;
}

function asDatabase(orm: MikroORM, queries: Queries, { reader, release, requireFile }: HeldFile): Database {
	return {
		dialect: sqliteDialect,
		statements: new Statements(({ sql: text, parameters }) => reader.prepare(text).all(parameters)),
		queries,
		// Kysely's one connection makes others wait until it is given back: nobody reads what is not committed.
		transact: (work) =>
			whileBusy(() => {
				requireFile();
				return queries.connection().execute((db) => immediately(db, () => work(db)));
			}),
		ping: async () => {
			requireFile();
			await sql`select 1`.execute(queries);
		},
		close: async () => {
			reader.close();
			await orm.close();
			release();
		},
	};
}

/** Another program holds the file; nothing has begun. */
class FileBusy extends Error {}

/** Between two attempts the connection is free for readers, and the process for everything else. */
async function whileBusy<T>(attempt: () => Promise<T>): Promise<T> {
	const deadline = performance.now() + BUSY_WAIT_MS;
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			if (!(error instanceof FileBusy)) throw error;
			if (performance.now() > deadline)
				throw new StoreUnavailable('Another program holds the database file.', { cause: error.cause });
			await setTimeout(BUSY_RETRY_MS);
		}
	}
}

async function immediately<T>(db: Queries, work: () => Promise<T>): Promise<T> {
	try {
		await sql`begin immediate`.execute(db);
	} catch (error) {
		throw isBusy(error) ? new FileBusy(messageOf(error), { cause: error }) : classify(error);
	}
	try {
		const result = await work();
		await sql`commit`.execute(db);
		return result;
	} catch (error) {
		await sql`rollback`.execute(db).catch(() => undefined);
		throw classify(error);
	}
}

function classify(error: unknown): unknown {
	const code = sqliteCode(error);
	if (/^SQLITE_(BUSY|CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID))/.test(code))
		return new StoreConflict(messageOf(error), { cause: error });
	if (/^SQLITE_(FULL|IOERR|READONLY|CANTOPEN)/.test(code))
		return new StoreUnavailable(messageOf(error), { cause: error });
	return error;
}
