import { InvalidInputError } from '../src/conversations/errors.ts';
import { LIMITS } from '../src/conversations/limits.ts';
import type { Page, PageRequest } from '../src/conversations/pages.ts';
import { decodeBase64, encodeBase64 } from './ids.ts';

/** The arguments of a Relay connection. */
export interface PageArguments {
	readonly first?: number | null | undefined;
	readonly last?: number | null | undefined;
	readonly after?: string | null | undefined;
	readonly before?: string | null | undefined;
}

/** A row and the cursor that names its place. */
export interface Edge<Row> {
	readonly cursor: string;
	readonly node: Row;
}

/** A page as Relay knows it (Cursor Connections Specification); the cursors are null where it has no edges. */
export interface Connection<Row> {
	readonly edges: Edge<Row>[];
	readonly pageInfo: {
		readonly hasNextPage: boolean;
		readonly hasPreviousPage: boolean;
		readonly startCursor: string | null;
		readonly endCursor: string | null;
	};
}

/** How the rows of one connection are named by cursors: opaque to clients, of no use in another connection. */
export interface CursorKind<Row, Cursor> {
	readonly name: string;
	/** Without the name, which is put in front. */
	readonly print: (row: Row) => string;
	/** Undefined unless `print` could have written it. */
	readonly parse: (text: string) => Cursor | undefined;
}

/**
 * The arguments as the domain knows them, `defaultPageSize` rows where no number is given.
 * `last`, or `before` without `first` and `after`, counts from the end.
 * @throws InvalidInputError naming the argument.
 */
export function pageRequest<Row, Cursor>(
	kind: CursorKind<Row, Cursor>,
	args: PageArguments,
): PageRequest<Cursor> {
	const { first, last } = args;
	if (first != null && last != null)
		throw new InvalidInputError('last', 'first and last must not be given together.');
	const after = args.after == null ? undefined : parseCursor(kind, 'after', args.after);
	const before = args.before == null ? undefined : parseCursor(kind, 'before', args.before);
	const limit = first ?? last ?? LIMITS.defaultPageSize;
	if (limit < 0 || limit > LIMITS.pageSize) {
		const field = first == null ? 'last' : 'first';
		throw new InvalidInputError(field, `${field} must be between 0 and ${LIMITS.pageSize}.`);
	}
	return {
		...(after === undefined ? {} : { after }),
		...(before === undefined ? {} : { before }),
		limit,
		fromEnd: last != null || (first == null && before !== undefined && after === undefined),
	};
}

/**
 * A page as the connection that `request` asked for. `hasMore` is of the direction read; on the other side there is
 * a page where the request began at a cursor, which names a row that was there.
 */
export function connection<Row, Cursor>(
	kind: CursorKind<Row, Cursor>,
	request: PageRequest<Cursor>,
	page: Page<Row>,
): Connection<Row> {
	const edges: Edge<Row>[] = [];
	for (const node of page.rows) edges.push({ cursor: printCursor(kind, node), node });
	return {
		edges,
		pageInfo: {
			hasNextPage: (page.hasMore && !request.fromEnd) || request.before !== undefined,
			hasPreviousPage: (page.hasMore && request.fromEnd) || request.after !== undefined,
			startCursor: edges[0]?.cursor ?? null,
			endCursor: edges.at(-1)?.cursor ?? null,
		},
	};
}

function printCursor<Row, Cursor>(kind: CursorKind<Row, Cursor>, row: Row): string {
	return encodeBase64(`${kind.name}:${kind.print(row)}`);
}

function parseCursor<Row, Cursor>(kind: CursorKind<Row, Cursor>, field: string, cursor: string): Cursor {
	const text = decodeBase64(cursor);
	const parsed = text?.startsWith(`${kind.name}:`) ? kind.parse(text.slice(kind.name.length + 1)) : undefined;
	if (parsed === undefined)
		throw new InvalidInputError(field, `${field} must be a cursor of this connection.`);
	return parsed;
}

/** A cursor's text for two strings: what the list is ordered by, and the id that decides between equals. */
export function printPair(first: string, second: string): string {
	return JSON.stringify([first, second]);
}

/** What `printPair` wrote; undefined for any other text. */
export function parsePair(text: string): readonly [string, string] | undefined {
	try {
		const value: unknown = JSON.parse(text);
		if (!Array.isArray(value) || value.length !== 2) return undefined;
		const [first, second]: unknown[] = value;
		return typeof first === 'string' && typeof second === 'string' ? [first, second] : undefined;
	} catch {
		return undefined;
	}
}
