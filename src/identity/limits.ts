import { LRUCache } from 'lru-cache';
import { Rate } from './rate.ts';

export interface LimitsOptions {
	/** Of one user; five seconds' worth may come at once. */
	readonly operationsPerSecond: number;
	readonly subscriptionsPerUser: number;
	/** Sockets and event streams. */
	readonly connectionsPerUser: number;
	/** Sockets and event streams of all. */
	readonly connections: number;
	/** Something was refused by a limit. */
	readonly onRefused: (
		limit: 'user_operations' | 'user_subscriptions' | 'user_connections' | 'connections',
	) => void;
}

/** Users who act within the same seconds; of more, those who acted longest ago have full buckets again. */
const MAX_BUCKETS = 20_000;
const NODE = 'node';
/** A subscription's text and variables are kept as long as it runs: it counts once for so many characters of them. */
const CHARACTERS_PER_SHARE = 4_096;

/** How often a subscription of this text with these variables counts. */
export function sharesOf(text: string, variables: object | undefined): number {
	return Math.ceil((text.length + charactersOf(variables)) / CHARACTERS_PER_SHARE);
}

/** About what its JSON has; without recursion, since a client may have nested it as deeply as it likes. */
function charactersOf(variables: object | undefined): number {
	let characters = 0;
	const open: unknown[] = [variables];
	while (open.length > 0) {
		const value = open.pop();
		characters += typeof value === 'string' ? value.length : 2;
		if (typeof value !== 'object' || value === null) continue;
		for (const [name, inner] of Object.entries(value)) {
			characters += name.length;
			open.push(inner);
		}
	}
	return characters;
}

/** What users may take of this node, over all transports. */
export class Limits {
	readonly subscriptions: Shares;
	readonly userConnections: Shares;
	readonly #connections: Shares;
	readonly #buckets = new LRUCache<string, number>({ max: MAX_BUCKETS });
	readonly #rate: Rate;
	readonly #onRefused: LimitsOptions['onRefused'];

	constructor(options: LimitsOptions) {
		const { onRefused } = options;
		this.#rate = new Rate(options.operationsPerSecond);
		this.#onRefused = onRefused;
		this.subscriptions = new Shares(options.subscriptionsPerUser, () => onRefused('user_subscriptions'));
		this.userConnections = new Shares(options.connectionsPerUser, () => onRefused('user_connections'));
		this.#connections = new Shares(options.connections, () => onRefused('connections'));
	}

	/** One operation of a user, which takes its turn by coming. */
	begin(userId: string): Turns {
		return new Turns(() => this.#takeTurn(userId));
	}

	/** Whether this node has taken one more connection. */
	takeConnection(): boolean {
		return this.#connections.take(NODE);
	}

	giveBackConnection(): void {
		this.#connections.giveBack(NODE);
	}

	/**
	 * For an event stream, which is a connection and a subscription of so many shares: how to give all back, or what
	 * there is too much of.
	 */
	takeStream(
		userId: string,
		shares: number,
	): (() => void) | 'connections' | 'user_connections' | 'user_subscriptions' {
		if (!this.takeConnection()) return 'connections';
		const isUsers = this.userConnections.take(userId);
		if (isUsers && this.subscriptions.take(userId, shares))
			return () => {
				this.giveBackConnection();
				this.userConnections.giveBack(userId);
				this.subscriptions.giveBack(userId, shares);
			};
		this.giveBackConnection();
		if (!isUsers) return 'user_connections';
		this.userConnections.giveBack(userId);
		return 'user_subscriptions';
	}

	/** Seconds to wait; 0: it is taken. */
	#takeTurn(userId: string): number {
		const now = performance.now();
		const taken = this.#rate.take(this.#buckets.get(userId) ?? 0, now);
		const wait = this.#rate.wait(taken, now);
		if (wait === 0) this.#buckets.set(userId, taken);
		else this.#onRefused('user_operations');
		return Math.ceil(wait / 1000);
	}
}

/**
 * The turns of one operation: its first it takes by coming, and one more for each further thing that it does, so that
 * many in one count as many. After one that is refused all are: what it does is not done with holes.
 */
export class Turns {
	readonly #take: () => number;
	#wait: number;
	#isFirst = true;

	constructor(take: () => number) {
		this.#take = take;
		this.#wait = take();
	}

	/** Seconds until it may go on; 0: now. */
	get wait(): number {
		return this.#wait;
	}

	/** Takes one for the next thing that the operation does; answers as `wait` does. */
	next(): number {
		if (!this.#isFirst && this.#wait === 0) this.#wait = this.#take();
		this.#isFirst = false;
		return this.#wait;
	}
}

/** What everybody may have so many of at a time. Who has none is not remembered. */
export class Shares {
	readonly #most: number;
	readonly #onRefused: () => void;
	readonly #held = new Map<string, number>();

	constructor(most: number, onRefused: () => void) {
		this.#most = most;
		this.#onRefused = onRefused;
	}

	/** Whether so many were taken. They are to be given back then, once. */
	take(holder: string, count = 1): boolean {
		const held = this.#held.get(holder) ?? 0;
		if (held + count > this.#most) {
			this.#onRefused();
			return false;
		}
		this.#held.set(holder, held + count);
		return true;
	}

	giveBack(holder: string, count = 1): void {
		const held = this.#held.get(holder) ?? 0;
		if (held > count) this.#held.set(holder, held - count);
		else this.#held.delete(holder);
	}
}
