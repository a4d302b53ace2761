import type { WakeUp } from '../live/bus.ts';
import { encode } from './wire.ts';

/** Why a wake-up was not published: Redis is away, it does not keep up, or it refused or lost it. */
export type DropReason = 'away' | 'full' | 'failed';

export interface OutboxOptions {
	/** Resolves when Redis has taken the message. */
	readonly send: (conversationId: string, texts: readonly string[]) => Promise<void>;
	readonly isUp: () => boolean;
	readonly maxEventBytes: number;
	/** What may wait, here or for Redis' answer. */
	readonly maxWakeUps: number;
	readonly maxBytes: number;
	readonly onPublished: (wakeUps: number) => void;
	readonly onDropped: (reason: DropReason, wakeUps: number) => void;
}

/** A message above it is followed by another one: none holds up the others on Redis' connections for long. */
const MESSAGE_BYTES = 262_144;

/**
 * Wake-ups on their way to Redis: after the turn of the event loop that publishes them, one message a conversation.
 * Bounded: what is too much is dropped, which costs the other nodes time only.
 */
export class Outbox {
	readonly #options: OutboxOptions;
	#pending = new Map<string, WakeUp[]>();
	#wakeUps = 0;
	#bytes = 0;
	#whenEmpty: (() => void) | undefined;

	constructor(options: OutboxOptions) {
		this.#options = options;
	}

	put(conversationId: string, wakeUp: WakeUp): void {
		const { isUp, maxWakeUps, onDropped } = this.#options;
		const isAway = !isUp();
		// Thousands who come at once leave room for events.
		const room = wakeUp.kind === 'activity' ? maxWakeUps / 2 : maxWakeUps;
		if (isAway || this.#wakeUps >= room) {
			onDropped(isAway ? 'away' : 'full', 1);
			return;
		}
		this.#wakeUps++;
		if (this.#pending.size === 0) setImmediate(() => this.#flush());
		const waiting = this.#pending.get(conversationId);
		if (waiting === undefined) this.#pending.set(conversationId, [wakeUp]);
		else waiting.push(wakeUp);
	}

	/** Resolves when nothing waits any more. */
	async drained(): Promise<void> {
		if (this.#wakeUps === 0) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#whenEmpty = resolve;
		await promise;
	}

	#flush(): void {
		const pending = this.#pending;
		this.#pending = new Map();
		for (const [conversationId, wakeUps] of pending) {
			let texts: string[] = [];
			let bytes = 0;
			let carried = 0;
			const send = () => {
				if (carried > 0) this.#send(conversationId, texts, bytes, carried);
				[texts, bytes, carried] = [[], 0, 0];
			};
			for (const wakeUp of wakeUps) {
				for (const text of encode(wakeUp, this.#options.maxEventBytes)) {
					texts.push(text);
					bytes += Buffer.byteLength(text);
				}
				carried++;
				if (bytes > MESSAGE_BYTES) send();
			}
			send();
		}
	}

	#send(conversationId: string, texts: readonly string[], bytes: number, wakeUps: number): void {
		const { send, maxBytes, onPublished, onDropped } = this.#options;
		if (this.#bytes + bytes > maxBytes) {
			this.#leave(wakeUps, 0);
			onDropped('full', wakeUps);
			return;
		}
		this.#bytes += bytes;
		send(conversationId, texts).then(
			() => {
				this.#leave(wakeUps, bytes);
				onPublished(wakeUps);
			},
			() => {
				this.#leave(wakeUps, bytes);
				onDropped('failed', wakeUps);
			},
		);
	}

	#leave(wakeUps: number, bytes: number): void {
		this.#wakeUps -= wakeUps;
		this.#bytes -= bytes;
		if (this.#wakeUps > 0) return;
		this.#whenEmpty?.();
		this.#whenEmpty = undefined;
	}
}
