import type { CompiledQuery } from 'kysely';
import type { Dialect } from './dialect.ts';
import type { Queries } from './tables.ts';

/** In one statement. SQL Server takes 1,000 rows of VALUES. */
const MAX_ITEMS = 1_000;
/** SQLite takes 500 SELECTs in a union. */
export const MAX_IN_UNION = 499;

/** Statements over any number of items, within what one statement of the database takes. */
export class Chunks {
	readonly #db: Queries;
	readonly #dialect: Dialect;

	constructor(db: Queries, dialect: Dialect) {
		this.#db = db;
		this.#dialect = dialect;
	}

	/** One statement for all items, or for each chunk of them that one takes; none without items. */
	async run<Item, Row>(
		items: readonly Item[],
		parametersEach: number,
		build: (some: readonly Item[]) => CompiledQuery<Row>,
		maxItems = MAX_ITEMS,
	): Promise<readonly Row[]> {
		const size = Math.min(maxItems, Math.floor(this.#dialect.maxParameters / parametersEach));
		const rows: Row[] = [];
		for (let from = 0; from < items.length; from += size) {
			const answer = await this.#db.executeQuery(build(items.slice(from, from + size)));
			rows.push(...answer.rows);
		}
		return rows;
	}
}
