import { type CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { Queries, Tables } from './tables.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Rows of values, at least one and all of the same columns, as a derived table. Its first SELECT has no rows: it names
 * the columns, and tells the database the parameters' types by the table's columns of the same names.
 */
export function valuesLike(table: keyof Tables, rows: readonly Values[]): RawBuilder<unknown> {
	const columns = Object.keys(rows[0] ?? {});
	const values = rows.map((row) => sql`union all select ${sql.join(columns.map((column) => row[column]))}`);
	return sql`(
		select ${sql.join(columns.map((column) => sql.ref(column)))} from ${sql.table(table)} where 1 = 0
		${sql.join(values, sql` `)}
	)`;
}

/** One UPDATE for many rows, which have the same columns; `keys` are those that they are found by. */
export function changeRows<Row extends Record<string, unknown>>(
	db: Queries,
	table: keyof Tables,
	keys: readonly (keyof Row & string)[],
	rows: readonly Row[],
): CompiledQuery {
	const changed = (column: string) => sql.ref(`changed.${column}`);
	const set = Object.keys(rows[0] ?? {})
		.filter((column) => !keys.includes(column))
		.map((column) => sql`${sql.ref(column)} = ${changed(column)}`);
	const found = keys.map((key) => sql`${sql.ref(`${table}.${key}`)} = ${changed(key)}`);
	return sql`update ${sql.table(table)} set ${sql.join(set)} from ${valuesLike(table, rows)} as ${sql.table('changed')}
		where ${sql.join(found, sql` and `)}`.compile(db);
}
