import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import pg from 'pg';
import type { ServerDatabaseConfig } from '../config.ts';
import { ConnectionLost, StoreUnavailable } from '../conversations/store.ts';
import { classify, classifyConnecting, isServerFull } from './postgresql-errors.ts';

/** Between its statements a transaction does nothing: one that does has lost its client, and holds locks. */
const IDLE_IN_TRANSACTION_MS = 5_000;
const FULL_RETRY_MS = 50;
/** An answer that is on its way takes less. */
const SLOW_MS = 500;

/** Connections to one database, for Kysely. Every fault of theirs is the domain's. */
export class Connections implements PostgresPool {
	readonly #pool: pg.Pool;
	readonly #config: ServerDatabaseConfig;
	readonly #leased = new Set<Lease>();
	/** When each was last given back in order. */
	readonly #answeredAt = new WeakMap<pg.PoolClient, number>();
	/** What has not answered since then may be broken like those that were found so. */
	#doubtedAt = 0;

	constructor(config: ServerDatabaseConfig) {
		this.#config = config;
		const pool = new pg.Pool(poolSettings(config));
		// The query under way rejects by itself; without a listener the event would end the process.
		pool.on('error', () => undefined);
		pool.on('connect', (client) => client.on('error', () => undefined));
		this.#pool = pool;
	}

	get options(): object {
		return this.#pool.options;
	}

	async connect(): Promise<PostgresPoolClient> {
		const deadline = performance.now() + this.#config.connectTimeoutMs;
		for (;;) {
			try {
				return this.#lease(await this.#proven());
			} catch (error) {
				// One of our own connections may come free meanwhile.
				if (!isServerFull(error) || performance.now() > deadline) throw classifyConnecting(error);
				await delay(FULL_RETRY_MS);
			}
		}
	}

	end(): Promise<void> {
		return this.#pool.end();
	}

	/**
	 * Breaks the connections that wait for an answer which will not come: all of them where the server is silent, otherwise
	 * those whose statement has ended there, or never came, as when a firewall forgets them. Answers whether it is silent.
	 */
	async breakSilent(): Promise<boolean> {
		const doubtedAt = performance.now();
		const waiting = [...this.#leased].flatMap((lease) => {
			const { askedAt } = lease;
			return askedAt !== undefined && askedAt < doubtedAt - SLOW_MS ? [{ lease, askedAt }] : [];
		});
		const idle = await this.#findIdle(waiting.map(({ lease }) => lease.pid));
		const broken = waiting.filter(
			({ lease, askedAt }) => lease.askedAt === askedAt && (idle === undefined || idle.has(lease.pid)),
		);
		if (broken.length > 0) this.#doubtedAt = doubtedAt;
		for (const { lease } of broken) lease.break();
		return idle === undefined;
	}

	/** Which of these backends wait for a statement, asked over a connection of its own; undefined without an answer. */
	async #findIdle(pids: readonly number[]): Promise<ReadonlySet<number> | undefined> {
		const limit = this.#config.connectTimeoutMs;
		const settings = poolSettings(this.#config);
		const client = new pg.Client({ ...settings, connectionTimeoutMillis: limit, query_timeout: limit });
		client.on('error', () => undefined);
		try {
			await client.connect();
			const { rows } = await client.query<{ readonly pid: number }>(
				"select pid from pg_stat_activity where pid = any($1) and state like 'idle%'",
				[pids],
			);
			return new Set(rows.map(({ pid }) => pid));
		} catch (error) {
			// A server that refuses is there.
			return error instanceof pg.DatabaseError ? new Set() : undefined;
		} finally {
			void client.end().catch(() => undefined);
		}
	}

	/** A connection that nothing speaks against; the others are dropped. */
	async #proven(): Promise<pg.PoolClient> {
		for (;;) {
			const client = await this.#pool.connect();
			const answeredAt = this.#answeredAt.get(client);
			if (answeredAt === undefined || answeredAt >= this.#doubtedAt) return client;
			client.release(true);
		}
	}

	#lease(client: pg.PoolClient): Lease {
		const lease: Lease = new Lease(client, () => {
			this.#leased.delete(lease);
			this.#answeredAt.set(client, performance.now());
		});
		this.#leased.add(lease);
		return lease;
	}
}

/** One connection, as long as it is used. */
class Lease implements PostgresPoolClient {
	readonly #client: pg.PoolClient;
	readonly #onReleased: () => void;
	#isLost = false;
	#isReleased = false;
	/** Since when an answer is waited for. */
	askedAt: number | undefined;

	constructor(client: pg.PoolClient, onReleased: () => void) {
		this.#client = client;
		this.#onReleased = onReleased;
	}

	/** The server's process behind it. */
	get pid(): number {
		return 'processID' in this.#client ? Number(this.#client.processID) : 0;
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
		// It may still be busy with what nobody waits for any more.
		if (this.#isLost) throw new ConnectionLost('The connection is lost.');
		this.askedAt = performance.now();
		try {
			const result = await this.#client.query<R & pg.QueryResultRow>(text, [...parameters]);
			const command = result.command as PostgresQueryResult<R>['command'];
			return { command, rowCount: result.rowCount ?? 0, rows: result.rows };
		} catch (error) {
			const classified = classify(error);
			// Given back at once: where a transaction's beginning fails, nobody does it later.
			if (classified instanceof StoreUnavailable) this.break();
			throw classified;
		} finally {
			this.askedAt = undefined;
		}
	}

	/** What it waits for fails, it is not used again, and the server rolls back. */
	break(): void {
		this.#isLost = true;
		this.release();
	}

	release(): void {
		if (this.#isReleased) return;
		this.#isReleased = true;
		this.#onReleased();
		this.#client.release(this.#isLost);
	}
}

function poolSettings(config: ServerDatabaseConfig): pg.PoolConfig {
	const { requestTimeoutMs, lockTimeoutMs } = config;
	return {
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
			idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
		}),
		...(lockTimeoutMs > 0 && { lock_timeout: lockTimeoutMs }),
	};
}
