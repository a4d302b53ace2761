import BetterSqlite from 'better-sqlite3';
import pg from 'pg';
import type { DatabaseConfig } from '../../src/config.ts';

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
	const client = new pg.Client({ connectionString: database.url });
	await client.connect();
	try {
		// What is sent as one text is one transaction.
		await client.query(statements);
	} finally {
		await client.end();
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
	const client = new pg.Client({ connectionString: database.url });
	await client.connect();
	await client.query('begin; lock table conversations in exclusive mode');
	return () => client.end();
}
