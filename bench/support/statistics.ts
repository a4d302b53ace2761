/** The middle of some figures, and how far they spread. */
export interface Spread {
	readonly median: number;
	readonly min: number;
	readonly max: number;
}

/** NaN throughout when there is no figure. */
export function spread(figures: readonly number[]): Spread {
	const sorted = [...figures].sort((a, b) => a - b);
	const at = (index: number): number => sorted[index] ?? Number.NaN;
	const middle = sorted.length >> 1;
	const median = sorted.length % 2 === 0 ? (at(middle - 1) + at(middle)) / 2 : at(middle);
	return { median, min: at(0), max: at(sorted.length - 1) };
}

/** What each round's figure is of the other's in the same round, then the spread of that. */
export function ratio(figures: readonly number[], base: readonly number[]): Spread {
	const rounds = Math.min(figures.length, base.length);
	return spread(Array.from({ length: rounds }, (_, round) => (figures[round] ?? 0) / (base[round] ?? 0)));
}

/** What this share of the figures does not exceed; 0 without any. */
export function percentile(figures: readonly number[], share: number): number {
	const sorted = Float64Array.from(figures).sort();
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
