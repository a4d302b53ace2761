/** Which rows of an ordered list: at most `limit` after and before the cursors, counted from the start or the end. */
export interface PageRequest<Cursor> {
	readonly after?: Cursor;
	readonly before?: Cursor;
	readonly limit: number;
	readonly fromEnd: boolean;
}

/** Rows in the list's order, whichever end they were counted from; `hasMore` beyond them in the direction read. */
export interface Page<Row> {
	readonly rows: readonly Row[];
	readonly hasMore: boolean;
}

/** Newest activity first; the id decides between equals. */
export interface ActivityCursor {
	readonly lastActivityAt: Date;
	readonly id: string;
}

/** Longest present first. */
export interface MemberCursor {
	readonly joinedAt: Date;
	readonly userId: string;
}

export interface UserCursor {
	readonly name: string;
	readonly id: string;
}
