import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type DatabaseConfig, loadConfig } from '../../src/config.ts';
import { type Notices, openDatabase } from '../../src/store/database.ts';

export type DatabaseKind = DatabaseConfig['kind'];

/** A database of a test's own, dropped by it. */
export interface TestDatabase {
	readonly kind: DatabaseKind;
	/** For DATABASE_URL. */
	readonly url: string;
	readonly config: DatabaseConfig;
	drop(): Promise<void>;
}

/** For tests that open a database and do not look at what it says meanwhile. */
export const NO_NOTICES: Notices = { waiting: () => {}, warn: () => {} };

const POSTGRES_URL = process.env['TEST_POSTGRES_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

/** An empty database of a name of its own; `migrated`: with this version's tables. */
export async function createTestDatabase(
	kind: DatabaseKind,
	{ migrated = true }: { readonly migrated?: boolean } = {},
): Promise<TestDatabase> {
	const database = await (kind === 'sqlite' ? sqliteDatabase() : postgresDatabase());
	if (migrated) await (await openDatabase({ ...database.config, migrate: true }, NO_NOTICES)).close();
	return database;
}

async function sqliteDatabase(): Promise<TestDatabase> {
	const directory = await mkdtemp(join(tmpdir(), 'pendo-message-'));
	const url = `sqlite:${join(directory, 'test.db')}`;
	const drop = () => rm(directory, { recursive: true, force: true });
	return { kind: 'sqlite', url, config: configOf(url), drop };
}

async function postgresDatabase(): Promise<TestDatabase> {
	const name = `pendo_test_${randomBytes(6).toString('hex')}`;
	await asAdmin(`create database ${name}`);
	const url = new URL(POSTGRES_URL);
	url.pathname = `/${name}`;
	// FORCE ends the connections of a service that a test has killed.
	const drop = () => asAdmin(`drop database if exists ${name} with (force)`);
	return { kind: 'postgresql', url: url.href, config: configOf(url.href), drop };
}

async function asAdmin(statement: string): Promise<void> {
	const client = new pg.Client({ connectionString: POSTGRES_URL });
	await client.connect();
	await client.query(statement);
	await client.end();
}

function configOf(url: string): DatabaseConfig {
	return loadConfig({ DATABASE_URL: url, NODE_ENV: 'test' }).database;
}
