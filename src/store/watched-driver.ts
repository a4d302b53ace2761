import {
	CompiledQuery,
	type DatabaseConnection,
	type Driver,
	type Dialect as KyselyDialect,
	type QueryResult,
	type TransactionSettings,
} from 'kysely';
import type { Availability } from './availability.ts';

/**
 * Puts a server's driver under watch. `breakSilent` breaks the connections on which no answer will come, so that what
 * waits there fails, and answers whether the server is silent altogether. It never rejects.
 */
export type Watch = (dialect: KyselyDialect, breakSilent: () => Promise<boolean>) => KyselyDialect;

/** For connections whose faults are their callers' alone. */
export const unwatched: Watch = (dialect) => dialect;

/** The driver asks `availability` before it connects, and tells it what the server does. */
export function watchedBy(availability: Availability): Watch {
	return (dialect, breakSilent) => ({
		createAdapter: () => dialect.createAdapter(),
		createDriver: () => new WatchedDriver(dialect.createDriver(), availability, breakSilent),
		createIntrospector: (db) => dialect.createIntrospector(db),
		createQueryCompiler: () => dialect.createQueryCompiler(),
	});
}

class WatchedDriver implements Driver {
	readonly #driver: Driver;
	readonly #availability: Availability;

	constructor(driver: Driver, availability: Availability, breakSilent: () => Promise<boolean>) {
		this.#driver = driver;
		this.#availability = availability;
		availability.watch({ probe: () => this.#probe(), breakSilent });
	}

	init(): Promise<void> {
		return this.#driver.init();
	}

	async acquireConnection(): Promise<DatabaseConnection> {
		this.#availability.require();
		const native = await this.#availability.connecting(this.#driver.acquireConnection());
		return new WatchedConnection(native, this.#availability);
	}

	beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
		return this.#availability.answering(this.#driver.beginTransaction(native(connection), settings));
	}

	commitTransaction(connection: DatabaseConnection): Promise<void> {
		return this.#availability.answering(this.#driver.commitTransaction(native(connection)));
	}

	rollbackTransaction(connection: DatabaseConnection): Promise<void> {
		return this.#availability.answering(this.#driver.rollbackTransaction(native(connection)));
	}

	releaseConnection(connection: DatabaseConnection): Promise<void> {
		return this.#driver.releaseConnection(native(connection));
	}

	async destroy(): Promise<void> {
		this.#availability.close();
		await this.#driver.destroy();
	}

	async #probe(): Promise<void> {
		const connection = await this.#availability.answering(this.#driver.acquireConnection());
		try {
			await this.#availability.answering(connection.executeQuery(CompiledQuery.raw('select 1')));
		} finally {
			await this.#driver.releaseConnection(connection);
		}
	}
}

class WatchedConnection implements DatabaseConnection {
	readonly native: DatabaseConnection;
	readonly #availability: Availability;

	constructor(connection: DatabaseConnection, availability: Availability) {
		this.native = connection;
		this.#availability = availability;
	}

	executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
		return this.#availability.answering(this.native.executeQuery<R>(query));
	}

	streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
		throw new TypeError('Streams are not used.');
	}
}

function native(connection: DatabaseConnection): DatabaseConnection {
	return connection instanceof WatchedConnection ? connection.native : connection;
}
