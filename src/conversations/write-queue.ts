import type { Waiting } from './batch.ts';
import type { Command } from './command.ts';
import { ServiceBusyError } from './errors.ts';
import { GroupCommit, type GroupCommitOptions, type WriteStore } from './group-commit.ts';
import { HeldConversations, type HeldLimits } from './held-conversations.ts';

export interface WriteQueueOptions extends GroupCommitOptions {
	readonly maxQueued: number;
	readonly maxBatch: number;
	readonly held?: Partial<HeldLimits>;
}

const HELD: HeldLimits = { atOnce: 3, lockedMs: 3_000, unknownMs: 6_000 };

/**
 * Group commit. While one transaction is being committed further commands wait; the next transaction takes all that
 * wait, up to the batch's bound. A command alone waits for nothing but the turn of the event loop in which it came.
 * A conversation that somebody else holds, or of which a commit's end is not known, goes its own way until it is free
 * or known, and the others go on.
 */
export class WriteQueue {
	readonly #options: WriteQueueOptions;
	readonly #commits: GroupCommit;
	readonly #held: HeldConversations;
	#waiting: Waiting[] = [];
	#storing = 0;
	#running = false;
	#closed = false;
	readonly #closing: (() => void)[] = [];

	constructor(store: WriteStore, options: WriteQueueOptions) {
		const { maxBatch, held } = options;
		this.#options = options;
		this.#commits = new GroupCommit(store, options);
		this.#held = new HeldConversations(this.#commits, {
			maxBatch,
			...HELD,
			...held,
			onIdle: () => this.#endIfIdle(),
		});
	}

	/**
	 * Answers after the commit that stored the command's changes.
	 * @throws what `decide` throws; UnknownCommit when a commit was lost and its end never found out; ServiceBusyError when
	 * the queue is full, closing, the database is away, or somebody else holds the conversation for long.
	 */
	run<Result>(command: Command<Result>): Promise<Result> {
		if (this.#closed || this.load.waiting >= this.#options.maxQueued)
			return Promise.reject(new ServiceBusyError());
		return new Promise<Result>((resolve, reject) => {
			const waiting = { command, resolve: resolve as (result: never) => void, reject };
			if (this.#held.has(command.conversationId)) return this.#held.add([waiting]);
			this.#waiting.push(waiting);
			if (this.#running) return;
			this.#running = true;
			// Not at once: a synchronous driver would commit before the other requests of this turn are read.
			setImmediate(() => void this.#drain());
		});
	}

	/** Commands that wait for a transaction, and those whose transaction is under way. */
	get load(): { readonly waiting: number; readonly storing: number } {
		const { waiting, storing } = this.#held.load;
		return { waiting: this.#waiting.length + waiting, storing: this.#storing + storing };
	}

	/** Takes no more commands; answers when all that were taken are done. */
	async close(): Promise<void> {
		this.#closed = true;
		await new Promise<void>((resolve) => {
			this.#closing.push(resolve);
			this.#endIfIdle();
		});
	}

	async #drain(): Promise<void> {
		while (this.#waiting.length > 0) {
			const batch = this.#waiting.splice(0, this.#options.maxBatch);
			this.#storing = batch.length;
			this.#setAside(await this.#commits.commit(batch));
			// Lets a synchronous driver's callers be heard between two commits.
			if (this.#waiting.length > 0) await new Promise<void>((resolve) => setImmediate(resolve));
		}
		this.#storing = 0;
		this.#running = false;
		this.#endIfIdle();
	}

	/** With what waits behind them. Which of the conversations is held is not known: each is tried by itself. */
	#setAside(open: readonly Waiting[]): void {
		if (open.length === 0) return;
		const ids = new Set(open.map(({ command }) => command.conversationId));
		const isBehind = ({ command }: Waiting) => ids.has(command.conversationId);
		this.#held.add([...open, ...this.#waiting.filter(isBehind)]);
		this.#waiting = this.#waiting.filter((waiting) => !isBehind(waiting));
	}

	#endIfIdle(): void {
		if (this.#running || !this.#held.isEmpty) return;
		for (const resolve of this.#closing.splice(0)) resolve();
	}
}
