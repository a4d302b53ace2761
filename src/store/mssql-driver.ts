import {
	type DatabaseConnection,
	type Dialect,
	type Driver,
	MssqlAdapter,
	MssqlIntrospector,
	MssqlQueryCompiler,
	type TransactionSettings,
} from 'kysely';
import { MssqlConnection } from './mssql-connection.ts';
import type { MssqlPool } from './mssql-pool.ts';

/**
 * Kysely over `tedious`, in place of Kysely's own driver: that one asks `select 1` before every statement, prints what
 * a connection loses on standard error, declares a parameter by the length of its text, so that the server plans each
 * statement anew, and lets a refused login look like a time-out.
 */
export function createMssqlDialect(pool: MssqlPool): Dialect {
	return {
		createAdapter: () => new MssqlAdapter(),
		createDriver: () => new MssqlDriver(pool),
		createIntrospector: (db) => new MssqlIntrospector(db),
		createQueryCompiler: () => new MssqlQueryCompiler(),
	};
}

/** Throws StoreConflict and StoreUnavailable, and other faults as they are. */
class MssqlDriver implements Driver {
	readonly #pool: MssqlPool;

	constructor(pool: MssqlPool) {
		this.#pool = pool;
	}

	async init(): Promise<void> {}

	acquireConnection(): Promise<DatabaseConnection> {
		return this.#pool.acquire();
	}

	async beginTransaction(
		connection: DatabaseConnection,
		{ isolationLevel }: TransactionSettings,
	): Promise<void> {
		const native = mssqlOf(connection);
		try {
			await native.begin(isolationLevel);
		} catch (error) {
			// Nobody else may give it back; one that is closed is given to nobody, so that it may be given back twice.
			if (!native.isOpen) this.#pool.release(native);
			throw error;
		}
	}

	commitTransaction(connection: DatabaseConnection): Promise<void> {
		return mssqlOf(connection).commit();
	}

	rollbackTransaction(connection: DatabaseConnection): Promise<void> {
		return mssqlOf(connection).rollback();
	}

	savepoint(connection: DatabaseConnection, name: string): Promise<void> {
		return mssqlOf(connection).save(name);
	}

	rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
		return mssqlOf(connection).rollback(name);
	}

	async releaseConnection(connection: DatabaseConnection): Promise<void> {
		this.#pool.release(mssqlOf(connection));
	}

	async destroy(): Promise<void> {
		await this.#pool.destroy();
	}
}

function mssqlOf(connection: DatabaseConnection): MssqlConnection {
	if (connection instanceof MssqlConnection) return connection;
	throw new TypeError('The connection is not of this driver.');
}
