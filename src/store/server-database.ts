import { setTimeout as delay } from 'node:timers/promises';
import type { MikroORM } from '@mikro-orm/sql';
import type { ServerDatabaseConfig } from '../config.ts';
import { StoreConflict, StoreUnavailable, UnknownCommit } from '../conversations/store.ts';
import { Availability } from './availability.ts';
import type { Database, Notices } from './database.ts';
import type { Dialect } from './dialect.ts';
import { DatabaseError, messageOf } from './errors.ts';
import { migrateUp, requireCurrentSchema } from './migrate.ts';
import { lockedBy, type MigrationLock } from './migration-lock.ts';
import { Statements } from './statements.ts';
import type { Queries, Tables } from './tables.ts';
import { type Watch, watchedBy } from './watched-driver.ts';

/** What is one server's own. Its connections throw StoreConflict and StoreUnavailable, and of other faults their own. */
export interface Server {
	/** As a person calls it. */
	readonly name: string;
	readonly dialect: Dialect;
	/** Opens no connection yet. */
	connect(config: ServerDatabaseConfig, watch?: Watch): Promise<MikroORM>;
	/** Rejects while nothing can be stored. @throws StoreUnavailable */
	ping(queries: Queries): Promise<void>;
	/** A connection that waiting does not mend, such as a wrong password; undefined for all others. */
	refusal(error: unknown): string | undefined;
	readonly migrationLock: MigrationLock;
	/** What an operator should know of the server's settings. */
	warnings?(queries: Queries): Promise<readonly string[]>;
}

const WAIT_MS = { first: 250, longest: 5_000 };
const TABLE_LOCK_MS = 5_000;

/**
 * A database on a server of its own, which may be away: at the start it is waited for, `patienceMs` at most.
 * @throws DatabaseError when it refuses, that time is over, or its tables are not this version's.
 */
export async function openServerDatabase(
	server: Server,
	config: ServerDatabaseConfig,
	notices: Notices,
	patienceMs = Number.POSITIVE_INFINITY,
): Promise<Database> {
	const availability = new Availability(server.name, notices);
	const orm = await server.connect(config, watchedBy(availability));
	try {
		const queries: Queries = orm.em.getKysely<Tables>();
		const warnings = await patiently(server, notices, patienceMs, async () => {
			await server.ping(queries);
			if (config.migrate) await migrateServer(server, config, notices);
			await requireCurrentSchema(orm);
			return (await server.warnings?.(queries)) ?? [];
		});
		for (const warning of warnings) notices.warn(warning);
		availability.start();
		return asDatabase(orm, server, queries, availability);
	} catch (error) {
		await orm.close();
		throw error;
	}
}

/** Whoever comes second waits for as long as the first takes, telling so, and finds nothing left to apply. */
async function migrateServer(server: Server, config: ServerDatabaseConfig, notices: Notices): Promise<void> {
	const orm = await server.connect(forMigrating(config));
	try {
		const queries: Queries = orm.em.getKysely<Tables>();
		const tell = (reason: string, waitMs: number) => notices.waiting(server.name, reason, waitMs);
		await migrateUp(orm, lockedBy(server.migrationLock, queries, tell, Number.POSITIVE_INFINITY));
	} finally {
		await orm.close();
	}
}

/**
 * A migration may take long, so its statements have no time limit. But a table that it waits for stops everybody who
 * comes after it, so it does not wait long for that.
 */
export function forMigrating(config: ServerDatabaseConfig): ServerDatabaseConfig {
	return { ...config, requestTimeoutMs: 0, lockTimeoutMs: TABLE_LOCK_MS };
}

/**
 * Waits until the server answers, and for `patienceMs` at most.
 * @throws DatabaseError when waiting cannot help, or that is over.
 */
export function answering(
	server: Server,
	queries: Queries,
	notices: Notices,
	patienceMs = Number.POSITIVE_INFINITY,
): Promise<void> {
	return patiently(server, notices, patienceMs, () => server.ping(queries));
}

/** Tries until the server is there, less often from time to time. */
async function patiently<T>(
	server: Server,
	notices: Notices,
	patienceMs: number,
	attempt: () => Promise<T>,
): Promise<T> {
	const deadline = performance.now() + patienceMs;
	for (let wait = WAIT_MS.first; ; wait = Math.min(wait * 2, WAIT_MS.longest)) {
		try {
			return await attempt();
		} catch (error) {
			const refusal = error instanceof DatabaseError ? undefined : server.refusal(error);
			if (refusal !== undefined) throw new DatabaseError(`${server.name} refuses: ${refusal}`);
			if (!(error instanceof StoreUnavailable)) throw error;
			const reason = messageOf(error);
			if (performance.now() + wait > deadline)
				throw new DatabaseError(`${server.name} does not answer: ${reason}`);
			notices.waiting(server.name, reason, wait);
			await delay(wait * (0.75 + Math.random() / 2));
		}
	}
}

function asDatabase(orm: MikroORM, server: Server, queries: Queries, availability: Availability): Database {
	return {
		dialect: server.dialect,
		queries,
		statements: new Statements(async (statement) => (await queries.executeQuery(statement)).rows),
		transact: (work) => transact(queries, work),
		ping: () => availability.reached(() => server.ping(queries)),
		close: () => orm.close(),
	};
}

/** Whatever a rollback says, the first fault counts. */
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
