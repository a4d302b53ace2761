import { accessTo } from '../conversations/access.ts';
import type { ConversationEvent } from '../conversations/model.ts';
import type { SeenConversation } from '../conversations/store.ts';
import type { User } from '../identity/viewer.ts';
import type { ActivitySignal, Bus, WakeUp } from './bus.ts';
import type { Follower } from './follower.ts';
import { type Delivery, type HistoryReset, Ring } from './ring.ts';

export interface FeedLog {
	eventsAfter(conversationId: string, after: number, limit: number): Promise<readonly ConversationEvent[]>;
	heads(conversationIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
	conversations(ids: readonly string[], userId: string): Promise<readonly SeenConversation[]>;
}

export interface FeedOptions {
	readonly ringEvents: number;
	readonly ringBytes: number;
	/** An event reached its first live follower. */
	readonly onDelivered: (delivery: Delivery) => void;
	readonly onIdle: (feed: Feed) => void;
	readonly onStalled: (follower: Follower) => void;
	readonly onSignal: (conversationId: string, signal: ActivitySignal) => void;
	readonly onError: (error: unknown) => void;
}

const PAGE = 200;
/** Followers that are served in one turn of the event loop. */
const SLICE = 32;

/**
 * A followed conversation on this node: its newest events and those who follow. It hears of new events by wake-ups,
 * drops what it has, and reads from the log what it misses; the log alone is believed.
 */
export class Feed {
	readonly conversationId: string;
	/** Settles when the bus has acknowledged and the log's head is known. */
	readonly started: Promise<void>;
	readonly #log: FeedLog;
	readonly #options: FeedOptions;
	readonly #ring: Ring;
	readonly #followers = new Set<Follower>();
	/** Where the walk over the followers is. */
	#walk = this.#followers.values();
	/** How many of them are still to be pumped since the log last grew. */
	#unpumped = 0;
	#unsubscribe: () => void = () => {};
	#pins = 0;
	#isStarted = false;
	#catchingUp: Promise<void> | undefined;
	/** The log is known, or feared, to have grown since it was last read. */
	#behind = false;

	constructor(conversationId: string, log: FeedLog, bus: Bus, options: FeedOptions) {
		this.conversationId = conversationId;
		this.#log = log;
		this.#options = options;
		this.#ring = new Ring(options.ringEvents, options.ringBytes, 0);
		this.started = this.#start(bus);
	}

	/** The newest sequence that it has. */
	get head(): number {
		return this.#ring.head;
	}

	/** How many follow. */
	get size(): number {
		return this.#followers.size;
	}

	/** Nobody follows, and nobody is about to. */
	get isIdle(): boolean {
		return this.#followers.size === 0 && this.#pins === 0;
	}

	/** Keeps the feed while somebody is about to follow; the answer lets go. */
	pin(): () => void {
		this.#pins++;
		return () => {
			this.#pins--;
			if (this.isIdle) this.#options.onIdle(this);
		};
	}

	/** An event that is still in memory. */
	recent(sequence: number): Delivery | undefined {
		return this.#ring.get(sequence);
	}

	read(after: number, limit: number): Promise<readonly ConversationEvent[]> {
		return this.#log.eventsAfter(this.conversationId, after, limit);
	}

