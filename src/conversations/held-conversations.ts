import type { Waiting } from './batch.ts';
import type { GroupCommit } from './group-commit.ts';
import { StoreLocked } from './store.ts';

export interface HeldOptions {
	readonly maxBatch: number;
	/** How long a command is tried before it is refused as busy. */
	readonly heldMs: number;
	/** Called whenever nothing is left. */
	readonly onIdle: () => void;
}

/** Each takes a connection for as long as it waits for a lock, and others need some too. */
const AT_ONCE = 3;
const PAUSE_MS = { least: 25, spread: 75 };

interface HeldConversation {
	readonly id: string;
	/** In their order, with the time at which they are refused. */
	commands: { readonly waiting: Waiting; readonly deadline: number }[];
}

/**
 * Conversations that somebody else holds, or may hold: each is committed by itself, beside the queue, until nothing of
 * it is left. Its commands keep their order: what comes meanwhile waits behind what is there.
 */
export class HeldConversations {
	readonly #commits: GroupCommit;
	readonly #options: HeldOptions;
	readonly #held = new Map<string, HeldConversation>();
	/** Those whose turn it is once there is a place. */
	readonly #turns: HeldConversation[] = [];
	#places = AT_ONCE;
	#waiting = 0;
	#storing = 0;

	constructor(commits: GroupCommit, options: HeldOptions) {
		this.#commits = commits;
		this.#options = options;
	}

	has(conversationId: string): boolean {
		return this.#held.has(conversationId);
	}

	get isEmpty(): boolean {
		return this.#held.size === 0;
	}

	get load(): { readonly waiting: number; readonly storing: number } {
		return { waiting: this.#waiting, storing: this.#storing };
	}

	/** Takes commands over, with their conversations; what is there of these comes before. */
	add(commands: readonly Waiting[]): void {
		const deadline = performance.now() + this.#options.heldMs;
		for (const waiting of commands)
			this.#open(waiting.command.conversationId).commands.push({ waiting, deadline });
		this.#waiting += commands.length;
		this.#next();
	}

	#open(id: string): HeldConversation {
		let held = this.#held.get(id);
		if (held === undefined) {
			held = { id, commands: [] };
			this.#held.set(id, held);
			this.#turns.push(held);
		}
		return held;
	}

	#next(): void {
		while (this.#places > 0) {
			const held = this.#turns.shift();
			if (held === undefined) return;
			this.#places--;
			void this.#serve(held);
		}
	}

	async #serve(held: HeldConversation): Promise<void> {
		this.#refuseLate(held);
		const batch = held.commands.splice(0, this.#options.maxBatch);
		this.#waiting -= batch.length;
		this.#storing += batch.length;
		const locked = new Set(await this.#commits.commit(batch.map(({ waiting }) => waiting)));
		const left = batch.filter(({ waiting }) => locked.has(waiting));
		this.#storing -= batch.length;
		this.#waiting += left.length;
		held.commands.unshift(...left);
		this.#places++;
		this.#goOn(held, left.length > 0);
		this.#next();
	}

	#refuseLate({ id, commands }: HeldConversation): void {
		const now = performance.now();
		const inTime = commands.findIndex(({ deadline }) => deadline > now);
		const late = commands.splice(0, inTime === -1 ? commands.length : inTime);
		this.#waiting -= late.length;
		this.#commits.refuse(
			late.map(({ waiting }) => waiting),
			new StoreLocked(`The conversation ${id} stayed locked by others.`),
		);
	}

	#goOn(held: HeldConversation, isLocked: boolean): void {
		if (held.commands.length === 0) {
			this.#held.delete(held.id);
			if (this.isEmpty) this.#options.onIdle();
		} else if (isLocked) {
			setTimeout(
				() => {
					this.#turns.push(held);
					this.#next();
				},
				PAUSE_MS.least + Math.random() * PAUSE_MS.spread,
			);
		} else this.#turns.push(held);
	}
}
