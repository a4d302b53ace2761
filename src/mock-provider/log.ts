import type { Callback, OutgoingMessage } from './wire.ts';

/** One request for a message, told before it is answered. */
export interface RequestEntry {
	readonly kind: 'request';
	/** RFC 3339, UTC, milliseconds. */
	readonly at: string;
	readonly message: OutgoingMessage;
	/** Of this message: 1, 2, 3 … */
	readonly attempt: number;
	/** `repeated`: accepted before under the same key, and not once more. `ignored`: nonsense, or no answer. */
	readonly outcome: 'accepted' | 'repeated' | 'refused' | 'ignored';
	/** Null where the connection is reset or nothing is ever answered. */
	readonly status: number | null;
	/** Of the acceptance. */
	readonly providerId: string | null;
}

/** A request that is not on the wire's terms, and why. */
export interface FaultEntry {
	readonly kind: 'fault';
	readonly at: string;
	readonly status: number;
	readonly error: string;
}

/** A webhook that the service answered, or that was given up. */
export interface CallbackEntry {
	readonly kind: 'callback';
	readonly at: string;
	readonly payload: Callback['payload'];
	readonly webhookId: string;
	readonly attempts: number;
	/** The last answer's; null without one. */
	readonly status: number | null;
}

export type LogEntry = RequestEntry | FaultEntry | CallbackEntry;

const MAX_ENTRIES = 5_000;

/** The newest of what happened, in its order. */
export class Log {
	readonly #entries: LogEntry[] = [];
	readonly #onEntry: (entry: LogEntry) => void;

	constructor(onEntry: (entry: LogEntry) => void = () => {}) {
		this.#onEntry = onEntry;
	}

	get entries(): readonly LogEntry[] {
		return this.#entries;
	}

	add(entry: LogEntry): void {
		this.#entries.push(entry);
		if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
		this.#onEntry(entry);
	}
}
