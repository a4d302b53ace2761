import { hash } from 'node:crypto';
import { type Maintenance, maintain } from '../../src/store/maintenance.ts';
import { exportDatabase, type Observer } from '../../src/store/transfer/export.ts';
import type { RowCounts } from '../../src/store/transfer/format.ts';
import { importDatabase } from '../../src/store/transfer/import.ts';
import { NO_NOTICES, type TestDatabase } from './databases.ts';

const UNOBSERVED: Observer = { progress: () => undefined };

function onDatabase<T>({ config }: TestDatabase, work: (database: Maintenance) => Promise<T>): Promise<T> {
	return maintain(config, { patienceMs: 5_000, create: true, notices: NO_NOTICES }, work);
}

/** All that an export of the database says; `meanwhile` runs while it is written. */
export function exportText(
	database: TestDatabase,
	meanwhile: () => Promise<void> = async () => undefined,
): Promise<string> {
	return onDatabase(database, async (open) => {
		const pieces: string[] = [];
		const write = async (text: AsyncIterable<string>) => {
			for await (const piece of text) {
				if (pieces.push(piece) === 1) await meanwhile();
			}
		};
		await exportDatabase(open, { write, version: 'test', observer: UNOBSERVED });
		return pieces.join('');
	});
}

export interface ImportSettings {
	readonly asCopy?: boolean;
	/** As standard input, which is read once. */
	readonly streamed?: boolean;
	/** Resumed behind so many rows. */
	readonly onResume?: (rows: number) => void;
}

export function importText(
	database: TestDatabase,
	text: string,
	{ asCopy = false, streamed = false, onResume = () => undefined }: ImportSettings = {},
): Promise<RowCounts> {
	return onDatabase(database, (open) =>
		importDatabase(open, {
			open: () => inPieces(Buffer.from(text)),
			canReopen: !streamed,
			asCopy,
			observers: { check: UNOBSERVED, write: UNOBSERVED },
			onResume,
		}),
	);
}

/** In pieces that end anywhere, in the middle of a character as well. */
async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
	for (let from = 0; from < bytes.length; from += 65_537) yield bytes.subarray(from, from + 65_537);
}

/** An export's lines; the header's without its time. */
export function linesOf(text: string): readonly string[] {
	const [header = '', ...lines] = text.split('\n');
	return [header.replace(/"exportedAt":"[^"]+",/, ''), ...lines];
}

/** An export's rows. How a database orders ids, and with that its rows, is its own affair. */
export function rowsOf(text: string): readonly string[] {
	return text.trimEnd().split('\n').slice(1, -1).toSorted();
}

/** The export with another text in place of its rows, as if it had been written so. */
export function withRows(text: string, alter: (rows: readonly string[]) => readonly string[]): string {
	const [header = '', ...lines] = text.trimEnd().split('\n');
	const rows = alter(lines.slice(0, -1));
	const said = JSON.parse(header) as { readonly rows: Readonly<Record<string, number>> };
	const counts = Object.fromEntries(
		Object.keys(said.rows).map((table) => [
			table,
			rows.filter((row) => row.startsWith(`{"table":"${table}"`)).length,
		]),
	);
	const body = rows.map((row) => `${row}\n`).join('');
	const end = { end: { rows: counts, sha256: hash('sha256', body) } };
	return `${JSON.stringify({ ...said, rows: counts })}\n${body}${JSON.stringify(end)}\n`;
}
