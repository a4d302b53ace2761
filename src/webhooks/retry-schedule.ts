import { clampRetryAfter } from '../outbound/providers/retry-after.ts';

/** Of a wait, either way: receivers that were away are not told everything in the same moment. */
const JITTER = 0.1;

/**
 * How long to wait, in milliseconds, after the last of `tries` attempts; undefined where it was the last of all. `waitsMs`
 * are the waits between attempts: a receiver's `Retry-After` makes one longer, within bounds, and never shorter.
 */
export function nextWaitMs(
	waitsMs: readonly number[],
	tries: number,
	retryAfterMs?: number,
	random: () => number = Math.random,
): number | undefined {
	const wait = waitsMs[tries - 1];
	if (wait === undefined) return undefined;
	const jittered = wait * (1 - JITTER + 2 * JITTER * random());
	return Math.round(Math.max(jittered, retryAfterMs === undefined ? 0 : clampRetryAfter(retryAfterMs)));
}
