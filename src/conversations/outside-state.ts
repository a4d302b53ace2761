import type { OptOut, Thread } from './outside.ts';
import type { Changes, Receipt } from './store.ts';

/** What was read for a batch of what its conversations share. */
export interface OutsideFound {
	readonly threads: readonly Thread[];
	readonly receipts: ReadonlySet<string>;
	readonly optOuts: ReadonlySet<string>;
}

/**
 * What the commands of one batch share beyond their conversations, because it belongs to addresses: threads, opt-outs,
 * and what was received. Each command sees the changes of those before it.
 */
export class OutsideState {
	readonly #threads: Map<string, Thread>;
	readonly #receipts: Set<string>;
	readonly #optOuts: Set<string>;
	readonly #newThreads: Thread[] = [];
	readonly #newReceipts: Receipt[] = [];
	/** By key; undefined ends one. */
	readonly #changedOptOuts = new Map<string, OptOut | undefined>();
	/** Those that the database has. */
	readonly #storedOptOuts: ReadonlySet<string>;

	constructor({ threads, receipts, optOuts }: OutsideFound) {
		this.#threads = new Map(threads.map((thread) => [thread.pairKey, thread]));
		this.#receipts = new Set(receipts);
		this.#optOuts = new Set(optOuts);
		this.#storedOptOuts = optOuts;
	}

	/** The newest generation of a pair. */
	thread(pairKey: string): Thread | undefined {
		return this.#threads.get(pairKey);
	}

	addThread(thread: Thread): void {
		this.#threads.set(thread.pairKey, thread);
		this.#newThreads.push(thread);
	}

	isReceived(key: string): boolean {
		return this.#receipts.has(key);
	}

	addReceipt(receipt: Receipt): void {
		this.#receipts.add(receipt.key);
		this.#newReceipts.push(receipt);
	}

	isOptedOut(key: string): boolean {
		return this.#optOuts.has(key);
	}

	optOut(optOut: OptOut): void {
		if (this.#optOuts.has(optOut.key)) return;
		this.#optOuts.add(optOut.key);
		this.#changedOptOuts.set(optOut.key, optOut);
	}

	endOptOut(key: string): void {
		if (!this.#optOuts.delete(key)) return;
		this.#changedOptOuts.set(key, undefined);
	}

	get hasChanges(): boolean {
		return this.#newThreads.length > 0 || this.#newReceipts.length > 0 || this.#changedOptOuts.size > 0;
	}

	changes(): Pick<Changes, 'newThreads' | 'newReceipts' | 'newOptOuts' | 'endedOptOuts'> {
		const changed = Array.from(this.#changedOptOuts);
		return {
			newThreads: this.#newThreads,
			newReceipts: this.#newReceipts,
			newOptOuts: changed.flatMap(([key, optOut]) =>
				optOut === undefined || this.#storedOptOuts.has(key) ? [] : [optOut],
			),
			endedOptOuts: changed.flatMap(([key, optOut]) =>
				optOut === undefined && this.#storedOptOuts.has(key) ? [key] : [],
			),
		};
	}
}
