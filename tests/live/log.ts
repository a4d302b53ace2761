import type { ConversationEvent } from '../../src/conversations/model.ts';
import type { SeenConversation } from '../../src/conversations/store.ts';
import type { Bus, WakeUp } from '../../src/live/bus.ts';
import type { EndReason, Sink } from '../../src/live/follower.ts';
import type { Delivery } from '../../src/live/ring.ts';
import { eventAt, membershipOf } from '../support/events.ts';
import { range } from '../support/live.ts';

export const CONVERSATION = 'conversation';

/** A log that tests write and hold up. */
export class FakeLog {
	events: ConversationEvent[] = [];
	epochName = 'first';
	/** Users who are not members of any conversation; all others are. */
	readonly strangers = new Set<string>();
	/** How often events were read. */
	reads = 0;
	/** How often it was asked who is a member. */
	memberReads = 0;
	#gate: Promise<void> | undefined;
	#memberGate: Promise<void> | undefined;
	#afterAnswer = () => {};
	#failures = 0;
	#memberFailures = 0;

	constructor(length = 0) {
		this.grow(length);
	}

	get head(): number {
		return this.events.at(-1)?.sequence ?? 0;
	}

	/** Appends so many events; answers with them. */
	grow(count: number): ConversationEvent[] {
		const added = range(this.head + 1, this.head + count).map((sequence) => eventAt(CONVERSATION, sequence));
		this.events.push(...added);
		return added;
	}

	/** Holds the answer to every read until it is called; what is answered is the log as it was when it was asked. */
	hold(): () => void {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#gate = promise;
		return () => {
			this.#gate = undefined;
			resolve();
		};
	}

	/** Runs right after the next head or epoch was read. */
	onceRead(work: () => void): void {
		this.#afterAnswer = () => {
			this.#afterAnswer = () => {};
			work();
		};
	}

	failNext(times: number): void {
		this.#failures = times;
	}

	/** Holds the answer to who is a member, as `hold` does with the others. */
	holdMembers(): () => void {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#memberGate = promise;
		return resolve;
	}

	failNextMembers(times: number): void {
		this.#memberFailures = times;
	}

	async eventsAfter(_id: string, after: number, limit: number): Promise<readonly ConversationEvent[]> {
		this.reads++;
		const page = this.events.filter(({ sequence }) => sequence > after).slice(0, limit);
		await this.#gate;
		this.#fail();
		return page;
	}

	async heads(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
		const { head } = this;
		await this.#gate;
		this.#fail();
		this.#afterAnswer();
		return new Map(ids.map((id) => [id, head]));
	}

	async conversations(ids: readonly string[], userId: string): Promise<readonly SeenConversation[]> {
		this.memberReads++;
		const isMember = !this.strangers.has(userId);
		await this.#memberGate;
		if (this.#memberFailures-- > 0) throw new Error('The members cannot be read.');
		return ids.map((id) => ({
			conversation: eventAt(id, this.head).conversation,
			membership: isMember ? membershipOf(id, userId) : undefined,
		}));
	}

	async epoch(): Promise<string> {
		const { epochName } = this;
		this.#afterAnswer();
		return epochName;
	}

	#fail(): void {
		if (this.#failures === 0) return;
		this.#failures--;
		throw new Error('The log cannot be read.');
	}
}

/** A bus that delivers when it is told to, or not at all. */
export class FakeBus implements Bus {
	readonly #handlers = new Set<(wakeUp: WakeUp) => void>();
	readonly #listeners: (() => void)[] = [];

	get subscribers(): number {
		return this.#handlers.size;
	}

	publish(): void {}

	async subscribe(_id: string, handler: (wakeUp: WakeUp) => void): Promise<() => void> {
		this.#handlers.add(handler);
		return () => this.#handlers.delete(handler);
	}

	onInterruption(listener: () => void): void {
		this.#listeners.push(listener);
	}

	async close(): Promise<void> {}

	deliver(wakeUp: WakeUp): void {
		for (const handler of this.#handlers) handler(wakeUp);
	}

	interrupt(): void {
		for (const listener of this.#listeners) listener();
	}
}

/** A sink that keeps what it gets, and has room as long as it is told to have. */
export class KeepingSink implements Sink {
	readonly delivered: Delivery['event'][] = [];
	ended: { readonly reason: EndReason | undefined } | undefined;
	/** How many it takes. */
	room = Number.POSITIVE_INFINITY;
	readonly #waiting: { readonly ready: () => boolean; readonly resolve: () => void }[] = [];

	deliver({ event }: Delivery): void {
		this.delivered.push(event);
		this.room--;
		this.#look();
	}

	writable(): boolean {
		return this.room > 0;
	}

	end(reason?: EndReason): void {
		if (this.ended !== undefined) throw new Error('Ended twice.');
		this.ended = { reason };
		this.#look();
	}

	get sequences(): number[] {
		return this.delivered.map(({ sequence }) => sequence);
	}

	reaches(sequence: number): Promise<void> {
		return this.#until(() => this.delivered.at(-1)?.sequence === sequence);
	}

	isEnded(): Promise<void> {
		return this.#until(() => this.ended !== undefined);
	}

	async #until(ready: () => boolean): Promise<void> {
		if (!ready()) await new Promise<void>((resolve) => this.#waiting.push({ ready, resolve }));
	}

	#look(): void {
		for (const { ready, resolve } of this.#waiting) if (ready()) resolve();
	}
}
