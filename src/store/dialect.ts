import { type CompiledQuery, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { Queries, Tables } from './tables.ts';

/** What differs between the databases in statements that are otherwise the same. */
export interface Dialect {
	readonly name: 'sqlite' | 'mssql' | 'postgresql';
	/** Parameters that one statement takes at most. */
	readonly maxParameters: number;
	/** Reads the rows and locks them until the transaction ends, in the order of their ids. */
	lockConversations(db: Queries, ids: readonly string[]): CompiledQuery<Selectable<Tables['conversations']>>;
	/** The first `count` rows of an ordered query. */
	first<DB, Table extends keyof DB, Row>(
		query: SelectQueryBuilder<DB, Table, Row>,
		count: number,
	): SelectQueryBuilder<DB, Table, Row>;
	/** `count` as a parameter of the statement that `first` makes; undefined where it stands in the text. */
	firstParameter(count: number): number | undefined;
	/** Text to be found as it is by LIKE … ESCAPE '\'. */
	escapeLike(text: string): string;
}

export const sqliteDialect: Dialect = {
	name: 'sqlite',
	maxParameters: 32_000,
	// The transaction began with BEGIN IMMEDIATE: there is no other writer.
	lockConversations: (db, ids) =>
		db.selectFrom('conversations').selectAll().where('id', 'in', ids).orderBy('id').compile(),
	first: (query, count) => query.limit(count),
	firstParameter: (count) => count,
	escapeLike: (text) => text.replace(/[\\%_]/g, '\\$&'),
};

export const postgresqlDialect: Dialect = {
	name: 'postgresql',
	maxParameters: 60_000,
	lockConversations: (db, ids) =>
		db.selectFrom('conversations').selectAll().where('id', 'in', ids).orderBy('id').forUpdate().compile(),
	first: (query, count) => query.limit(count),
	firstParameter: (count) => count,
	escapeLike: (text) => text.replace(/[\\%_]/g, '\\$&'),
};

/** Locked rows are waited for some `lockTimeoutMs`; 0 is without limit. */
export const mssqlDialect = (lockTimeoutMs: number): Dialect => ({
	name: 'mssql',
	maxParameters: 2_000,
	lockConversations: (db, ids) =>
		// Set beside the statement, it holds for it alone, and costs no way there and back.
		sql<Selectable<Tables['conversations']>>`set lock_timeout ${sql.lit(lockTimeoutMs || -1)};
			select * from "conversations" with (updlock, rowlock)
			where "id" in (${sql.join(ids)}) order by "id"`.compile(db),
	first: (query, count) => query.top(count),
	firstParameter: () => undefined,
	escapeLike: (text) => text.replace(/[\\%_[]/g, '\\$&'),
});
