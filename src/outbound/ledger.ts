import type { ProviderOutcome } from './provider.ts';

/** How a job ended: as its destination said, or without anybody having been asked. */
export type JobOutcome = ProviderOutcome | { readonly kind: 'released' };

/** Something to be carried somewhere: claimed, so that nobody else does it meanwhile. */
export interface Job {
	/** The destination's, which was chosen at the claim. */
	readonly lane: string;
	/** How often it was tried, this time included, since it was queued. */
	readonly tries: number;
}

export interface Claim<Due> {
	readonly due: Due;
	readonly lane: string;
	/** Whose job has not ended by then is taken for dead. */
	readonly leaseUntil: Date;
}

export interface Ended {
	readonly outcome: JobOutcome;
	/** When to try again, should that be what follows. */
	readonly retryAt: Date;
	/** The destination wants nothing before then, from anybody. */
	readonly pauseUntil?: Date;
	readonly startedAt: Date;
	/** Null where nobody was asked. */
	readonly durationMs: number | null;
}

/**
 * Where it is written what is to be carried, and how it fares: shared by the workers of all nodes. Its methods reject when
 * the database does not answer; everything is asked again later.
 */
export interface Ledger<Due, Work extends Job> {
	/**
	 * May be claimed at `now`, longest due first, at most `limit`. `canGo` tells whether any of these lanes, the preferred one
	 * first, has room: what nobody could take is left out, so that it does not stand before the others.
	 */
	due(now: Date, limit: number, canGo: (lanes: readonly string[]) => boolean): Promise<readonly Due[]>;
	/** When something is due after `now`; may be too early, and not too late. */
	nextDueAt(now: Date): Promise<Date | undefined>;
	/** The lanes that may take it, the preferred one first. */
	lanesFor(due: Due): readonly string[];
	/**
	 * Records that these are being carried, each with its attempt, before anybody is asked: an answer for each claim, undefined
	 * where somebody else was faster or it is not to be carried. Until it is there, `due` leaves the claim's out.
	 */
	claim(claims: readonly Claim<Due>[]): readonly Promise<Work | undefined>[];
	/** When to try again after that many tries, the last of which ended so. */
	retryAt(tries: number, outcome: JobOutcome, now: Date): Date;
	/** Records the end of a job. One that lost its lease changes as little as is safe. */
	settle(job: Work, ended: Ended): Promise<void>;
	/** What is to be done now and then: jobs whose lease is over are taken from the dead. */
	beat(now: Date): Promise<void>;
	/** Until when lanes are paused, whichever node was told so; those that are not are absent. */
	pauses(now: Date): Promise<ReadonlyMap<string, Date>>;
	/**
	 * Turns of a lane whose rate is limited over all nodes, at most `count`: times, none of which is far off. Undefined for a
	 * lane without a limit.
	 */
	turns(lane: string, count: number, now: Date): Promise<readonly Date[] | undefined>;
}
