import { setTimeout as delay } from 'node:timers/promises';
import { StoreAway, StoreUnavailable } from '../conversations/store.ts';
import type { Notices } from './database.ts';
import { messageOf } from './errors.ts';

/** What can be done about a server. */
export interface Watched {
	/** Resolves once a connection is to be had, and answers. */
	readonly probe: () => Promise<void>;
	/** See Watch; undefined: statements wait for their own time limits. */
	readonly breakSilent: (() => Promise<boolean>) | undefined;
}

/** From then on a statement's server is looked after. */
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

	/** The outcome of a connection's being asked for: without one the database is away. */
	async connecting<T>(connection: Promise<T>): Promise<T> {
		try {
			return await this.answering(connection);
		} catch (error) {
			if (!this.#isOpen || !(error instanceof StoreUnavailable)) throw error;
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

	close(): void {
		this.#isOpen = false;
		clearTimeout(this.#timer);
	}

	/** One timer for all that waits, and none while nothing does. */
	#lookAfter(ms: number): void {
		if (this.#timer !== undefined || !this.#isOpen || this.#watched?.breakSilent === undefined) return;
		this.#timer = setTimeout(() => {
			void this.#look().finally(() => {
				this.#timer = undefined;
				const [oldest] = this.#waiting.values();
				if (oldest !== undefined) this.#lookAfter(Math.max(50, oldest + SUSPECT_MS - performance.now()));
			});
		}, ms).unref();
	}

	async #look(): Promise<void> {
		const [oldest] = this.#waiting.values();
		if (oldest === undefined || performance.now() - oldest < SUSPECT_MS) return;
		if (await this.#watched?.breakSilent?.()) this.#lose('it does not answer');
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
