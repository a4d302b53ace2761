import type { Claim, Ended, Job, JobOutcome, Ledger } from '../../src/outbound/ledger.ts';

export interface Item {
	readonly id: string;
	readonly lanes: readonly string[];
	dueAt: number;
}

export interface MemoryJob extends Job {
	readonly id: string;
	readonly lanes: readonly string[];
}

/** Of every job. */
const TRIES = 100;

/** A ledger in memory: what is due is due until it is settled; everything that a worker asked for is kept. */
export class MemoryLedger implements Ledger<Item, MemoryJob> {
	readonly waiting = new Map<string, Item>();
	readonly claimed: (MemoryJob & { readonly leaseUntil: Date })[] = [];
	readonly settled: (MemoryJob & { readonly kind: JobOutcome['kind'] })[] = [];
	readonly paused = new Map<string, Date>();
	/** How often in a row a destination wanted nothing, each time that it did. */
	readonly refusals: number[] = [];
	/** How long what is to be tried again waits. */
	retryMs = 0;
	/** Each call takes one of them and rejects with it. */
	readonly faults: Error[] = [];
	readonly #listeners: (() => void)[] = [];
	/** What a claim waits for before it is answered. */
	claiming: (id: string) => Promise<void> | undefined = () => undefined;
	turnsOf: (lane: string, count: number) => readonly Date[] | undefined = () => undefined;

	add(...items: readonly { readonly id: string; readonly lanes: readonly string[] }[]): void {
		for (const item of items) this.waiting.set(item.id, { ...item, dueAt: 0 });
	}

	/** Resolves once `isSo` is, looked at after each end of a job. */
	async until(isSo: () => boolean): Promise<void> {
		while (!isSo()) await new Promise<void>((resolve) => this.#listeners.push(resolve));
	}

	async due(
		now: Date,
		limit: number,
		canGo: (lanes: readonly string[]) => boolean,
	): Promise<readonly Item[]> {
		this.#fail();
		const due = Array.from(this.waiting.values()).filter(
			({ dueAt, lanes }) => dueAt <= now.getTime() && canGo(lanes),
		);
		return due.slice(0, limit);
	}

	async nextDueAt(now: Date): Promise<Date | undefined> {
		const later = Array.from(this.waiting.values(), ({ dueAt }) => dueAt).filter((at) => at > now.getTime());
		return later.length === 0 ? undefined : new Date(Math.min(...later));
	}

	lanesFor({ lanes }: Item): readonly string[] {
		return lanes;
	}

	claim(claims: readonly Claim<Item>[]): readonly Promise<MemoryJob | undefined>[] {
		return claims.map((claim) => this.#claim(claim));
	}

	async #claim({ due: { id, lanes }, lane, leaseUntil }: Claim<Item>): Promise<MemoryJob | undefined> {
		if (!this.waiting.delete(id)) return undefined;
		const claimed = { id, lanes, lane, tries: TRIES, leaseUntil };
		this.claimed.push(claimed);
		await this.claiming(id);
		return claimed;
	}

	retryAt(tries: number, outcome: JobOutcome, now: Date): Date {
		if (tries !== TRIES) this.refusals.push(tries);
		const asked = outcome.kind === 'retry' ? outcome.retryAfterMs : undefined;
		return new Date(now.getTime() + (asked ?? this.retryMs));
	}

	async settle(job: MemoryJob, { outcome, retryAt }: Ended): Promise<void> {
		this.#fail();
		this.settled.push({ ...job, kind: outcome.kind });
		if (outcome.kind === 'retry' || outcome.kind === 'released')
			this.waiting.set(job.id, { id: job.id, lanes: job.lanes, dueAt: retryAt.getTime() });
		for (const heard of this.#listeners.splice(0)) heard();
	}

	async beat(): Promise<void> {}

	async pauses(): Promise<ReadonlyMap<string, Date>> {
		return this.paused;
	}

	async turns(lane: string, count: number): Promise<readonly Date[] | undefined> {
		return this.turnsOf(lane, count);
	}

	#fail(): void {
		const fault = this.faults.shift();
		if (fault !== undefined) throw fault;
	}
}
