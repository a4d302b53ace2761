interface Waiting<Item> {
	readonly item: Item;
	readonly resolve: () => void;
	readonly reject: (error: unknown) => void;
}

/** Runs items together that come while others are run: what a transaction costs is mostly its commit. */
export class Batches<Item> {
	readonly #run: (items: readonly Item[]) => Promise<void>;
	#waiting: Waiting<Item>[] = [];
	#isRunning = false;

	constructor(run: (items: readonly Item[]) => Promise<void>) {
		this.#run = run;
	}

	/** Answers when the item's batch was run, and rejects as it does. */
	add(item: Item): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#waiting.push({ item, resolve, reject });
			if (!this.#isRunning) void this.#drain();
		});
	}

	async #drain(): Promise<void> {
		this.#isRunning = true;
		while (this.#waiting.length > 0) {
			const batch = this.#waiting.splice(0);
			try {
				await this.#run(batch.map(({ item }) => item));
				for (const { resolve } of batch) resolve();
			} catch (error) {
				for (const { reject } of batch) reject(error);
			}
		}
		this.#isRunning = false;
	}
}
