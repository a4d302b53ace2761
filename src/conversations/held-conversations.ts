import type { Waiting } from './batch.ts';
import type { GroupCommit } from './group-commit.ts';
import { StoreLocked, UnknownCommit } from './store.ts';

export interface HeldLimits {
	/** Each takes a connection for as long as it waits for a lock, and others need some too. */
	readonly atOnce: number;
	/** How long a command is tried before it is refused as busy: somebody else holds its conversation. */
	readonly lockedMs: number;
	/** The same where whether it was stored cannot be found out, and it is answered so. */
	readonly unknownMs: number;
}

export interface HeldOptions extends HeldLimits {
	readonly maxBatch: number;
	/** Called whenever nothing is left. */
	readonly onIdle: () => void;
}

type Commits = Pick<GroupCommit, 'commit' | 'refuse'>;

const PAUSE_MS = { least: 25, spread: 75 };

interface HeldConversation {
	readonly id: string;
	/** In their order, with the times at which they came. */
	commands: { readonly waiting: Waiting; readonly since: number }[];
	/** Since when nothing of it could be committed: the end of its first try. */
	stuckSince?: number | undefined;
}

/**
 * Conversations that somebody else holds, or may hold, and those with a commit whose end is not known: each is committed
 * by itself, beside the queue, until nothing of it is left. Its commands keep their order: what comes meanwhile waits
 * behind what is there.
 */
export class HeldConversations {
	readonly #commits: Commits;
	readonly #options: HeldOptions;
	readonly #held = new Map<string, HeldConversation>();
	/** Those whose turn it is once there is a place: before any has a second one, all have their first. */
	readonly #firstTurns: HeldConversation[] = [];
	readonly #turns: HeldConversation[] = [];
	#places: number;
	#waiting = 0;
	#storing = 0;

	constructor(commits: Commits, options: HeldOptions) {
		this.#commits = commits;
		this.#options = options;
		this.#places = options.atOnce;
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
		const since = performance.now();
		for (const waiting of commands)
			this.#open(waiting.command.conversationId).commands.push({ waiting, since });
		this.#waiting += commands.length;
		this.#next();
	}

	#open(id: string): HeldConversation {
		let held = this.#held.get(id);
		if (held === undefined) {
			held = { id, commands: [] };
			this.#held.set(id, held);
			this.#firstTurns.push(held);
		}
		return held;
	}

	#next(): void {
		while (this.#places > 0) {
			const held = this.#firstTurns.shift() ?? this.#turns.shift();
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
		const open = new Set(await this.#commits.commit(batch.map(({ waiting }) => waiting)));
		const left = batch.filter(({ waiting }) => open.has(waiting));
		this.#storing -= batch.length;
		this.#waiting += left.length;
		held.commands.unshift(...left);
		const isStuck = left.length > 0;
		held.stuckSince = isStuck ? (held.stuckSince ?? performance.now()) : undefined;
		this.#places++;
		this.#goOn(held, isStuck);
		this.#next();
	}

	/** Only what has been tried, or came behind that, can be late. */
	#refuseLate(held: HeldConversation): void {
		const { id, stuckSince } = held;
		if (stuckSince === undefined) return;
		const { lockedMs, unknownMs } = this.#options;
		const now = performance.now();
		const late: Waiting[] = [];
		held.commands = held.commands.filter(({ waiting, since }) => {
			const limit = isUnknown(waiting) ? unknownMs : lockedMs;
			const isLate = now - Math.max(since, stuckSince) > limit;
			if (isLate) late.push(waiting);
			return !isLate;
		});
		this.#waiting -= late.length;
		const [unknown, locked] = [late.filter(isUnknown), late.filter((waiting) => !isUnknown(waiting))];
		this.#commits.refuse(unknown, new UnknownCommit(`What was stored in ${id} could not be found out.`));
		this.#commits.refuse(locked, new StoreLocked(`The conversation ${id} stayed locked by others.`));
	}

	#goOn(held: HeldConversation, isStuck: boolean): void {
		if (held.commands.length === 0) {
			this.#held.delete(held.id);
			if (this.isEmpty) this.#options.onIdle();
		} else if (isStuck) {
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

function isUnknown(waiting: Waiting): boolean {
	return waiting.isUnknown === true;
}
