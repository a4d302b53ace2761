import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import {
	type DatabaseConnection,
	type Driver,
	PostgresDialect,
	type PostgresDialectConfig,
	PostgresDriver,
	sql,
} from 'kysely';
import type { ServerDatabaseConfig } from '../config.ts';
import { StoreUnavailable } from '../conversations/store.ts';
import { BINARY } from './columns.ts';
import { postgresqlDialect } from './dialect.ts';
import { entities } from './entities.ts';
import { postgresqlMigrations } from './migrations/postgresql.ts';
import { refusalOf } from './postgresql-errors.ts';
import { Connections } from './postgresql-pool.ts';
import type { Server } from './server-database.ts';
import { unwatched, type Watch } from './watched-driver.ts';

/** Two connections that hold it exclude each other, in one database; the number is this service's own. */
const MIGRATION_LOCK = 0x70656e64;

/** PostgreSQL 14 or newer, over `pg`. */
export const postgresql: Server = {
	name: 'PostgreSQL',
	dialect: postgresqlDialect,
	connect: connectPostgresql,
	refusal: refusalOf,
	ping: async (queries) => {
		const { rows } = await sql<{ readonly readOnly: string }>`
			select current_setting('transaction_read_only') as "readOnly"`.execute(queries);
		if (rows[0]?.readOnly === 'on') throw new StoreUnavailable('The server only reads.');
	},
	migrationLock: {
		tryAcquire: async (connection) => {
			const { rows } = await sql<{ readonly acquired: boolean }>`
				select pg_try_advisory_lock(${MIGRATION_LOCK}) as acquired`.execute(connection);
			return rows[0]?.acquired === true;
		},
		release: async (connection) => {
			await sql`select pg_advisory_unlock(${MIGRATION_LOCK})`.execute(connection);
		},
	},
};

function connectPostgresql(config: ServerDatabaseConfig, watch: Watch = unwatched): Promise<MikroORM> {
	const pool = new Connections(config);
	return MikroORM.init({
		entities: [...entities],
		dbName: decodeURIComponent(new URL(config.url).pathname.slice(1)),
		driverOptions: watch(new PostgresqlDialect({ pool }), () => pool.breakSilent()),
		discovery: { onMetadata: withOwnCollation },
		// Databases are made by people.
		ensureDatabase: false,
		extensions: [Migrator],
		migrations: { migrationsList: postgresqlMigrations, snapshot: false, silent: true },
	});
}

class PostgresqlDialect extends PostgresDialect {
	readonly #config: PostgresDialectConfig;

	constructor(config: PostgresDialectConfig) {
		super(config);
		this.#config = config;
	}

	override createDriver(): Driver {
		return new PostgresqlDriver(this.#config);
	}
}

/** A transaction whose connection is lost is rolled back: were that a fault, it would hide the first one. */
class PostgresqlDriver extends PostgresDriver {
	readonly #connecting = new Set<Promise<DatabaseConnection>>();

	override async acquireConnection(): Promise<DatabaseConnection> {
		const connecting = super.acquireConnection();
		this.#connecting.add(connecting);
		return connecting.finally(() => this.#connecting.delete(connecting));
	}

	/** A connection that is there only after the end would be given to nobody, and the pool would wait for it for ever. */
	override async destroy(): Promise<void> {
		await Promise.allSettled(this.#connecting);
		await super.destroy();
	}

	override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
		await super.rollbackTransaction(connection).catch(ignoreLoss);
	}

	override async rollbackToSavepoint(
		...[connection, name, compile]: Parameters<PostgresDriver['rollbackToSavepoint']>
	): Promise<void> {
		await super.rollbackToSavepoint(connection, name, compile).catch(ignoreLoss);
	}
}

function ignoreLoss(error: unknown): void {
	if (!(error instanceof StoreUnavailable)) throw error;
}

/** The collation's name is SQL Server's; "C" compares by code point here. */
function withOwnCollation(meta: { readonly properties: Record<string, { collation?: string }> }): void {
	for (const property of Object.values(meta.properties))
		if (property.collation === BINARY) property.collation = 'C';
}
