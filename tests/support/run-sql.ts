import BetterSqlite from 'better-sqlite3';
import { sql } from 'kysely';
import type { DatabaseConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/store/database.ts';
import { queryPostgres } from './query-postgres.ts';
import { NO_NOTICES } from './server-databases.ts';

/** Runs statements in one transaction, beside whoever uses the database. They are the same on every database. */
export async function runSql(database: DatabaseConfig, statements: string): Promise<void> {
	if (database.kind === 'sqlite') {
		const native = new BetterSqlite(database.file);
		try {
			native.exec(`begin immediate; ${statements}; commit`);
		} finally {
			native.close();
		}
		return;
	}
	if (database.kind === 'postgresql') {
		await queryPostgres(database.url, statements);
		return;
	}
	const open = await openDatabase(database, NO_NOTICES);
	try {
		await open.transact((db) => sql.raw(statements).execute(db));
	} finally {
		await open.close();
	}
}

/** Keeps everybody from writing to conversations, and nobody from reading, until it is called. */
export async function holdWrites(database: DatabaseConfig): Promise<() => Promise<void>> {
	if (database.kind === 'sqlite') {
		const native = new BetterSqlite(database.file);
		native.exec('begin immediate');
		return async () => {
			native.close();
		};
	}
	const open = await openDatabase(database, NO_NOTICES);
	const held = Promise.withResolvers<void>();
	const released = Promise.withResolvers<void>();
	const holding = open.transact(async (db) => {
		await sql.raw(LOCKS[database.kind]).execute(db);
		held.resolve();
		await released.promise;
	});
	await Promise.race([held.promise, holding]);
	return async () => {
		released.resolve();
		await holding;
		await open.close();
	};
}

const LOCKS = {
	postgresql: 'lock table conversations in exclusive mode',
	mssql: 'select top(1) id from conversations with (tablockx, holdlock)',
} as const;
