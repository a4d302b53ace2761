import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { nextWaitMs } from '../../src/webhooks/retry-schedule.ts';

const WAITS = [1_000, 60_000];
const [least, middle, most] = [() => 0, () => 0.5, () => 1];

test('each attempt is followed by its wait, give or take a tenth, and the last by none', () => {
	expect(nextWaitMs(WAITS, 1, undefined, middle)).toBe(1_000);
	expect(nextWaitMs(WAITS, 2, undefined, least)).toBe(54_000);
	expect(nextWaitMs(WAITS, 2, undefined, most)).toBe(66_000);
	expect(nextWaitMs(WAITS, 3, undefined, middle)).toBeUndefined();
});

test.each([
	['longer', 5_000, 5_000],
	['shorter, which hastens nothing', 10, 1_000],
	['for ever, which is an hour', Number.MAX_SAFE_INTEGER, 3_600_000],
])('a receiver may ask for patience: %s', (_, retryAfterMs, wait) => {
	expect(nextWaitMs(WAITS, 1, retryAfterMs, middle)).toBe(wait);
});

test('by default eight attempts are spread over ten hours', () => {
	const { waitsMs } = loadConfig({}).webhooks;
	const hours = waitsMs.reduce((sum, wait) => sum + wait, 0) / 3_600_000;
	expect(waitsMs).toHaveLength(7);
	expect(hours).toBeGreaterThanOrEqual(10);
	expect(hours).toBeLessThan(10.1);
});
