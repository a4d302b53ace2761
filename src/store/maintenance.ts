import type { MikroORM } from '@mikro-orm/sql';
import type { DatabaseConfig, ServerDatabaseConfig, SqliteConfig } from '../config.ts';
import { type Notices, serverOf } from './database.ts';
import { type Dialect, sqliteDialect } from './dialect.ts';
import { DatabaseError, messageOf } from './errors.ts';
import type { Exclusively } from './migrate.ts';
import { lockedBy } from './migration-lock.ts';
import { answering, forMigrating } from './server-database.ts';
import { connectSqlite } from './sqlite.ts';
import { holdAlone, makeDirectoryOf, requireDatabaseFile, sqliteCode } from './sqlite-file.ts';
import type { Queries, Tables } from './tables.ts';

/** A database as a command opens it, whatever the state of its tables, beside the services that use it. */
export interface Maintenance {
	readonly orm: MikroORM;
	readonly queries: Queries;
	readonly dialect: Dialect;
	/** @throws DatabaseError when somebody else has the embedded database, or migrates for too long. */
	readonly exclusively: Exclusively;
}

export interface MaintenanceOptions {
	/** How long a server that is away, and then another one's migration, are waited for, together. */
	readonly patienceMs: number;
	/** Whether a file that is not there is made. */
	readonly create?: boolean;
	readonly notices: Notices;
}

/**
 * Opens the database for `work` and closes it again.
 * @throws DatabaseError with a message for a person.
 */
export function maintain<T>(
	config: DatabaseConfig,
	options: MaintenanceOptions,
	work: (database: Maintenance) => Promise<T>,
): Promise<T> {
	return config.kind === 'sqlite'
		? maintainFile(config, options, work)
		: maintainServer(config, options, work);
}

async function maintainFile<T>(
	{ file }: SqliteConfig,
	{ create = false }: MaintenanceOptions,
	work: (database: Maintenance) => Promise<T>,
): Promise<T> {
	if (create) makeDirectoryOf(file);
	else requireDatabaseFile(file);
	const exclusively: Exclusively = async (inside) => {
		const release = holdAlone(file);
		try {
			return await inside();
		} finally {
			release();
		}
	};
	const orm = await connectSqlite(file);
	try {
		return await work({ orm, queries: orm.em.getKysely<Tables>(), dialect: sqliteDialect, exclusively });
	} catch (error) {
		if (sqliteCode(error) === '') throw error;
		throw new DatabaseError(`The database file ${file} cannot be used: ${messageOf(error)}`);
	} finally {
		await orm.close();
	}
}

async function maintainServer<T>(
	config: ServerDatabaseConfig,
	{ patienceMs, notices }: MaintenanceOptions,
	work: (database: Maintenance) => Promise<T>,
): Promise<T> {
	const deadline = performance.now() + patienceMs;
	const server = await serverOf(config);
	const orm = await server.connect(forMigrating(config));
	try {
		const queries: Queries = orm.em.getKysely<Tables>();
		await answering(server, queries, notices, patienceMs);
		const tell = (reason: string, waitMs: number) => notices.waiting(server.name, reason, waitMs);
		return await work({
			orm,
			queries,
			dialect: server.dialect,
			exclusively: lockedBy(server.migrationLock, queries, tell, deadline),
		});
	} finally {
		await orm.close();
	}
}
