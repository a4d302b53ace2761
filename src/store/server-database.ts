import { setTimeout as delay } from 'node:timers/promises';
import type { MikroORM } from '@mikro-orm/sql';
import { sql } from 'kysely';
import type { ServerDatabaseConfig } from '../config.ts';
import { StoreConflict, UnknownCommit } from '../conversations/store.ts';
import type { Database, Notices } from './database.ts';
import type { Dialect } from './dialect.ts';
import { DatabaseError, messageOf } from './errors.ts';
import { type MigrationLock, migrateUp, requireCurrentSchema } from './migrate.ts';
import { Statements } from './statements.ts';
import type { Queries, Tables } from './tables.ts';

/** What is one server's own. Its connections throw StoreConflict and StoreUnavailable, and of other faults their own. */
export interface Server {
	/** As a person calls it. */
	readonly name: string;
	dialect(config: ServerDatabaseConfig): Dialect;
	/** Opens no connection yet. */
	connect(config: ServerDatabaseConfig): Promise<MikroORM>;
	/** A connection that waiting does not mend, such as a wrong password; undefined for all others. */
	refusal(error: unknown): string | undefined;
	readonly lockMigrations: MigrationLock;
	/** What an operator should know of the server's settings. */
	warnings?(queries: Queries): Promise<readonly string[]>;
}

const WAIT_MS = { first: 250, longest: 5_000 };

/**
 * A database on a server of its own, which may be away: at the start it is waited for.
 * @throws DatabaseError when it refuses, or its tables are not this version's.
 */
export async function openServerDatabase(
	server: Server,
	config: ServerDatabaseConfig,
	notices: Notices,
): Promise<Database> {
	const orm = await server.connect(config);
	try {
		const queries: Queries = orm.em.getKysely<Tables>();
		await answering(server, queries, notices);
		if (config.migrate) await migrateServer(server, config);
		else await requireCurrentSchema(orm);
		for (const warning of (await server.warnings?.(queries)) ?? []) notices.warn(warning);
		return asDatabase(orm, server.dialect(config), queries);
	} catch (error) {
		await orm.close();
		throw error;
	}
}

/** Over connections of their own, without time limits: a migration may take long. */
export async function migrateServer(server: Server, config: ServerDatabaseConfig): Promise<void> {
	const orm = await server.connect(withoutTimeLimits(config));
	try {
		await migrateUp(orm, server.lockMigrations);
	} finally {
		await orm.close();
	}
}

export function withoutTimeLimits(config: ServerDatabaseConfig): ServerDatabaseConfig {
	return { ...config, requestTimeoutMs: 0, lockTimeoutMs: 0 };
}

/** Waits until the server answers, longer from time to time. @throws DatabaseError when waiting cannot help. */
async function answering(server: Server, queries: Queries, notices: Notices): Promise<void> {
	for (let wait = WAIT_MS.first; ; wait = Math.min(wait * 2, WAIT_MS.longest)) {
		try {
			await sql`select 1`.execute(queries);
			return;
		} catch (error) {
			const refusal = server.refusal(error);
			if (refusal !== undefined) throw new DatabaseError(`${server.name} refuses: ${refusal}`);
			notices.waiting(server.name, messageOf(error), wait);
			await delay(wait * (0.75 + Math.random() / 2));
		}
	}
}

function asDatabase(orm: MikroORM, dialect: Dialect, queries: Queries): Database {
	return {
		orm,
		dialect,
		queries,
		statements: new Statements(async (statement) => (await queries.executeQuery(statement)).rows),
		transact: (work) => transact(queries, work),
		ping: async () => {
			await sql`select 1`.execute(queries);
		},
		close: () => orm.close(),
	};
}

/** What the rollback of a lost connection says is no news: the first fault counts. */
async function transact<T>(queries: Queries, work: (db: Queries) => Promise<T>): Promise<T> {
	let failure: unknown;
	let committing = false;
	try {
		return await queries.transaction().execute(async (db) => {
			try {
				const result = await work(db);
				committing = true;
				return result;
			} catch (error) {
				failure = error;
				throw error;
			}
		});
	} catch (error) {
		if (failure !== undefined) throw failure;
		if (!committing || error instanceof StoreConflict) throw error;
		throw new UnknownCommit('The connection was lost while committing.', { cause: error });
	}
}