	add(follower: Follower): void {
		this.#followers.add(follower);
		// It comes in behind the walk's place, in front of some who are still to be reached.
		if (this.#unpumped > 0) this.#unpumped++;
	}

	drop(follower: Follower): void {
		if (this.#followers.delete(follower) && this.isIdle) this.#options.onIdle(this);
	}

	/** Whether the log, as it is now, lets this user follow. @throws when it cannot be read. */
	async admits(user: User): Promise<boolean> {
		const { conversationId } = this;
		const [seen] = await this.#log.conversations([conversationId], user.id);
		return seen !== undefined && accessTo(user, seen.conversation, seen.membership) === 'full';
	}

	noteDelivered(delivery: Delivery): void {
		if (delivery.isMeasured) return;
		delivery.isMeasured = true;
		this.#options.onDelivered(delivery);
	}

	noteStalled(follower: Follower): void {
		this.#options.onStalled(follower);
	}

	/** Compares itself with the log's head; `known` is what it had when the head was asked for. */
	check(head: number, known: number): void {
		// The head with which it starts may be older than this one.
		if (!this.#isStarted) this.#behind = true;
		// Otherwise it was replaced since.
		else if (head < known && known <= this.head) this.replace(head);
		else if (head > this.head) this.#catchUp();
	}

	/** The log is another one: its followers begin again. */
	replace(head: number, reason: HistoryReset['reason'] = 'REPLACED'): void {
		this.#ring.reset(head);
		for (const follower of this.#followers) follower.reset(reason, head);
	}

	stop(): void {
		this.#unsubscribe();
		for (const follower of [...this.#followers]) follower.stop('stopping');
	}

	async #start(bus: Bus): Promise<void> {
		this.#unsubscribe = await bus.subscribe(this.conversationId, (wakeUp) => this.#hear(wakeUp));
		const heads = await this.#log.heads([this.conversationId]);
		this.#ring.reset(heads.get(this.conversationId) ?? 0);
		this.#isStarted = true;
		if (this.#behind) this.#catchUp();
	}

	#hear(wakeUp: WakeUp): void {
		if (wakeUp.kind === 'activity') this.#options.onSignal(this.conversationId, wakeUp.signal);
		else if (!this.#isStarted || this.#catchingUp !== undefined) this.#behind = true;
		else if (wakeUp.kind === 'events') this.#take(wakeUp.events, wakeUp.committedAt);
		else if (wakeUp.sequence > this.head) this.#catchUp();
	}

	/** Appends what follows the head; what comes before it is known, what comes later shows a gap. */
	#take(events: readonly ConversationEvent[], committedAt?: number): void {
		const before = this.head;
		let gap = false;
		for (const event of events) {
			if (event.sequence === this.head + 1) this.#ring.push(event, committedAt);
			else if (event.sequence > this.head) gap = true;
		}
		if (this.head > before) this.#pumpAll();
		if (gap) this.#catchUp();
	}

	/**
	 * Everyone once, round and round from where the last walk ended, in slices: many followers hold up nobody else, nor
	 * all their frames memory at once. What comes meanwhile goes along with the rest of the walk, so that under load a
	 * follower takes several events at a time. Each has its own place in the log: one that is pumped late, or twice,
	 * misses and doubles nothing.
	 */
	#pumpAll(): void {
		const isWalking = this.#unpumped > 0;
		this.#unpumped = this.#followers.size;
		if (!isWalking) this.#pumpSlice();
	}

	#pumpSlice(): void {
		for (let pumped = 0; pumped < SLICE && this.#unpumped > 0; pumped++) {
			this.#unpumped--;
			this.#nextFollower()?.pump();
		}
		if (this.#unpumped > 0) setImmediate(() => this.#pumpSlice());
	}

	#nextFollower(): Follower | undefined {
		const next = this.#walk.next();
		if (!next.done) return next.value;
		this.#walk = this.#followers.values();
		return this.#walk.next().value;
	}

	#catchUp(): void {
		this.#behind = true;
		this.#catchingUp ??= this.#readLog()
			.catch((error: unknown) => this.#options.onError(error))
			.finally(() => {
				this.#catchingUp = undefined;
			});
	}

	/** Reads on until the log has no more. A failure leaves it behind, for the next beat to mend. */
	async #readLog(): Promise<void> {
		while (this.#behind) {
			this.#behind = false;
			for (;;) {
				const after = this.head;
				const page = await this.read(after, PAGE);
				// It was replaced meanwhile: that is of the log before.
				if (this.head !== after) continue;
				const [first] = page;
				// A hole in the log itself: its older part is gone.
				if (first !== undefined && first.sequence > this.head + 1) this.replace(first.sequence - 1, 'PURGED');
				this.#take(page);
				if (page.length < PAGE) break;
			}
		}
	}
}
