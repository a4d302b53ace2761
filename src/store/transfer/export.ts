import type { Transaction } from 'kysely';
import type { Maintenance } from '../maintenance.ts';
import { requireCurrentSchema } from '../migrate.ts';
import type { Tables } from '../tables.ts';
import { createChecksum, type RowCounts, TransferError, writeEnd, writeHeader } from './format.ts';
import { countRows, pagesOf } from './pages.ts';
import { requireWhole } from './progress.ts';
import { type TransferTable, transferTables, writeRow } from './tables.ts';

/** Rows that are in memory at once. */
const PAGE = 500;

/** What a transfer tells of itself, often. */
export interface Observer {
	/** So many rows of this table are done, and of all tables so many of `total`. */
	progress(table: string, rows: number, done: number, total: number): void;
}

export interface ExportOptions {
	/** Takes the text of the export, piece by piece. */
	readonly write: (text: AsyncIterable<string>) => Promise<void>;
	/** The service's version. */
	readonly version: string;
	readonly observer: Observer;
}

/**
 * Writes one consistent state of the database, beside the services that use it; answers with the rows of each table.
 * @throws DatabaseError, TransferError
 */
export async function exportDatabase(
	{ orm, queries, dialect }: Maintenance,
	{ write, version, observer }: ExportOptions,
): Promise<RowCounts> {
	await requireCurrentSchema(orm);
	const tables = transferTables(orm);
	return snapshot({ queries, dialect }, async (db) => {
		await requireWhole(db);
		const rows: Record<string, number> = {};
		for (const table of tables) rows[table.name] = await countRows(db, table);
		const settings = await db.selectFrom('settings').selectAll().execute();
		const setting = (wanted: string) => settings.find(({ name }) => name === wanted)?.value ?? '';
		const identity = { database: setting('database'), epoch: setting('epoch') };
		const header = writeHeader(tables, { service: version, ...identity, rows });
		const pages = (table: TransferTable) => pagesOf(db, dialect, table, PAGE);
		await write(exportText(header, tables, rows, pages, observer));
		return rows;
	});
}

/** SQL Server's answer where a database does not keep the versions of rows that a snapshot needs. */
const NO_SNAPSHOTS = 3952;

/** Runs `read` in one transaction that sees the database as it is at its first statement, whoever writes meanwhile. */
async function snapshot<T>(
	{ queries, dialect }: Pick<Maintenance, 'queries' | 'dialect'>,
	read: (db: Transaction<Tables>) => Promise<T>,
): Promise<T> {
	const transaction = queries.transaction();
	switch (dialect.name) {
		case 'sqlite':
			// With a write-ahead log a reader keeps the state that it began with.
			return transaction.execute(read);
		case 'postgresql':
			return transaction.setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);
		case 'mssql':
			try {
				return await transaction.setIsolationLevel('snapshot').execute(read);
			} catch (error) {
				if (!(error instanceof Error && 'number' in error && error.number === NO_SNAPSHOTS)) throw error;
				throw new TransferError(
					'This database has no snapshots, so that what is written during the export would be in one table and not ' +
						'in the other. Run ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON, and export again.',
				);
			}
	}
}

async function* exportText(
	header: string,
	tables: readonly TransferTable[],
	rows: RowCounts,
	pages: (table: TransferTable) => ReturnType<typeof pagesOf>,
	observer: Observer,
): AsyncGenerator<string> {
	yield header;
	const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
	const checksum = createChecksum();
	let before = 0;
	for (const table of tables) {
		let done = 0;
		for await (const page of pages(table)) {
			const text = page.map((row) => writeRow(table, row)).join('');
			checksum.update(text);
			yield text;
			done += page.length;
			observer.progress(table.name, done, before + done, total);
		}
		before += done;
	}
	yield writeEnd({ rows, sha256: checksum.digest('hex') });
}
