import { setTimeout as delay } from 'node:timers/promises';
import { StoreAway, StoreUnavailable } from '../conversations/store.ts';
import type { Notices } from './database.ts';
import { messageOf, NoConnectionFree } from './errors.ts';

/** What can be done about a server. */
export interface Watched {
	/** Resolves once a connection is to be had, and answers. */
	readonly probe: () => Promise<void>;
	/** See Watch. */
	readonly breakSilent: () => Promise<boolean>;
}

/** From then on a statement's server is looked after, and again as long after each look, which costs a connection. */
const SUSPECT_MS = 1_000;
const PROBE_MS = { first: 100, longest: 1_000 };

/**
 * Whether the database is to be had. While it is not, requests are refused at once, rather than each after a time limit
 * of its own, and one probe at a time asks for it; the change either way is told once.
 */
export class Availability {
	/** As a person calls it. */
	readonly #server: string;
	readonly #notices: Notices;
	#watched: Watched | undefined;
	/** Since when each call waits, the oldest first. */
	readonly #waiting = new Map<symbol, number>();
	#away: string | undefined;
	#timer: NodeJS.Timeout | undefined;
	#lookedAt = Number.NEGATIVE_INFINITY;
	/** Resolves with the next look. */
	#looked = Promise.withResolvers<void>();
	#asking: Promise<void> | undefined;
	/** Faults before the start, and after the end, are their callers' alone. */
	#isOpen = false;

	constructor(server: string, notices: Notices) {
		this.#server = server;
		this.#notices = notices;
	}

	watch(watched: Watched): void {
		this.#watched = watched;
	}

	start(): void {
		this.#isOpen = true;
	}

	/** @throws StoreAway while the database is not to be had. */
	require(): void {
		if (this.#away !== undefined) throw new StoreAway(this.#away);
	}

	/** The outcome of a connection's being asked for: without one the database is away, unless all are in use. */
	async connecting<T>(connection: Promise<T>): Promise<T> {
		try {
			return await this.answering(connection);
		} catch (error) {
			const isLost = error instanceof StoreUnavailable && !(error instanceof NoConnectionFree);
			if (!this.#isOpen || !isLost) throw error;
			this.#lose(messageOf(error));
			throw new StoreAway(error.message, { cause: error.cause });
		}
	}

	/** The outcome of what the server was asked; one that takes long raises doubts. */
	async answering<T>(answer: Promise<T>): Promise<T> {
		const call = Symbol();
		this.#waiting.set(call, performance.now());
		this.#lookAfter(SUSPECT_MS);
		try {
			return await answer;
		} finally {
			this.#waiting.delete(call);
		}
	}

	/**
	 * Resolves when `ask` does, which is asked once for all who call meanwhile. Where it gets no connection, because all
	 * wait for slow statements, it is enough that the next look finds the server.
	 * @throws StoreUnavailable
	 */
	async reached(ask: () => Promise<void>): Promise<void> {
		const looked = this.#looked.promise.then(() => this.require());
		this.#asking ??= ask().finally(() => {
			this.#asking = undefined;
		});
		const answered = this.#asking.catch((error: unknown) => {
			if (!(error instanceof NoConnectionFree)) throw error;
			return looked;
		});
		await Promise.race([answered, looked]);
	}

	close(): void {
		this.#isOpen = false;
		clearTimeout(this.#timer);
	}

	/** One timer for all that waits, and none while nothing does. */
	#lookAfter(ms: number): void {
		if (this.#timer !== undefined || !this.#isOpen) return;
		this.#timer = setTimeout(() => void this.#look(), Math.ceil(ms)).unref();
	}

	/** When the server is to be looked after; undefined while nobody waits for it. */
	#dueAt(): number | undefined {
		const [oldest] = this.#waiting.values();
		return oldest === undefined ? undefined : Math.max(oldest, this.#lookedAt) + SUSPECT_MS;
	}

	async #look(): Promise<void> {
		const due = this.#dueAt();
		if (due === undefined || due <= performance.now()) {
			if (due !== undefined && (await this.#watched?.breakSilent())) this.#lose('it does not answer');
			this.#lookedAt = performance.now();
			this.#looked.resolve();
			this.#looked = Promise.withResolvers();
		}
		this.#timer = undefined;
		const next = this.#dueAt();
		if (next !== undefined) this.#lookAfter(next - performance.now());
	}

	#lose(reason: string): void {
		if (this.#away !== undefined || !this.#isOpen) return;
		this.#away = reason;
		this.#notices.lost?.(this.#server, reason);
		void this.#recover(performance.now());
	}

	async #recover(since: number): Promise<void> {
		for (let wait = PROBE_MS.first; ; wait = Math.min(wait * 2, PROBE_MS.longest)) {
			await delay(wait * (0.75 + Math.random() / 2), undefined, { ref: false });
			if (!this.#isOpen) return;
			try {
				await this.#watched?.probe();
				break;
			} catch {
				// The next one may find it.
			}
		}
		this.#away = undefined;
		this.#notices.back?.(this.#server, Math.round(performance.now() - since));
	}
}
