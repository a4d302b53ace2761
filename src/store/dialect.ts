import { type CompiledQuery, type RawBuilder, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { Queries, Tables } from './tables.ts';

/** What differs between the databases in statements that are otherwise the same. */
export interface Dialect {
	readonly name: 'sqlite' | 'mssql' | 'postgresql';
	/** Parameters that one statement takes at most. */
	readonly maxParameters: number;
	/** Reads the rows with these primary keys and locks them until the transaction ends, in the order of the keys. */
	lockRows<Table extends keyof typeof PRIMARY_KEYS>(
		db: Queries,
		table: Table,
		keys: readonly string[],
	): CompiledQuery<Selectable<Tables[Table]>>;
	/** The rows that have one of these keys, each sought by itself; perhaps once more where a key is repeated. */
	byKeys<Table extends keyof typeof KEY_COLUMNS>(
		db: Queries,
		table: Table,
		keys: readonly ConversationKey[],
	): CompiledQuery<Selectable<Tables[Table]>>;
	/** The parameters of what `byKeys` makes. */
	keyParameters(keys: readonly ConversationKey[]): readonly unknown[];
	/**
	 * Rows of values as a derived table, whose columns have the types of the table's columns of these names. At least one
	 * row, and all of the same columns.
	 */
	valuesLike(table: keyof Tables, rows: readonly Values[]): RawBuilder<unknown>;
	/** The first `count` rows of an ordered query. */
	first<DB, Table extends keyof DB, Row>(
		query: SelectQueryBuilder<DB, Table, Row>,
		count: number,
	): SelectQueryBuilder<DB, Table, Row>;
	/** `count` as a parameter of the statement that `first` makes; undefined where it stands in the text. */
	firstParameter(count: number): number | undefined;
	/** Text to be found as it is by LIKE … ESCAPE '\'. */
	escapeLike(text: string): string;
	/** A column's text without its case, with the same idea of a capital that `lower` has of a parameter. */
	lower(column: 'subject' | 'name'): RawBuilder<string>;
}

/** Values by column. */
export type Values = Readonly<Record<string, unknown>>;

/** A conversation's id, and what is unique within the conversation. */
export type ConversationKey = readonly [conversationId: string, key: string];

const PRIMARY_KEYS = {
	conversations: 'id',
	provider_limits: 'provider',
	webhooks: 'id',
	webhook_deliveries: 'id',
} as const;

const KEY_COLUMNS = { messages: 'send_key', memberships: 'user_id' } as const;

export const sqliteDialect: Dialect = {
	name: 'sqlite',
	maxParameters: 32_000,
	// The transaction began with BEGIN IMMEDIATE: there is no other writer.
	lockRows: (db, table, keys) =>
		sql<Selectable<Tables[typeof table]>>`select * from ${sql.table(table)} ${withKeys(table, keys)}`.compile(
			db,
		),
	// CROSS JOIN keeps the order: the keys first.
	byKeys: (db, table, keys) =>
		sql<Selectable<Tables[typeof table]>>`select ${sql.table(table)}.*
			from (values ${sql.join(keys.map((key) => sql`(${sql.join(key)})`))}) cross join ${sql.table(table)}
			on conversation_id = column1 and ${sql.ref(KEY_COLUMNS[table])} = column2`.compile(db),
	keyParameters: (keys) => keys.flat(),
	valuesLike: unionOfValues,
	first: (query, count) => query.limit(count),
	firstParameter: (count) => count,
	escapeLike: (text) => text.replace(/[\\%_]/g, '\\$&'),
	lower: (column) => sql`lower(${sql.ref(column)})`,
};

export const postgresqlDialect: Dialect = {
	name: 'postgresql',
	maxParameters: 60_000,
	lockRows: (db, table, keys) =>
		sql<Selectable<Tables[typeof table]>>`select * from ${sql.table(table)} ${withKeys(table, keys)}
			for update`.compile(db),
	// An OR of hundreds of keys takes longer to plan than to run. LIMIT keeps the planner from reading the table whole.
	byKeys: (db, table, keys) => {
		const [conversationIds, others] = byColumn(keys);
		const type = sql.raw(table === 'memberships' ? 'uuid' : 'varchar');
		return sql<Selectable<Tables[typeof table]>>`select found.*
			from unnest(${conversationIds}::uuid[], ${others}::${type}[]) as keys (conversation_id, key)
			cross join lateral (select * from ${sql.table(table)} as rows
				where rows.conversation_id = keys.conversation_id and rows.${sql.ref(KEY_COLUMNS[table])} = keys.key
				limit 1) as found`.compile(db);
	},
	keyParameters: byColumn,
	// A union of hundreds of SELECTs takes longer to plan than to run. LIMIT tells the planner how many rows there are.
	valuesLike: (table, rows) => sql`(
		select ${sql.join(Object.keys(rows[0] ?? {}).map((column) => sql.ref(column)))}
		from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::json) limit ${sql.lit(rows.length)}
	)`,
	first: (query, count) => query.limit(count),
	firstParameter: (count) => count,
	escapeLike: (text) => text.replace(/[\\%_]/g, '\\$&'),
	// The parameter's collation: the column's own, "C", knows no capitals but ASCII's.
	lower: (column) => sql`lower(${sql.ref(column)} collate "default")`,
};

export const mssqlDialect: Dialect = {
	name: 'mssql',
	maxParameters: 2_000,
	lockRows: (db, table, keys) =>
		sql<Selectable<Tables[typeof table]>>`select * from ${sql.table(table)} with (updlock, rowlock)
			${withKeys(table, keys)}`.compile(db),
	byKeys: (db, table, keys) => {
		const isOne = ([conversationId, key]: ConversationKey) =>
			sql`(conversation_id = ${conversationId} and ${sql.ref(KEY_COLUMNS[table])} = ${key})`;
		return sql<Selectable<Tables[typeof table]>>`select * from ${sql.table(table)}
			where ${sql.join(keys.map(isOne), sql` or `)}`.compile(db);
	},
	keyParameters: (keys) => keys.flat(),
	valuesLike: unionOfValues,
	first: (query, count) => query.top(count),
	firstParameter: () => undefined,
	escapeLike: (text) => text.replace(/[\\%_[]/g, '\\$&'),
	lower: (column) => sql`lower(${sql.ref(column)})`,
};

function withKeys(table: keyof typeof PRIMARY_KEYS, keys: readonly string[]): RawBuilder<unknown> {
	const key = sql.ref(PRIMARY_KEYS[table]);
	return sql`where ${key} in (${sql.join(keys)}) order by ${key}`;
}

function byColumn(keys: readonly ConversationKey[]): readonly [readonly string[], readonly string[]] {
	return [keys.map(([conversationId]) => conversationId), keys.map(([, key]) => key)];
}

/** The first SELECT has no rows: it names the columns, and tells the database the parameters' types. */
function unionOfValues(table: keyof Tables, rows: readonly Values[]): RawBuilder<unknown> {
	const columns = Object.keys(rows[0] ?? {});
	const values = rows.map((row) => sql`union all select ${sql.join(columns.map((column) => row[column]))}`);
	return sql`(
		select ${sql.join(columns.map((column) => sql.ref(column)))} from ${sql.table(table)} where 1 = 0
		${sql.join(values, sql` `)}
	)`;
}
