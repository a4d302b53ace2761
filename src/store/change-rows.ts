import { type CompiledQuery, sql } from 'kysely';
import type { Dialect, Values } from './dialect.ts';
import type { Queries, Tables } from './tables.ts';

/** One UPDATE for many rows, which have the same columns; `keys` are those that they are found by. */
export function changeRows<Row extends Values>(
	db: Queries,
	dialect: Dialect,
	table: keyof Tables,
	keys: readonly (keyof Row & string)[],
	rows: readonly Row[],
): CompiledQuery {
	const changed = (column: string) => sql.ref(`changed.${column}`);
	const set = Object.keys(rows[0] ?? {})
		.filter((column) => !keys.includes(column))
		.map((column) => sql`${sql.ref(column)} = ${changed(column)}`);
	const found = keys.map((key) => sql`${sql.ref(`${table}.${key}`)} = ${changed(key)}`);
	return sql`update ${sql.table(table)} set ${sql.join(set)}
		from ${dialect.valuesLike(table, rows)} as ${sql.table('changed')}
		where ${sql.join(found, sql` and `)}`.compile(db);
}
