/** So many seconds' worth may come at once. */
const AT_ONCE_SECONDS = 5;

/**
 * A token bucket whose whole state is one number: the moment at which it is full again, in milliseconds by whatever
 * clock its callers read (the generic cell rate algorithm, ITU-T I.371). One that is forgotten is a full one.
 */
export class Rate {
	readonly #interval: number;
	readonly #depth: number;

	constructor(perSecond: number) {
		this.#interval = 1000 / perSecond;
		this.#depth = AT_ONCE_SECONDS * 1000;
	}

	/** The state once one more is taken. */
	take(fullAt: number, now: number): number {
		return Math.max(fullAt, now) + this.#interval;
	}

	/** How long that state is to be waited for, in milliseconds; 0: it may be taken now. */
	wait(taken: number, now: number): number {
		return Math.max(0, taken - now - this.#depth);
	}
}
