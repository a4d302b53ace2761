import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Backoff, waitBeforeRetry } from '../../src/outbound/backoff.ts';

const BACKOFF: Backoff = { baseMs: 1_000, maxMs: 600_000 };
const HOUR_MS = 3_600_000;
const refused = { kind: 'retry', error: 'busy', isProviderFault: false } as const;

afterEach(() => vi.restoreAllMocks());

/** The longest wait of a try, but for the last bit of chance. */
function longest(tries: number, backoff = BACKOFF): number {
	vi.spyOn(Math, 'random').mockReturnValue(1 - Number.EPSILON);
	return waitBeforeRetry(refused, tries, backoff);
}

describe('the wait before the next attempt', () => {
	test('doubles up to the longest', () => {
		expect([1, 2, 3, 4, 10, 11, 1_000, 5_000].map((tries) => longest(tries))).toEqual([
			1_000, 2_000, 4_000, 8_000, 512_000, 600_000, 600_000, 600_000,
		]);
	});

	test('is anything down to nothing: those who failed together do not come back together', () => {
		vi.spyOn(Math, 'random').mockReturnValueOnce(0).mockReturnValueOnce(0.25);
		expect(waitBeforeRetry(refused, 3, BACKOFF)).toBe(0);
		expect(waitBeforeRetry(refused, 3, BACKOFF)).toBe(1_000);
	});

	test.each([
		[0, 1_000],
		[7_000, 7_000],
		[HOUR_MS, HOUR_MS],
		[HOUR_MS + 1, HOUR_MS],
		[Number.POSITIVE_INFINITY, HOUR_MS],
	])('is what the destination asks for, %d ms, within bounds', (retryAfterMs, ms) => {
		for (const tries of [1, 50])
			expect(waitBeforeRetry({ ...refused, retryAfterMs }, tries, BACKOFF)).toBe(ms);
	});

	test('is none for what was not tried', () => {
		expect(waitBeforeRetry({ kind: 'released' }, 5, BACKOFF)).toBe(0);
	});
});
