import { sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Queries } from '../tables.ts';
import { type RowCounts, TransferError } from './format.ts';
import { countRows, untyped } from './pages.ts';
import type { TransferTable } from './tables.ts';

/** Of what a new database has. */
const SETTINGS = 'settings';

/** @throws TransferError when a table other than the settings has a row. */
export async function requireEmpty(
	db: Queries,
	dialect: Dialect,
	tables: readonly TransferTable[],
): Promise<void> {
	for (const { name, key } of tables.filter((table) => table.name !== SETTINGS)) {
		const rows = untyped(db)
			.selectFrom(name)
			.select(key)
			.orderBy(key[0] ?? '');
		if ((await dialect.first(rows, 1).execute()).length > 0)
			throw new TransferError(
				`The database holds data already (${name}). An import goes into an empty database: set DATABASE_URL to another one.`,
			);
	}
}

/** @throws TransferError unless the tables have so many rows, and every log runs from 1 to its conversation's head. */
export async function requireIntact(
	db: Queries,
	tables: readonly TransferTable[],
	expected: RowCounts,
): Promise<void> {
	for (const table of tables.filter(({ name }) => name !== SETTINGS)) {
		const [rows, wanted] = [await countRows(db, table), expected[table.name] ?? 0];
		if (rows !== wanted)
			throw new TransferError(
				`The database has ${rows} rows of ${table.name} and the export ${wanted}: somebody else writes to it. ` +
					'Stop that, and begin again with an empty database.',
			);
	}
	const broken = await findBrokenLog(db);
	if (broken !== undefined)
		throw new TransferError(
			`The log of the conversation ${broken} does not run from 1 to its last sequence without a hole. ` +
				'The database that the export came from is damaged.',
		);
}

/** The id of a conversation that has no whole log, or of a log that has no conversation. */
async function findBrokenLog(db: Queries): Promise<string | undefined> {
	const { rows } = await sql<{ readonly id: string }>`
		select coalesce(c.id, e.conversation_id) as id from conversations c
		full join (select conversation_id, count(*) as entries, min(sequence) as tail, max(sequence) as head
			from events group by conversation_id) e on e.conversation_id = c.id
		where c.id is null or c.last_sequence <> coalesce(e.entries, 0)
			or c.last_sequence <> coalesce(e.head, 0) or coalesce(e.tail, 1) <> 1`.execute(db);
	return rows[0]?.id;
}
