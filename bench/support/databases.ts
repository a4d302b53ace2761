import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';

/** What every server of a run stores in. */
export const DATABASE_KINDS = ['sqlite', 'postgresql'] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

/** Connections that each server may have: the product's default. */
export const POOL_SIZE = 10;

const POSTGRES_URL = process.env['TEST_POSTGRES_URL'] || 'postgresql://postgres@127.0.0.1:5432/postgres';

/** The databases of one benchmark, by name: a name that was asked for before gives the same one. */
export interface Databases {
	readonly kind: DatabaseKind;
	/** Empty at first. */
	urlOf(name: string): Promise<string>;
	/** Of those on a server, also after a failure; files go with their directory. */
	dropAll(): Promise<void>;
}

export function createDatabases(kind: DatabaseKind, directory: string): Databases {
	if (kind === 'sqlite')
		return { kind, urlOf: async (name) => `sqlite:${join(directory, name)}.db`, dropAll: async () => {} };
	const created = new Map<string, string>();
	return {
		kind,
		urlOf: async (name) => {
			const url = new URL(POSTGRES_URL);
			const known = created.get(name);
			const database = known ?? `pendo_bench_${randomBytes(6).toString('hex')}`;
			// First, so that it is dropped also when nobody knows whether it was made.
			created.set(name, database);
			if (known === undefined) await asAdmin([`create database ${database}`]);
			url.pathname = `/${database}`;
			return url.href;
		},
		dropAll: async () => {
			// FORCE ends the connections of a server that was killed.
			const names = [...created.values()];
			await asAdmin(names.map((name) => `drop database if exists ${name} with (force)`));
		},
	};
}

/** What a commit waits for there; anything but "on" makes sends cheaper than they are. */
export async function synchronousCommit(): Promise<string> {
	const [row] = await asAdmin(['show synchronous_commit']);
	return String(row?.['synchronous_commit']);
}

async function asAdmin(statements: readonly string[]): Promise<Record<string, unknown>[]> {
	const client = new pg.Client({ connectionString: POSTGRES_URL });
	await client.connect();
	try {
		const rows: Record<string, unknown>[] = [];
		for (const statement of statements) rows.push(...(await client.query(statement)).rows);
		return rows;
	} finally {
		await client.end();
	}
}
