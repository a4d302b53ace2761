import { describe, expect, test } from 'vitest';
import { clampRetryAfter, parseRetryAfter } from '../../src/outbound/providers/retry-after.ts';

const NOW = new Date('2026-03-01T12:00:00Z');

describe('Retry-After', () => {
	test.each([
		['0', 0],
		['120', 120_000],
		[' 7 ', 7000],
		['007', 7000],
		['999999999', 999_999_999_000],
		['18446744073709551616', 2 ** 64 * 1000],
		['9'.repeat(10_000), Number.POSITIVE_INFINITY],
	])('as seconds: %s', (value, ms) => {
		expect(parseRetryAfter(value, NOW)).toBe(ms);
	});

	test.each([
		['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
		['Sunday, 01-Mar-26 12:00:30 GMT', 30_000],
		['Sun Mar  1 12:00:30 2026', 30_000],
		['Tue Mar 31 12:00:00 2026', 30 * 86_400_000],
		['Sun, 01 Mar 2026 12:59:60 GMT', 3_600_000],
		['Thu, 29 Feb 2028 12:00:00 GMT', 730 * 86_400_000],
		// Two digits up to 50 years ahead.
		['Sunday, 01-Mar-76 12:00:00 GMT', Date.UTC(2076, 2, 1, 12) - NOW.getTime()],
	])('as a date: %s', (value, ms) => {
		expect(parseRetryAfter(value, NOW)).toBe(ms);
	});

	test.each([
		[undefined],
		[''],
		['soon'],
		['-1'],
		['+1'],
		['1.5'],
		['1e3'],
		['0x10'],
		['١٢'],
		['1, 2'],
		['120 seconds'],
		['Infinity'],
		['2026-03-01T12:00:30Z'],
		['Sun, 01 Mar 2026 12:00:30'],
		['Sun, 01 Mar 2026 12:00:30 CET'],
		['Sun, 1 Mar 2026 12:00:30 GMT'],
		['sun, 01 mar 2026 12:00:30 gmt'],
		['Sun, 31 Feb 2027 12:00:30 GMT'],
		['Sun, 00 Apr 2026 12:00:30 GMT'],
		['Sun Apr    12:00:30 2026'],
		['Sun, 01 Mar 2027 24:00:00 GMT'],
		['Sun, 01 Mar 2027 12:60:00 GMT'],
		['Sun, 01 Mar 2027 12:00:61 GMT'],
		['Sun, 01 Mar 2026 12:00:00 GMT'],
		['Sun, 06 Nov 1994 08:49:37 GMT'],
		['Sunday, 06-Nov-94 08:49:37 GMT'],
		['Sun Nov  6 08:49:37 1994'],
	])('is not %s', (value) => {
		expect(parseRetryAfter(value, NOW)).toBeUndefined();
	});

	test('is not several headers', () => {
		expect(parseRetryAfter(['1', '2'], NOW)).toBeUndefined();
	});

	test('is kept between a second and an hour', () => {
		expect(
			[0, -5, 999, 1000, 5000, 3_600_000, 3_600_001, Number.POSITIVE_INFINITY].map(clampRetryAfter),
		).toEqual([1000, 1000, 1000, 1000, 5000, 3_600_000, 3_600_000, 3_600_000]);
	});
});
