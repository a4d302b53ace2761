import type { User } from '../identity/viewer.ts';
import type { ActivitySignal, Bus } from './bus.ts';
import { StreamEnded } from './event-stream.ts';
import { Feed, type FeedLog } from './feed.ts';
import { Follower, type Sink } from './follower.ts';
import type { Delivery } from './ring.ts';

export interface FeedsOptions {
	readonly ringEvents: number;
	readonly ringBytes: number;
	readonly onDelivered: (delivery: Delivery) => void;
	/** The slow beat at which every feed compares itself with the log. */
	readonly checkIntervalMs: number;
	/** How long a feed is kept after its last follower. */
	readonly idleMs: number;
	readonly slowReaderMaxMs: number;
	readonly onSignal: (conversationId: string, signal: ActivitySignal) => void;
	readonly onError: (error: unknown) => void;
}

const HEADS_PER_QUERY = 500;
const STALLED_CHECK_MS = 50;

/** The feeds of this node: begun by the first follower, dropped some time after the last, compared with the log at a slow beat. */
export class Feeds {
	epoch = '';
	readonly #log: FeedLog & { epoch(): Promise<string> };
	readonly #bus: Bus;
	readonly #options: FeedsOptions;
	readonly #feeds = new Map<string, Feed>();
	readonly #idle = new Map<Feed, NodeJS.Timeout>();
	readonly #stalled = new Set<Follower>();
	#beat: NodeJS.Timeout | undefined;
	#stalledTimer: NodeJS.Timeout | undefined;
	#stopped = false;

	constructor(log: FeedLog & { epoch(): Promise<string> }, bus: Bus, options: FeedsOptions) {
		this.#log = log;
		this.#bus = bus;
		this.#options = options;
	}

	async start(): Promise<void> {
		this.epoch = await this.#log.epoch();
		this.#bus.onInterruption(() => void this.#check());
		this.#scheduleBeat();
	}

	/**
	 * One who follows from a place in the log. Nothing is delivered before `pump`. A place that was found in an earlier
	 * `epoch` is of another log: the follower begins again.
	 * @throws when the bus or the log cannot be reached.
	 */
	async follow(
		conversationId: string,
		user: User,
		sink: Sink,
		place: { readonly accessFrom: number; readonly after: number; readonly epoch?: string },
	): Promise<Follower> {
		const feed = this.#feeds.get(conversationId) ?? this.#begin(conversationId);
		clearTimeout(this.#idle.get(feed));
		const unpin = feed.pin();
		try {
			await feed.started;
			if (this.#stopped) throw new StreamEnded('stopping');
			const follower = new Follower(feed, user, sink, place);
			feed.add(follower);
			if (place.epoch !== undefined && place.epoch !== this.epoch) follower.reset('REPLACED', feed.head);
			return follower;
		} finally {
			unpin();
		}
	}

	/** The followed conversations of this node, and those who follow. */
	get load(): { readonly feeds: number; readonly followers: number } {
		let followers = 0;
		for (const feed of this.#feeds.values()) followers += feed.size;
		return { feeds: this.#feeds.size, followers };
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#beat);
		clearInterval(this.#stalledTimer);
		for (const timer of this.#idle.values()) clearTimeout(timer);
		for (const feed of this.#feeds.values()) feed.stop();
		this.#feeds.clear();
	}

	#begin(conversationId: string): Feed {
		const feed = new Feed(conversationId, this.#log, this.#bus, {
			...this.#options,
			onIdle: (idle) => this.#scheduleDrop(idle),
			onStalled: (follower) => this.#watchStalled(follower),
		});
		this.#feeds.set(conversationId, feed);
		feed.started.catch(() => {
			this.#feeds.delete(conversationId);
			feed.stop();
		});
		return feed;
	}

	#scheduleDrop(feed: Feed): void {
		if (!feed.isIdle || this.#stopped) return;
		clearTimeout(this.#idle.get(feed));
		const timer = setTimeout(() => {
			this.#idle.delete(feed);
			if (!feed.isIdle || this.#feeds.get(feed.conversationId) !== feed) return;
			this.#feeds.delete(feed.conversationId);
			feed.stop();
		}, this.#options.idleMs);
		this.#idle.set(feed, timer.unref());
	}

	/** Jittered, so that the nodes of a service do not ask in step. */
	#scheduleBeat(): void {
		if (this.#stopped) return;
		const delay = this.#options.checkIntervalMs * (0.75 + Math.random() / 2);
		this.#beat = setTimeout(() => void this.#check().finally(() => this.#scheduleBeat()), delay).unref();
	}

	async #check(): Promise<void> {
		try {
			const asked = [...this.#feeds.values()].map((feed) => ({ feed, known: feed.head }));
			const heads = await this.#headsOf(asked.map(({ feed }) => feed));
			// Asked after the heads, so that a shorter log of another epoch is not told twice.
			if (await this.#takeNewEpoch()) return;
			for (const { feed, known } of asked) feed.check(heads.get(feed.conversationId) ?? 0, known);
		} catch (error) {
			this.#options.onError(error);
		}
	}

	/** Whether the log is another one; then all feeds are told. */
	async #takeNewEpoch(): Promise<boolean> {
		const epoch = await this.#log.epoch();
		if (epoch === this.epoch) return false;
		// Read first, then told: a failure in between leaves the old epoch, for the next beat to try again.
		const feeds = [...this.#feeds.values()];
		const heads = await this.#headsOf(feeds);
		// Another look was faster.
		if (epoch === this.epoch) return true;
		this.epoch = epoch;
		// One that began meanwhile read its head from this log, and may have let in who came from the one before.
		for (const feed of this.#feeds.values())
			feed.replace(feeds.includes(feed) ? (heads.get(feed.conversationId) ?? 0) : feed.head);
		return true;
	}

	async #headsOf(feeds: readonly Feed[]): Promise<ReadonlyMap<string, number>> {
		const heads = new Map<string, number>();
		for (let from = 0; from < feeds.length; from += HEADS_PER_QUERY) {
			const ids = feeds.slice(from, from + HEADS_PER_QUERY).map((feed) => feed.conversationId);
			for (const [id, head] of await this.#log.heads(ids)) heads.set(id, head);
		}
		return heads;
	}

	/** A sink says when it takes no more, not when it does again: while there are such, they are looked at. */
	#watchStalled(follower: Follower): void {
		this.#stalled.add(follower);
		this.#stalledTimer ??= setInterval(() => {
			const now = performance.now();
			for (const stalled of this.#stalled)
				if (!stalled.checkStalled(now, this.#options.slowReaderMaxMs)) this.#stalled.delete(stalled);
			if (this.#stalled.size > 0) return;
			clearInterval(this.#stalledTimer);
			this.#stalledTimer = undefined;
		}, STALLED_CHECK_MS).unref();
	}
}
