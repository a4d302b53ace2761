import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import {
	type PostgresCursor,
	PostgresDialect,
	type PostgresPool,
	type PostgresPoolClient,
	type PostgresQueryResult,
	sql,
} from 'kysely';
import pg from 'pg';
import type { ServerDatabaseConfig } from '../config.ts';
import { StoreConflict, StoreLocked, StoreUnavailable } from '../conversations/store.ts';
import { postgresqlDialect } from './dialect.ts';
import { BINARY, entities } from './entities.ts';
import { messageOf } from './errors.ts';
import { postgresqlMigrations } from './migrations/postgresql.ts';
import type { Server } from './server-database.ts';

/** Two connections that hold it exclude each other, in one database; the number is this service's own. */
const MIGRATION_LOCK = 0x70656e64;

/** PostgreSQL 14 or newer, over `pg`. */
export const postgresql: Server = {
	name: 'PostgreSQL',
	dialect: () => postgresqlDialect,
	connect: connectPostgresql,
	refusal: (error) => {
		const cause = error instanceof StoreUnavailable ? error.cause : error;
		return REFUSALS.test(sqlStateOf(cause)) ? messageOf(cause) : undefined;
	},
	lockMigrations: (queries, work) =>
		queries.connection().execute(async (db) => {
			await sql`select pg_advisory_lock(${MIGRATION_LOCK})`.execute(db);
			try {
				await work();
			} finally {
				await sql`select pg_advisory_unlock(${MIGRATION_LOCK})`.execute(db);
			}
		}),
};

function connectPostgresql(config: ServerDatabaseConfig): Promise<MikroORM> {
	return MikroORM.init({
		entities: [...entities],
		dbName: decodeURIComponent(new URL(config.url).pathname.slice(1)),
		driverOptions: new PostgresDialect({ pool: createPool(config) }),
		discovery: { onMetadata: withOwnCollation },
		extensions: [Migrator],
		migrations: { migrationsList: postgresqlMigrations, snapshot: false, silent: true },
	});
}

/** The collation's name is SQL Server's; "C" compares by code point here. */
function withOwnCollation(meta: { readonly properties: Record<string, { collation?: string }> }): void {
	for (const property of Object.values(meta.properties))
		if (property.collation === BINARY) property.collation = 'C';
}

function createPool(config: ServerDatabaseConfig): PostgresPool {
	const { requestTimeoutMs, lockTimeoutMs } = config;
	const pool = new pg.Pool({
		connectionString: config.url,
		max: config.poolMax,
		min: config.poolMin,
		connectionTimeoutMillis: config.connectTimeoutMs,
		application_name: 'pendo-message',
		keepAlive: true,
		// The server gives up first; where it does not answer at all, the client does a little later.
		...(requestTimeoutMs > 0 && {
			statement_timeout: requestTimeoutMs,
			query_timeout: requestTimeoutMs + 500,
			idle_in_transaction_session_timeout: 2 * requestTimeoutMs,
		}),
		...(lockTimeoutMs > 0 && { lock_timeout: lockTimeoutMs }),
	});
	// The query under way rejects by itself; without a listener the event would end the process.
	pool.on('error', () => undefined);
	pool.on('connect', (client) => client.on('error', () => undefined));
	return withStoreErrors(pool);
}

/** Every fault becomes the domain's, and a connection that had one of its own is not used again. */
function withStoreErrors(pool: pg.Pool): PostgresPool {
	return {
		connect: async () => {
			try {
				return new LeasedClient(await pool.connect());
			} catch (error) {
				throw classify(error);
			}
		},
		end: () => pool.end(),
		options: pool.options,
	};
}

class LeasedClient implements PostgresPoolClient {
	readonly #client: pg.PoolClient;
	#lost = false;

	constructor(client: pg.PoolClient) {
		this.#client = client;
	}

	query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
	query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
	query<R>(
		query: string | PostgresCursor<R>,
		parameters: readonly unknown[] = [],
	): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
		if (typeof query !== 'string') throw new TypeError('Cursors are not used.');
		return this.#query(query, parameters);
	}

	async #query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
		try {
			const result = await this.#client.query<R & pg.QueryResultRow>(text, [...parameters]);
			const command = result.command as PostgresQueryResult<R>['command'];
			return { command, rowCount: result.rowCount ?? 0, rows: result.rows };
		} catch (error) {
			const classified = classify(error);
			this.#lost ||= classified instanceof StoreUnavailable;
			throw classified;
		}
	}

	/** After a time-out the connection may still be busy with what nobody waits for. */
	release(): void {
		this.#client.release(this.#lost);
	}
}

/*
 * SQLSTATEs, https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

/** Serialization failure, deadlock, unique violation. */
const CONFLICTS = /^(40001|40P01|23505)$/;
const LOCK_NOT_AVAILABLE = '55P03';
/** Connection exceptions, no resources, shutdown and cancellation by time, and a standby, which only reads. */
const UNAVAILABLE = /^(08|53|57|58|25006)/;
/** Wrong password, no such user, no such database, no rights. */
const REFUSALS = /^(28|3D000|42501)/;

function sqlStateOf(error: unknown): string {
	return error instanceof pg.DatabaseError ? (error.code ?? '') : '';
}

function classify(error: unknown): unknown {
	const state = sqlStateOf(error);
	const options = { cause: error };
	if (state === LOCK_NOT_AVAILABLE) return new StoreLocked(messageOf(error), options);
	if (CONFLICTS.test(state)) return new StoreConflict(messageOf(error), options);
	if (UNAVAILABLE.test(state) || REFUSALS.test(state)) return new StoreUnavailable(messageOf(error), options);
	// What the server did not say itself is the connection's fault, but for our own mistakes.
	const isOurs = error instanceof TypeError || error instanceof RangeError;
	return state === '' && !isOurs ? new StoreUnavailable(messageOf(error), options) : error;
}
