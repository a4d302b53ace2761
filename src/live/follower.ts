import { setImmediate } from 'node:timers/promises';
import { seesNotes } from '../conversations/access.ts';
import type { ConversationEvent } from '../conversations/model.ts';
import { isStaff, type User } from '../identity/viewer.ts';
import type { Feed } from './feed.ts';
import { type Delivery, delivery, type HistoryReset } from './ring.ts';

/** Where a follower's events go. */
export interface Sink {
	/** A promise holds back the next one. */
	deliver(delivery: Delivery): void | Promise<void>;
	/** Whether it takes more now. While it does not, nothing is queued: the log keeps its place. */
	writable(): boolean;
	/** Called once, last. `undefined`: the access ended in the log, the stream is complete. */
	end(reason?: EndReason): void;
}

export type EndReason = 'slow' | 'stopping' | Error;

const PAGE = 100;
const NO_PAGE: readonly ConversationEvent[] = [];

let lastTurn: Promise<void> = Promise.resolve();

/** One page in each turn of the event loop, for all followers together: an embedded database answers within the turn. */
function turnToRead(): Promise<void> {
	lastTurn = lastTurn.then(() => setImmediate());
	return lastTurn;
}

/**
 * One who follows a conversation: a place in its log, and nothing queued. It walks the log in order, from the ring
 * where that holds the next event, else from the database, and decides access by the membership events it walks past.
 */
export class Follower {
	readonly user: User;
	readonly #feed: Feed;
	readonly #sink: Sink;
	/** The head when access was checked: only a departure above it ends this follower. */
	#accessFrom: number;
	#sequence: number;
	#page: readonly ConversationEvent[] = NO_PAGE;
	#resetDue: HistoryReset['reason'] | undefined;
	#walking = false;
	/** Until a reset's access is decided. */
	#isHeld = false;
	#resets = 0;
	#ended = false;
	/** Since when the sink takes nothing, by performance.now(). */
	#stalledSince: number | undefined;

	constructor(
		feed: Feed,
		user: User,
		sink: Sink,
		place: { readonly accessFrom: number; readonly after: number },
	) {
		this.#feed = feed;
		this.user = user;
		this.#sink = sink;
		this.#accessFrom = place.accessFrom;
		this.#sequence = place.after;
	}

	/** Whether its next event is in memory: otherwise it begins by reading the log. */
	get isNear(): boolean {
		return this.#sequence >= this.#feed.head || this.#feed.recent(this.#sequence + 1) !== undefined;
	}

	/** Delivers what is due. Called whenever the log has grown or the sink takes more again. Never throws. */
	pump(): void {
		if (this.#walking || this.#isHeld || this.#ended) return;
		try {
			while (this.#due() && this.#hasRoom()) {
				const done = this.#next();
				if (this.#ended || this.#isHeld) return;
				if (done !== undefined) {
					this.#resumeAfter(done);
					return;
				}
			}
			if (!this.#due()) this.#stalledSince = undefined;
		} catch (error) {
			this.stop(asError(error));
		}
	}

	/**
	 * Begins again at the log's head, telling why, once the log says that this user may follow it still: it may be
	 * another log, or the departure may be among what is skipped.
	 */
	reset(reason: HistoryReset['reason'], head: number): void {
		if (this.#ended) return;
		this.#resets++;
		const reset = this.#resets;
		this.#sequence = head;
		this.#accessFrom = head;
		this.#page = NO_PAGE;
		const begin = () => {
			if (this.#ended || this.#resets !== reset) return;
			this.#resetDue = reason;
			this.#isHeld = false;
			this.pump();
		};
		if (isStaff(this.user)) {
			begin();
			return;
		}
		this.#isHeld = true;
		this.#feed.admits(this.user).then(
			(admitted) => {
				if (admitted) begin();
				else if (this.#resets === reset) this.#complete();
			},
			(error: unknown) => this.stop(asError(error)),
		);
	}

	/** Stops; the sink hears of it unless it asked for it. */
	stop(reason: EndReason | 'unfollowed'): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#feed.drop(this);
		if (reason !== 'unfollowed') this.#sink.end(reason);
	}

	/** Looks again at a sink that took nothing; one that does so for too long is ended. Answers whether to look again. */
	checkStalled(now: number, maxStalledMs: number): boolean {
		if (this.#ended || this.#stalledSince === undefined) return false;
		if (this.#sink.writable()) this.pump();
		else if (now - this.#stalledSince > maxStalledMs) this.stop('slow');
		return !this.#ended && this.#stalledSince !== undefined;
	}

	#due(): boolean {
		return this.#resetDue !== undefined || this.#sequence < this.#feed.head;
	}

	#next(): void | Promise<void> {
		if (this.#resetDue !== undefined) return this.#tellReset(this.#resetDue);
		const sequence = this.#sequence + 1;
		const recent = this.#feed.recent(sequence);
		if (recent !== undefined) {
			this.#page = NO_PAGE;
			return this.#step(recent);
		}
		const read = this.#page[sequence - (this.#page[0]?.sequence ?? sequence)];
		return read?.sequence === sequence ? this.#step(delivery(read)) : this.#readPage();
	}

	#tellReset(reason: HistoryReset['reason']): void | Promise<void> {
		this.#resetDue = undefined;
		const { conversationId } = this.#feed;
		const at = {
			conversationId,
			sequence: this.#sequence,
			resumeFrom: this.#sequence,
			occurredAt: new Date(),
		};
		return this.#sink.deliver(delivery({ type: 'HistoryReset', reason, actorId: null, ...at }));
	}

	#hasRoom(): boolean {
		if (this.#sink.writable()) {
			this.#stalledSince = undefined;
			return true;
		}
		if (this.#stalledSince === undefined) {
			this.#stalledSince = performance.now();
			this.#feed.noteStalled(this);
		}
		return false;
	}

	#step(next: Delivery): void | Promise<void> {
		const event = next.event as ConversationEvent;
		this.#sequence = event.sequence;
		if (event.internal && !seesNotes(this.user)) return;
		const done = this.#sink.deliver(next);
		if (event.sequence > this.#accessFrom) this.#feed.noteDelivered(next);
		if (!this.#endsAccess(event)) return done;
		if (done === undefined) {
			this.#complete();
			return;
		}
		return done.then(() => this.#complete());
	}

	/** Its own departure, above the head at which access was checked. Staff see all, members or not. */
	#endsAccess(event: ConversationEvent): boolean {
		return (
			event.type === 'MemberLeft' &&
			event.memberId === this.user.id &&
			event.sequence > this.#accessFrom &&
			!isStaff(this.user)
		);
	}

	#complete(): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#feed.drop(this);
		this.#sink.end();
	}

	/** The next page of the log, where the ring has forgotten it. */
	async #readPage(): Promise<void> {
		const after = this.#sequence;
		const isOver = () => this.#ended || this.#sequence !== after;
		await turnToRead();
		if (isOver()) return;
		const page = await this.#feed.read(after, PAGE);
		if (isOver()) return;
		if (page[0]?.sequence === after + 1) this.#page = page;
		else this.reset('PURGED', this.#feed.head);
	}

	#resumeAfter(done: Promise<void>): void {
		this.#walking = true;
		done.then(
			() => {
				this.#walking = false;
				this.pump();
			},
			(error: unknown) => {
				this.#walking = false;
				this.stop(asError(error));
			},
		);
	}
}

function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
