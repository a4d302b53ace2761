import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from 'kysely';
import { StoreConflict, StoreLocked, StoreUnavailable } from '../conversations/store.ts';
import { messageOf } from './errors.ts';

/*
 * Error numbers, https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
 */

/** Deadlock victim, snapshot conflict, and a duplicate in a constraint or an index. */
const CONFLICTS: ReadonlySet<number | undefined> = new Set([1205, 3960, 2627, 2601]);
const LOCK_TIMEOUT = 1222;
/** Full log or disk, read-only, moved away, not started, killed, throttled. */
const UNAVAILABLE: ReadonlySet<number | undefined> = new Set([
	9002, 1101, 1105, 3906, 3908, 976, 983, 922, 6005, 596, 701, 802, 8645, 10928, 10929, 40197, 40501, 40613,
]);
/** Login failed, and no such database: waiting does not mend them. */
export const REFUSALS: ReadonlySet<number | undefined> = new Set([18456, 4060]);
/** From this severity on the server ends the connection. */
const FATAL_CLASS = 20;

/** The server's number of an error; undefined for what the driver or the network says. */
export function numberOf(error: unknown): number | undefined {
	const number = error instanceof Error && 'number' in error ? Number(error.number) : Number.NaN;
	return number > 0 ? number : undefined;
}

/** An error of `tedious` as the domain's; others stay what they are. */
export function classify(thrown: unknown): unknown {
	// Of several errors the first is the cause.
	const error = Array.isArray(thrown) ? (thrown as unknown[])[0] : thrown;
	if (error instanceof TypeError || error instanceof RangeError) return error;
	const number = numberOf(error);
	const options = { cause: error };
	if (number === LOCK_TIMEOUT) return new StoreLocked(messageOf(error), options);
	if (CONFLICTS.has(number)) return new StoreConflict(messageOf(error), options);
	const severity = error instanceof Error && 'class' in error ? Number(error.class) : 0;
	const isAway =
		number === undefined || UNAVAILABLE.has(number) || REFUSALS.has(number) || severity >= FATAL_CLASS;
	return isAway ? new StoreUnavailable(messageOf(error), options) : error;
}

async function classified<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		throw classify(error);
	}
}

/** A driver whose faults are the domain's. */
export class StoreErrorsDriver implements Driver {
	readonly #driver: Driver;

	constructor(driver: Driver) {
		this.#driver = driver;
	}

	init(): Promise<void> {
		return this.#driver.init();
	}

	async acquireConnection(): Promise<DatabaseConnection> {
		return new StoreErrorsConnection(await classified(this.#driver.acquireConnection()));
	}

	beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
		return classified(this.#driver.beginTransaction(native(connection), settings));
	}

	commitTransaction(connection: DatabaseConnection): Promise<void> {
		return classified(this.#driver.commitTransaction(native(connection)));
	}

	rollbackTransaction(connection: DatabaseConnection): Promise<void> {
		return classified(this.#driver.rollbackTransaction(native(connection)));
	}

	releaseConnection(connection: DatabaseConnection): Promise<void> {
		return this.#driver.releaseConnection(native(connection));
	}

	destroy(): Promise<void> {
		return this.#driver.destroy();
	}
}

class StoreErrorsConnection implements DatabaseConnection {
	readonly native: DatabaseConnection;

	constructor(connection: DatabaseConnection) {
		this.native = connection;
	}

	executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
		return classified(this.native.executeQuery<R>(query));
	}

	streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
		return this.native.streamQuery<R>(query, chunkSize);
	}
}

function native(connection: DatabaseConnection): DatabaseConnection {
	return connection instanceof StoreErrorsConnection ? connection.native : connection;
}
