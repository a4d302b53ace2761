import type { Redis } from 'ioredis';

/** Redis' own answer; other errors are of the connection. */
export function isRefusal(reason: unknown): boolean {
	return reason instanceof Error && reason.name === 'ReplyError';
}

/** What one SUBSCRIBE names at most. */
const CHUNK = 500;

/**
 * The channels of one connection, kept over its breaks. It stands between graphql-redis-subscriptions and ioredis, in
 * the shape in which the former takes a subscriber: there, a channel that is refused and one that is given up while
 * Redis is away both end in a rejection that nobody can catch, and so does ioredis' own subscribing again.
 */
export class RedisSubscriptions {
	readonly #client: Redis;
	readonly #onRefused: (reason: unknown) => void;
	readonly #wanted = new Set<string>();
	/** Wanted, and not subscribed: the connection is new, or Redis refused. */
	readonly #missing = new Set<string>();

	constructor(client: Redis, onRefused: (reason: unknown) => void) {
		this.#client = client;
		this.#onRefused = onRefused;
		client.on('close', () => {
			for (const channel of this.#wanted) this.#missing.add(channel);
		});
	}

	/** Whether every channel is subscribed, but for those that are just being so. */
	get isComplete(): boolean {
		return this.#client.status === 'ready' && this.#missing.size === 0;
	}

	on(event: string, listener: (...values: unknown[]) => void): void {
		this.#client.on(event, listener);
	}

	/** `done` is called once Redis has acknowledged, or cannot: then it is for `subscribeMissing`. */
	subscribe(channel: string, done: () => void): void {
		this.#wanted.add(channel);
		void this.#send([channel]).then(() => done());
	}

	unsubscribe(channel: string): void {
		this.#wanted.delete(channel);
		this.#missing.delete(channel);
		if (this.#client.status !== 'ready') return;
		// Where it fails, the connection ends and the subscription with it.
		this.#client.unsubscribe(channel).catch(() => undefined);
	}

	/** There are no patterns. */
	punsubscribe(): void {}

	/** Answers whether there were any, and now none is missing. */
	async subscribeMissing(): Promise<boolean> {
		const missing = [...this.#missing];
		for (let from = 0; from < missing.length; from += CHUNK) {
			const chunk = missing.slice(from, from + CHUNK).filter((channel) => this.#wanted.has(channel));
			if (chunk.length > 0 && !(await this.#send(chunk))) return false;
		}
		return missing.length > 0 && this.isComplete;
	}

	async #send(channels: readonly string[]): Promise<boolean> {
		const isReady = this.#client.status === 'ready';
		try {
			if (isReady) await this.#client.subscribe(...channels);
			this.#note(channels, isReady);
			return isReady;
		} catch (reason) {
			this.#note(channels, false);
			if (isRefusal(reason)) this.#onRefused(reason);
			return false;
		}
	}

	#note(channels: readonly string[], isSubscribed: boolean): void {
		for (const channel of channels) {
			if (isSubscribed) this.#missing.delete(channel);
			else if (this.#wanted.has(channel)) this.#missing.add(channel);
		}
	}
}
