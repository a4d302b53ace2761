import type { ConversationEvent } from '../conversations/model.ts';
import type { EndReason, Follower, Sink } from './follower.ts';
import type { Delivery, HistoryReset } from './ring.ts';

type Item = ConversationEvent | HistoryReset;

/**
 * A follower as an async iterable, for whoever pulls. It holds one event at most: what is not pulled stays in the log.
 * An end by access is its end; any other is thrown.
 */
export class EventStream implements AsyncIterableIterator<Item>, Sink {
	#slot: Item | undefined;
	#waiting: { resolve: (result: IteratorResult<Item>) => void; reject: (reason: Error) => void } | undefined;
	#ended: 'open' | 'complete' | Error = 'open';
	#follower: Follower | undefined;
	#onClose: (() => void) | undefined;

	/** `onClose` is called once, however the stream ends. */
	attach(follower: Follower, onClose: () => void): void {
		this.#follower = follower;
		// It may have ended before anybody knew it.
		if (this.#ended === 'open') this.#onClose = onClose;
		else onClose();
	}

	deliver({ event }: Delivery): void {
		if (this.#waiting) this.#settle().resolve({ value: event, done: false });
		else this.#slot = event;
	}

	writable(): boolean {
		return this.#slot === undefined;
	}

	end(reason?: EndReason): void {
		this.#ended =
			reason === undefined ? 'complete' : reason instanceof Error ? reason : new StreamEnded(reason);
		this.#close();
		if (this.#waiting === undefined) return;
		const waiting = this.#settle();
		if (this.#ended instanceof Error) waiting.reject(this.#ended);
		else waiting.resolve({ value: undefined, done: true });
	}

	async next(): Promise<IteratorResult<Item>> {
		if (this.#slot !== undefined) {
			const value = this.#slot;
			this.#slot = undefined;
			this.#follower?.pump();
			return { value, done: false };
		}
		if (this.#ended instanceof Error) throw this.#ended;
		if (this.#ended === 'complete') return { value: undefined, done: true };
		return new Promise((resolve, reject) => {
			this.#waiting = { resolve, reject };
		});
	}

	async return(): Promise<IteratorResult<Item>> {
		this.#ended = 'complete';
		this.#slot = undefined;
		this.#follower?.stop('unfollowed');
		this.#close();
		if (this.#waiting) this.#settle().resolve({ value: undefined, done: true });
		return { value: undefined, done: true };
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	#settle() {
		const waiting = this.#waiting;
		if (waiting === undefined) throw new Error('Nobody waits for this stream.');
		this.#waiting = undefined;
		return waiting;
	}

	#close(): void {
		this.#onClose?.();
		this.#onClose = undefined;
	}
}

/** The stream ended before its time; the client resumes from the last sequence that it saw. */
export class StreamEnded extends Error {
	readonly reason: 'slow' | 'stopping';

	constructor(reason: 'slow' | 'stopping') {
		super(reason === 'slow' ? 'The reader is too slow.' : 'The service is stopping.');
		this.reason = reason;
	}
}
