import { readFile } from 'node:fs/promises';
import type { MikroORM } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { entities } from '../../src/store/entities.ts';
import { type Maintenance, maintain } from '../../src/store/maintenance.ts';
import { type DatabaseKind, NO_NOTICES, type TestDatabase } from '../support/databases.ts';

/** Opens a database as a command does. */
export function open<T>(
	{ config }: TestDatabase,
	work: (database: Maintenance) => Promise<T>,
	patienceMs = 30_000,
): Promise<T> {
	return maintain(config, { patienceMs, create: true, notices: NO_NOTICES }, work);
}

/** The statements that would make the tables those of the entities. */
export function drift({ schema }: MikroORM): Promise<string> {
	return schema.getUpdateSchemaSQL({ wrap: false, dropTables: false });
}

/** Loads what a service of the first version stored: a row or more in each table. */
export async function loadFirstVersion({ queries }: Maintenance, kind: DatabaseKind): Promise<void> {
	const text = await readFile(new URL(`fixtures/first-version.${kind}.sql`, import.meta.url), 'utf8');
	for (const statement of text.split(/;\n/).filter((each) => each.trim() !== ''))
		await sql.raw(statement).execute(queries);
}

export type Dump = Readonly<Record<string, readonly unknown[]>>;

/** All rows of the tables that there are, each in the order of their texts. */
export async function dump({ queries }: Maintenance): Promise<Dump> {
	const tables: Record<string, readonly unknown[]> = {};
	const existing = new Set((await queries.introspection.getTables()).map(({ name }) => name));
	for (const { tableName } of entities) {
		if (!existing.has(tableName)) continue;
		const { rows } = await sql`select * from ${sql.table(tableName)}`.execute(queries);
		const texts = rows.map((row) => JSON.stringify(row)).sort();
		tables[tableName] = texts.map((text) => JSON.parse(text) as unknown);
	}
	return tables;
}
