/** Times of turns that are evenly spaced: microseconds since the epoch, so that no rate drifts by rounding. */
export interface TakenTurns {
	readonly turns: readonly number[];
	/** The first that is free after them. */
	readonly next: number;
}

export interface TurnsWanted {
	readonly count: number;
	readonly perSecond: number;
	readonly now: Date;
	readonly horizonMs: number;
}

/** Nobody takes turns so far ahead: a node's clock was wrong, and the others must not wait for that time to come. */
const WRONG_CLOCK_MS = 60 * 60 * 1_000;

/**
 * A leaky bucket without bursts: from `next` on, but not before now, one turn each 1/perSecond, up to `count` and none
 * behind the horizon. The distance is rounded up, so that they are never more than the rate.
 */
export function takeTurns(next: number, { count, perSecond, now, horizonMs }: TurnsWanted): TakenTurns {
	const distance = Math.ceil(1e6 / perSecond);
	const horizon = (now.getTime() + horizonMs) * 1000;
	const isWrong = next > horizon + WRONG_CLOCK_MS * 1000;
	const first = isWrong ? now.getTime() * 1000 : Math.max(now.getTime() * 1000, next);
	const within = first > horizon ? 0 : Math.floor((horizon - first) / distance) + 1;
	const turns = Array.from({ length: Math.min(count, within) }, (_, index) => first + index * distance);
	return { turns, next: turns.length === 0 ? next : first + turns.length * distance };
}

/** Whole milliseconds, never too early. */
export function turnToDate(micros: number): Date {
	return new Date(Math.ceil(micros / 1000));
}
