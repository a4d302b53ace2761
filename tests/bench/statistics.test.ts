import { describe, expect, it } from 'vitest';
import { percentile, ratio, spread } from '../../bench/support/statistics.ts';

describe('spread', () => {
	it('gives the middle one of an odd number of figures, in whatever order they come', () => {
		expect(spread([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 });
	});

	it('gives the mean of the middle two of an even number', () => {
		expect(spread([10, 2, 4, 1])).toEqual({ median: 3, min: 1, max: 10 });
	});

	it('gives no number without figures', () => {
		expect(spread([])).toEqual({ median: Number.NaN, min: Number.NaN, max: Number.NaN });
	});
});

describe('ratio', () => {
	it('compares round with round, so that a slow moment that meets both cancels out', () => {
		expect(ratio([600, 60, 660], [100, 10, 100])).toEqual({ median: 6, min: 6, max: 6.6 });
	});

	it('leaves out rounds that only one of the two has', () => {
		expect(ratio([4, 4, 400], [2, 2])).toEqual({ median: 2, min: 2, max: 2 });
	});
});

describe('percentile', () => {
	it('gives what this share of the figures does not exceed', () => {
		const figures = Array.from({ length: 100 }, (_, index) => 100 - index);
		expect([0, 0.5, 0.99].map((share) => percentile(figures, share))).toEqual([1, 51, 100]);
	});

	it('gives 0 without figures', () => {
		expect(percentile([], 0.5)).toBe(0);
	});
});
