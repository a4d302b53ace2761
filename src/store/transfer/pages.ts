import type { Kysely } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Queries } from '../tables.ts';
import type { TransferTable } from './tables.ts';

/** Rows as the driver gives them. */
type DriverRow = Readonly<Record<string, unknown>>;

/** Tables that are known by name alone. */
export function untyped(db: Queries): Kysely<Record<string, DriverRow>> {
	return db as unknown as Kysely<Record<string, DriverRow>>;
}

/** All rows of a table in the order of its key, in pages; each but the last has `size` rows. */
export async function* pagesOf(
	db: Queries,
	dialect: Dialect,
	table: TransferTable,
	size: number,
): AsyncGenerator<readonly DriverRow[]> {
	let last: DriverRow | undefined;
	for (;;) {
		const page = await pageAfter(db, dialect, table, last, size);
		last = page.at(-1);
		if (last !== undefined) yield page;
		if (page.length < size) return;
	}
}

/**
 * For a key of two columns: first what is left of the row's own group, then what lies behind that group. Each is one
 * seek in the key's index; both in one condition are not.
 */
async function pageAfter(
	db: Queries,
	dialect: Dialect,
	{ name, columns, key }: TransferTable,
	last: DriverRow | undefined,
	size: number,
): Promise<readonly DriverRow[]> {
	let rows = untyped(db)
		.selectFrom(name)
		.select(columns.map((column) => column.name));
	for (const column of key) rows = rows.orderBy(column);
	if (last === undefined) return dialect.first(rows, size).execute();
	const page: DriverRow[] = [];
	for (let depth = key.length - 1; depth >= 0 && page.length < size; depth--) {
		let behind = rows;
		for (const column of key.slice(0, depth)) behind = behind.where(column, '=', last[column]);
		for (const column of key.slice(depth, depth + 1)) behind = behind.where(column, '>', last[column]);
		page.push(...(await dialect.first(behind, size - page.length).execute()));
	}
	return page;
}

/** How many rows a table has. */
export async function countRows(db: Queries, table: TransferTable): Promise<number> {
	const { rows } = await untyped(db)
		.selectFrom(table.name)
		.select((eb) => eb.fn.countAll().as('rows'))
		.executeTakeFirstOrThrow();
	return Number(rows);
}
