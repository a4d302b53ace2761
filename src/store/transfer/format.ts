import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { TransferTable } from './tables.ts';

/*
 * An export is JSON Lines: a header, a line for each row, table by table, and an end, without which it is not whole.
 */

const FORMAT = 'pendo-message export';
const FORMAT_VERSION = 1;

/** An export or an import cannot go on; the message is for the person who runs it. */
export class TransferError extends Error {}

/** How many rows each table has. */
export type RowCounts = Readonly<Record<string, number>>;

const counts = z.record(z.string(), z.int().min(0));

const headerModel = z.strictObject({
	format: z.literal(FORMAT),
	version: z.int(),
	/** The version of the service that wrote it. */
	service: z.string(),
	exportedAt: z.iso.datetime(),
	database: z.string(),
	epoch: z.string(),
	/** Each table's columns, in the order in which the tables follow. */
	tables: z.record(z.string(), z.array(z.string())),
	rows: counts,
});

export type Header = z.output<typeof headerModel>;

const endModel = z.strictObject({
	end: z.strictObject({
		rows: counts,
		/** Over the bytes of all rows, which stand between the header and the end. */
		sha256: z.string(),
	}),
});

export type End = z.output<typeof endModel>['end'];

export function writeHeader(
	tables: readonly TransferTable[],
	more: Pick<Header, 'service' | 'database' | 'epoch' | 'rows'>,
): string {
	const header: Header = {
		format: FORMAT,
		version: FORMAT_VERSION,
		service: more.service,
		exportedAt: new Date().toISOString(),
		database: more.database,
		epoch: more.epoch,
		tables: columnsOf(tables),
		rows: more.rows,
	};
	return `${JSON.stringify(header)}\n`;
}

export function writeEnd(end: End): string {
	return `${JSON.stringify({ end })}\n`;
}

/** @throws TransferError unless it begins an export of exactly these tables. */
export function readHeader(tables: readonly TransferTable[], line: unknown): Header {
	const { format, version } = z.looseObject({}).safeParse(line).data ?? {};
	if (format !== FORMAT) throw new TransferError('This is not an export of the Pendo Message Service.');
	if (version !== FORMAT_VERSION)
		throw new TransferError(
			`The export has version ${JSON.stringify(version)} of the format; this service reads ${FORMAT_VERSION}.`,
		);
	const { data: header, error } = headerModel.safeParse(line);
	if (header === undefined) throw new TransferError(`The header is not valid. ${z.prettifyError(error)}`);
	const difference = findDifference(columnsOf(tables), header.tables);
	if (difference !== undefined)
		throw new TransferError(
			`The export was written by version ${header.service} of the service, whose tables are others (${difference}). ` +
				'Bring the database that it came from up to date, and export it with the version that imports it.',
		);
	return header;
}

/** Undefined when it is another kind of line. @throws TransferError for an end that is not valid. */
export function readEnd(line: Readonly<Record<string, unknown>>): End | undefined {
	if (line['end'] === undefined) return undefined;
	const { data, error } = endModel.safeParse(line);
	if (data === undefined) throw new TransferError(`The end is not valid. ${z.prettifyError(error)}`);
	return data.end;
}

/** @throws TransferError unless it is a JSON object. */
export function readLine(text: string): Readonly<Record<string, unknown>> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw new TransferError(`It is not JSON: ${messageOf(error)}`);
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		throw new TransferError('It is not a JSON object.');
	return value as Readonly<Record<string, unknown>>;
}

/** The checksum of an export's rows, fed in their order. */
export function createChecksum(): Hash {
	return createHash('sha256');
}

function columnsOf(tables: readonly TransferTable[]): Header['tables'] {
	return Object.fromEntries(tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]));
}

function findDifference(own: Header['tables'], theirs: Header['tables']): string | undefined {
	const [known, given] = [names(own), names(theirs)];
	const missing = [...known].filter((name) => !given.has(name));
	const unknown = [...given].filter((name) => !known.has(name));
	if (missing.length > 0) return `it lacks ${missing.join(', ')}`;
	return unknown.length > 0 ? `it has ${unknown.join(', ')} besides` : undefined;
}

function names(tables: Header['tables']): ReadonlySet<string> {
	return new Set(
		Object.entries(tables).flatMap(([table, columns]) => columns.map((column) => `${table}.${column}`)),
	);
}
