import { Pool, TimeoutError } from 'tarn';
import { NoConnectionFree } from './errors.ts';
import {
	type ConnectionSettings,
	GRACE_MS,
	type MssqlConnection,
	openConnection,
} from './mssql-connection.ts';
import { classify, isSilence } from './mssql-errors.ts';

export interface PoolSettings extends ConnectionSettings {
	readonly poolMin: number;
	readonly poolMax: number;
	readonly connectTimeoutMs: number;
}

/** An answer that is on its way takes less. */
const SLOW_MS = 500;

/** Connections to one database. Every fault of theirs is the domain's. */
export class MssqlPool {
	readonly #settings: PoolSettings;
	readonly #pool: Pool<MssqlConnection>;
	readonly #used = new Set<MssqlConnection>();
	/** What has not answered since then may be as silent as those that were found so. */
	#doubtedAt = Number.NEGATIVE_INFINITY;

	constructor(settings: PoolSettings) {
		this.#settings = settings;
		const { poolMin, poolMax, connectTimeoutMs } = settings;
		this.#pool = new Pool({
			min: poolMin,
			max: poolMax,
			create: () => openConnection(settings),
			// A connection that had a fault is closed at once, and one that idles is kept alive by TCP: no question is needed.
			validate: (connection) => connection.isOpen && connection.answeredAt >= this.#doubtedAt,
			destroy: async (connection) => connection.close(),
			acquireTimeoutMillis: connectTimeoutMs + GRACE_MS,
			createTimeoutMillis: connectTimeoutMs + GRACE_MS,
			propagateCreateError: true,
		});
	}

	async acquire(): Promise<MssqlConnection> {
		try {
			const connection = await this.#pool.acquire().promise;
			this.#used.add(connection);
			return connection;
		} catch (error) {
			// A connection that cannot be made has a fault of its own, and sooner.
			throw error instanceof TimeoutError ? new NoConnectionFree({ cause: error }) : classify(error);
		}
	}

	release(connection: MssqlConnection): void {
		this.#used.delete(connection);
		this.#pool.release(connection);
	}

	async destroy(): Promise<void> {
		await this.#pool.destroy();
	}

	/**
	 * Closes the connections that wait for an answer of a server that is silent: one that neither takes a login nor refuses
	 * it. Answers whether it is. What a firewall forgot meets its own time limit: only an administrator sees others' sessions.
	 */
	async breakSilent(): Promise<boolean> {
		const doubtedAt = performance.now();
		const waiting = [...this.#used].flatMap((connection) => {
			const { askedAt } = connection;
			return askedAt !== undefined && askedAt < doubtedAt - SLOW_MS ? [{ connection, askedAt }] : [];
		});
		if (await this.#answers()) return false;
		this.#doubtedAt = doubtedAt;
		for (const { connection, askedAt } of waiting) if (connection.askedAt === askedAt) connection.close();
		return true;
	}

	async #answers(): Promise<boolean> {
		// Its first batch must not take longer than its login.
		const requestTimeoutMs = this.#settings.connectTimeoutMs;
		try {
			(await openConnection({ ...this.#settings, requestTimeoutMs })).close();
			return true;
		} catch (error) {
			return !isSilence(error);
		}
	}
}
