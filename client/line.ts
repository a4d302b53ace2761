import { type Connection, type ConnectionOptions, connect } from './connection.ts';
import type { State } from './state.ts';
import { expiryOf } from './token.ts';

export interface LineOptions extends ConnectionOptions {
	readonly token: (expired?: string) => string | Promise<string>;
	readonly minRetryMs: number;
	readonly maxRetryMs: number;
}

/** What is carried by a line. */
export interface Passenger {
	/** There is a connection, in place of the one before if that is still up. */
	board(connection: Connection): void;
	/** There is none, and none of the ones before is heard any more. */
	wait(state: State): void;
}

/** A connection under way, which begins with its token. */
interface Attempt {
	connection?: Connection;
}

/** graphql-transport-ws: the token does not do. */
const FORBIDDEN = 4403;
/** setTimeout takes 31 bits. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
const MAX_REFRESH_LEAD_MS = 60_000;

/**
 * Keeps one connection for all its passengers: again after every loss, and with a new token before one runs out. The
 * next connection is then up before the last is left.
 */
export class Line {
	readonly #options: LineOptions;
	readonly #passengers = new Set<Passenger>();
	#current: Connection | undefined;
	#attempt: Attempt | undefined;
	/** A token that no longer does, or soon will not, until there is another. */
	#expired: string | undefined;
	#told: State = { name: 'connecting' };
	#retries = 0;
	/** Set while it waits for the next attempt. */
	#retry: ReturnType<typeof setTimeout> | undefined;
	#refresh: ReturnType<typeof setTimeout> | undefined;
	#isClosed = false;

	constructor(options: LineOptions) {
		this.#options = options;
	}

	add(passenger: Passenger): void {
		this.#passengers.add(passenger);
		if (this.#current && !this.#isClosed) passenger.board(this.#current);
		else if (this.#attempt || this.#retry || this.#isClosed) passenger.wait(this.#told);
		else void this.#connect();
	}

	/** The connection is closed when nobody is left, but not where one leaves and another comes in the same turn. */
	remove(passenger: Passenger): void {
		this.#passengers.delete(passenger);
		setTimeout(() => {
			if (this.#passengers.size === 0) this.#hangUp();
		});
	}

	/** For good. */
	close(): void {
		this.#isClosed = true;
		this.#tell({ name: 'ended', reason: 'stopped' });
	}

	/** Something got through: the next loss is a new one. */
	proven(): void {
		this.#retries = 0;
	}

	/** The `retries`-th wait: anything up to a bound that doubles, so that those who lost the same node do not come as one. */
	backoff(retries: number): number {
		const { minRetryMs, maxRetryMs } = this.#options;
		return Math.random() * Math.min(maxRetryMs, minRetryMs * 2 ** retries);
	}

	/** The network is back, or somebody looks: no waiting, and no trust in a connection that may have died meanwhile. */
	wake(): void {
		this.#current?.probe();
		if (this.#retry) void this.#connect();
	}

	/** `isLast`: a token was refused, and so is the one after it the last. */
	async #connect(isLast = false): Promise<void> {
		const attempt: Attempt = {};
		this.#attempt = attempt;
		this.#endTimers();
		if (!this.#current) this.#tell({ name: 'connecting' });
		let token: string;
		try {
			token = await this.#options.token(this.#expired);
		} catch (error) {
			if (this.#attempt === attempt) this.#retryLater(error);
			return;
		}
		if (this.#attempt !== attempt) return;
		if (token === this.#current?.token) {
			// There is no other yet: this one is used up.
			this.#attempt = undefined;
			return;
		}
		attempt.connection = connect(this.#options, token, {
			connected: () => this.#connected(attempt),
			lost: (reason) => {
				if (attempt === this.#attempt) this.#refused(token, isLast, reason);
				else if (attempt.connection === this.#current) this.#lost(token, reason);
			},
		});
	}

	#connected({ connection }: Attempt): void {
		if (!connection) return;
		const before = this.#current;
		this.#current = connection;
		this.#attempt = undefined;
		this.#expired = undefined;
		this.#refreshLater(connection.token);
		for (const passenger of [...this.#passengers]) passenger.board(connection);
		before?.close();
	}

	#refused(token: string, isLast: boolean, reason: unknown): void {
		if (!isForbidden(reason)) this.#retryLater(reason);
		else if (!isLast) this.#replace(token, true);
		else if (this.#current) this.#retryLater(reason);
		else {
			this.#attempt = undefined;
			this.#tell({ name: 'ended', reason: 'unauthenticated' });
		}
	}

	#lost(token: string, reason: unknown): void {
		this.#current = undefined;
		if (this.#attempt) this.#tell({ name: 'connecting' });
		else if (isForbidden(reason)) this.#replace(token, true);
		else this.#retryLater(reason);
	}

	#retryLater(reason: unknown): void {
		const wait = this.backoff(this.#retries++);
		this.#attempt = undefined;
		this.#endTimers();
		this.#retry = setTimeout(() => void this.#connect(), wait);
		if (!this.#current) this.#tell({ name: 'offline', retryAt: Date.now() + wait, reason });
	}

	/** Where the clocks say that it has run out long ago they are wrong, and it is used until the service refuses it. */
	#refreshLater(token: string): void {
		const left = expiryOf(token) - Date.now();
		if (!(left > 0 && left < MAX_TIMEOUT_MS)) return;
		const lead = Math.min(left / 5, MAX_REFRESH_LEAD_MS) * (1 - Math.random() / 4);
		this.#refresh = setTimeout(() => this.#replace(token), left - lead);
	}

	#replace(token: string, isLast?: boolean): void {
		this.#expired = token;
		void this.#connect(isLast);
	}

	#tell(state: State): void {
		this.#told = state;
		for (const passenger of [...this.#passengers]) passenger.wait(state);
	}

	#hangUp(): void {
		this.#endTimers();
		this.#attempt?.connection?.close();
		this.#current?.close();
		this.#attempt = undefined;
		this.#current = undefined;
		this.#retries = 0;
	}

	#endTimers(): void {
		clearTimeout(this.#retry);
		clearTimeout(this.#refresh);
		this.#retry = undefined;
	}
}

function isForbidden(reason: unknown): boolean {
	return (reason as { readonly code?: unknown } | undefined)?.code === FORBIDDEN;
}
