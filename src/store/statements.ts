import { isDeepStrictEqual } from 'node:util';
import type { Compilable, CompiledQuery } from 'kysely';
import { LRUCache } from 'lru-cache';

/** Runs one reading statement outside a transaction; its rows have the columns that it selects. */
export type RunStatement = (statement: CompiledQuery) => unknown[] | Promise<unknown[]>;

const MAX_STATEMENTS = 500;

/**
 * The reads of the hot paths, built once for each shape and asked again with other parameters: building a statement
 * costs as much as running it.
 */
export class Statements {
	readonly #compiled = new LRUCache<string, CompiledQuery>({ max: MAX_STATEMENTS });
	readonly #run: RunStatement;

	constructor(run: RunStatement) {
		this.#run = run;
	}

	/**
	 * `key` names the shape: whatever changes the statement's text. `parameters` are those of `build`, in the order in
	 * which they stand in the text.
	 */
	async rows<Row>(key: string, parameters: readonly unknown[], build: () => Compilable<Row>): Promise<Row[]> {
		let compiled = this.#compiled.get(key);
		if (compiled === undefined) {
			compiled = build().compile();
			if (!isDeepStrictEqual(compiled.parameters, parameters))
				throw new Error(`The statement ${key} takes other parameters than it is given.`);
			this.#compiled.set(key, compiled);
		}
		return (await this.#run({ ...compiled, parameters })) as Row[];
	}
}
