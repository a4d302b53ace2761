import { existsSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { StoreUnavailable } from '../conversations/store.ts';
import { DatabaseError, messageOf } from './errors.ts';

/** Opens the database's file for durable writes, and makes it where there is none. @throws DatabaseError */
export function openSqliteFile(path: string): BetterSqlite.Database {
	try {
		const native = new BetterSqlite(path);
		native.pragma('journal_mode = WAL');
		// An acknowledged send survives a loss of power: every commit waits for the disk.
		native.pragma('synchronous = FULL');
		native.pragma('busy_timeout = 5000');
		native.pragma('cache_size = -65536');
		return native;
	} catch (error) {
		throw new DatabaseError(`The database file ${path} cannot be opened: ${messageOf(error)}`);
	}
}

/** A connection that only reads; the file exists, in WAL mode, and stays open elsewhere. */
export function openSqliteReader(path: string): BetterSqlite.Database {
	const native = new BetterSqlite(path, { readonly: true, timeout: 20 });
	native.pragma('cache_size = -65536');
	return native;
}

/** Only its owner may enter: it holds messages, and tokens may be signed by what lies there. @throws DatabaseError */
export function makeDirectoryOf(path: string): void {
	try {
		mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	} catch (error) {
		throw new DatabaseError(`The database's directory cannot be made: ${messageOf(error)}`);
	}
}

/** @throws DatabaseError */
export function requireDatabaseFile(path: string): void {
	if (existsSync(path)) return;
	throw new DatabaseError(
		`There is no database file ${path}: the service's first start makes it, or "pendo-message migrate up".`,
	);
}

/**
 * Holds the file for this process: an exclusive transaction on a small file beside it, which the operating system
 * lets go of when the process dies, however it dies.
 * @throws DatabaseError when another service or command holds it, or the file beside it cannot be written.
 */
export function holdAlone(path: string): () => void {
	let lock: BetterSqlite.Database | undefined;
	try {
		lock = new BetterSqlite(`${path}.lock`, { timeout: 0 });
		lock.exec('begin exclusive');
	} catch (error) {
		lock?.close();
		if (!isBusy(error))
			throw new DatabaseError(`The file ${path}.lock cannot be written: ${messageOf(error)}`);
		throw new DatabaseError(
			`Another service or command uses ${path}. SQLite serves one: stop it first, or set DATABASE_URL to another file.`,
		);
	}
	const held = lock;
	return () => held.close();
}

/**
 * The answer throws StoreUnavailable once the path leads elsewhere. SQLite itself writes on into a file that was
 * deleted or replaced, and everything written there is lost when it is closed.
 */
export function watchFile(path: string): () => void {
	const opened = identify(path);
	return () => {
		if (opened === undefined || identify(path) === opened) return;
		throw new StoreUnavailable(
			`The database file ${path} was moved or deleted: put it back, or start again.`,
		);
	};
}

function identify(path: string): string | undefined {
	const found: Stats | undefined = statSync(path, { throwIfNoEntry: false });
	return found && `${found.dev} ${found.ino}`;
}

/** Another connection holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
	return sqliteCode(error).startsWith('SQLITE_BUSY');
}

/** SQLite's result code by name, https://www.sqlite.org/rescode.html; empty for other errors. */
export function sqliteCode(error: unknown): string {
	const code = error instanceof Error && 'code' in error ? String(error.code) : '';
	return code.startsWith('SQLITE_') ? code : '';
}
