import type { JobOutcome } from './ledger.ts';
import { clampRetryAfter } from './providers/retry-after.ts';

export interface Backoff {
	readonly baseMs: number;
	readonly maxMs: number;
}

/**
 * How long to wait before the next attempt, in milliseconds: what the destination asks for, within bounds, else
 * anything up to base * 2^(tries - 1), capped ("full jitter": those who failed together do not come back together).
 */
export function waitBeforeRetry(outcome: JobOutcome, tries: number, { baseMs, maxMs }: Backoff): number {
	if (outcome.kind === 'released') return 0;
	if (outcome.kind === 'retry' && outcome.retryAfterMs !== undefined)
		return clampRetryAfter(outcome.retryAfterMs);
	return Math.round(Math.random() * Math.min(maxMs, baseMs * 2 ** (tries - 1)));
}
