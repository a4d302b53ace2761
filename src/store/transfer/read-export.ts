import { messageOf } from '../errors.ts';
import {
	createChecksum,
	type End,
	type Header,
	readEnd,
	readHeader,
	readLine,
	TransferError,
} from './format.ts';
import { linesOf } from './lines.ts';
import { type Row, readRow, type TransferTable } from './tables.ts';

const BATCH = { rows: 5_000, bytes: 8 * 1024 * 1024 };

/** Rows of one table that follow each other in an export. */
export interface Batch {
	readonly header: Header;
	readonly table: TransferTable;
	readonly rows: readonly Row[];
	/** The lines on which they stand, both included; the header is line 1. */
	readonly firstLine: number;
	readonly lastLine: number;
	/** Of all rows up to the last line. */
	readonly sha256: string;
}

/**
 * Reads an export from its header to its end. A batch ends at the line `breakAt`, if there is such a row.
 * @throws TransferError naming the line, when it is not an export, not whole, or not as it was written. Batches before
 * that line have been handed out by then.
 */
export async function* readExport(
	source: AsyncIterable<Buffer>,
	tables: readonly TransferTable[],
	breakAt?: number,
): AsyncGenerator<Batch> {
	const reader = new Reader(tables);
	for await (const lines of linesOf(source))
		for (const line of lines) {
			const batch = reader.read(line);
			if (batch !== undefined) yield batch;
			if (reader.isFull || reader.line === breakAt) {
				const full = reader.take();
				if (full !== undefined) yield full;
			}
		}
	reader.finish();
}

class Reader {
	readonly #tables: readonly TransferTable[];
	readonly #checksum = createChecksum();
	readonly #counts: Record<string, number> = {};
	#header: Header | undefined;
	#end: End | undefined;
	/** Lines read so far. */
	line = 0;
	#table: TransferTable | undefined;
	#rows: Row[] = [];
	#bytes = 0;

	constructor(tables: readonly TransferTable[]) {
		this.#tables = tables;
		for (const { name } of tables) this.#counts[name] = 0;
	}

	get isFull(): boolean {
		return this.#rows.length >= BATCH.rows || this.#bytes >= BATCH.bytes;
	}

	/** Takes one line; answers with the batch that it ends, if it begins another table or is the end. */
	read(bytes: Buffer): Batch | undefined {
		this.line++;
		try {
			return this.#read(bytes);
		} catch (error) {
			if (bytes.at(-1) !== NEWLINE) throw this.#truncated('in the middle of');
			throw new TransferError(`Line ${this.line}: ${messageOf(error)}`);
		}
	}

	#read(bytes: Buffer): Batch | undefined {
		if (this.#end !== undefined) throw new TransferError('It comes after the end.');
		const line = readLine(bytes.toString());
		if (this.#header === undefined) {
			this.#header = readHeader(this.#tables, line);
			return undefined;
		}
		this.#end = readEnd(line);
		if (this.#end !== undefined) return this.take(this.line - 1);
		const table = this.#tables.find(({ name }) => name === line['table']);
		if (table === undefined) throw new TransferError(`There is no table ${JSON.stringify(line['table'])}.`);
		const row = readRow(table, line);
		const ended = table === this.#table ? undefined : this.#begin(table);
		this.#checksum.update(bytes);
		this.#rows.push(row);
		this.#bytes += bytes.length;
		this.#counts[table.name] = (this.#counts[table.name] ?? 0) + 1;
		return ended;
	}

	#begin(table: TransferTable): Batch | undefined {
		const { name } = table;
		if (this.#table !== undefined && this.#tables.indexOf(table) < this.#tables.indexOf(this.#table))
			throw new TransferError(`A row of ${name} comes after those of ${this.#table.name}.`);
		const ended = this.take(this.line - 1);
		this.#table = table;
		return ended;
	}

	/** What has been read and not been taken yet; `lastLine` is the line of its last row. */
	take(lastLine = this.line): Batch | undefined {
		const [rows, table, header] = [this.#rows, this.#table, this.#header];
		if (table === undefined || header === undefined || rows.length === 0) return undefined;
		this.#rows = [];
		this.#bytes = 0;
		const sha256 = this.#checksum.copy().digest('hex');
		return { header, table, rows, firstLine: lastLine - rows.length + 1, lastLine, sha256 };
	}

	/** @throws TransferError unless everything was read that was written. */
	finish(): void {
		if (this.#end === undefined) throw this.#truncated('after');
		const { rows, sha256 } = this.#end;
		for (const { name } of this.#tables) {
			const [read, announced, written] = [this.#counts[name], this.#header?.rows[name], rows[name]];
			if (read !== written || read !== announced)
				throw new TransferError(
					`The export has ${read} rows of ${name} and says that it has ${written}: it was altered.`,
				);
		}
		if (this.#checksum.digest('hex') !== sha256)
			throw new TransferError('The checksum is not that of the rows: the export was altered.');
	}

	#truncated(where: string): TransferError {
		return new TransferError(
			`The export ends ${where} line ${this.line}, and its own end is missing: it is truncated. Take a whole one.`,
		);
	}
}

const NEWLINE = 0x0a;
