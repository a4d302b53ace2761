import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseConfig, loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createServerDatabase, dropServerDatabase, NO_NOTICES } from './server-databases.ts';
import { skipUnless } from './services.ts';
import { note } from './test-run.ts';
import { SERVERS, type ServerKind, serverUrl } from './test-servers.ts';

export type DatabaseKind = DatabaseConfig['kind'];

/** A database of a test's own, dropped by it. */
export interface TestDatabase {
	readonly kind: DatabaseKind;
	/** For DATABASE_URL. */
	readonly url: string;
	readonly config: DatabaseConfig;
	drop(): Promise<void>;
}

export { NO_NOTICES };

/**
 * The databases that a suite runs on, for `describe.each`: SQLite, PostgreSQL, and SQL Server where there is one. A
 * PostgreSQL that is not there is a skip (see services.ts).
 */
export function databasesFor(suite: string): readonly DatabaseKind[] {
	return [
		'sqlite',
		...(skipWithoutPostgresql(suite) ? [] : (['postgresql'] as const)),
		...(serverUrl('mssql') === undefined ? [] : (['mssql'] as const)),
	];
}

/** For `describe.skipIf`: true where there is no PostgreSQL. */
export function skipWithoutPostgresql(suite: string): boolean {
	const { setting, example } = SERVERS.postgresql;
	return skipUnless(
		serverUrl('postgresql') !== undefined,
		`${suite} on PostgreSQL`,
		`none answers on 127.0.0.1:5432, none is installed, and ${setting} is not set`,
		`${setting}=${example} npm test, or install PostgreSQL`,
	);
}

/** An empty database of a name of its own; `migrated`: with this version's tables. */
export async function createTestDatabase(
	kind: DatabaseKind,
	{ migrated = true }: { readonly migrated?: boolean } = {},
): Promise<TestDatabase> {
	const created = kind === 'sqlite' ? await createFile(migrated) : await createOnServer(kind, migrated);
	note('databases', kind);
	return created;
}

async function createOnServer(kind: ServerKind, migrated: boolean): Promise<TestDatabase> {
	const url = await createServerDatabase(kind, migrated);
	return { kind, url, config: configOf(url), drop: () => dropServerDatabase(kind, url) };
}

async function createFile(migrated: boolean): Promise<TestDatabase> {
	const directory = await mkdtemp(join(tmpdir(), 'pendo-message-'));
	const url = `sqlite:${join(directory, 'test.db')}`;
	const config = configOf(url);
	if (migrated) await (await openDatabase({ ...config, migrate: true }, NO_NOTICES)).close();
	return { kind: 'sqlite', url, config, drop: () => rm(directory, { recursive: true, force: true }) };
}

function configOf(url: string): DatabaseConfig {
	return loadConfig({ DATABASE_URL: url, NODE_ENV: 'test' }).database;
}
