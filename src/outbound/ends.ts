import { setTimeout as delay } from 'node:timers/promises';
import type { Ended, Job } from './ledger.ts';

export interface EndsOptions<Work extends Job> {
	/** Records one end in the ledger. */
	readonly record: (job: Work, ended: Ended) => Promise<void>;
	/** Called when some begin to be recorded: what is claimed within this turn of the event loop shares their transaction. */
	readonly onRecording: () => void;
	/** Called once an end is recorded, or given up. */
	readonly onRecorded: () => void;
	/** Told why one could not be recorded. */
	readonly onError: (error: unknown) => void;
}

const TOGETHER = 32;
const WITHIN_MS = 10;
const PAUSE_MS = 250;

/** Records how jobs ended, many at a time, as claims are made, and each as often as it takes. */
export class Ends<Work extends Job> {
	readonly #options: EndsOptions<Work>;
	#ended: { readonly job: Work; readonly ended: Ended }[] = [];
	#timer: NodeJS.Timeout | undefined;
	readonly #recording = new Set<Promise<void>>();
	#isClosed = false;

	constructor(options: EndsOptions<Work>) {
		this.#options = options;
	}

	/** Soon; at once where no other is to be waited for. */
	add(job: Work, ended: Ended, isLast: boolean): void {
		this.#ended.push({ job, ended });
		if (isLast || this.#ended.length >= TOGETHER) this.flush();
		else this.#timer ??= setTimeout(() => this.flush(), WITHIN_MS);
	}

	flush(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		for (const { job, ended } of this.#ended.splice(0)) {
			const recorded = this.#record(job, ended).finally(() => {
				this.#recording.delete(recorded);
				this.#options.onRecorded();
			});
			this.#recording.add(recorded);
		}
		this.#options.onRecording();
	}

	/** Answers when everything is recorded. */
	async drain(): Promise<void> {
		this.flush();
		while (this.#recording.size > 0) await Promise.all(this.#recording);
	}

	/** Tries nothing again. */
	close(): void {
		this.#isClosed = true;
	}

	/** However long the database is away: what the destination said must not be lost while this process lives. */
	async #record(job: Work, ended: Ended): Promise<void> {
		while (!this.#isClosed) {
			try {
				await this.#options.record(job, ended);
				return;
			} catch (error) {
				this.#options.onError(error);
				await delay(PAUSE_MS);
			}
		}
	}
}
