import {
	CircuitState,
	ConsecutiveBreaker,
	circuitBreaker,
	handleWhenResult,
	isBrokenCircuitError,
} from 'cockatiel';
import type { Job, JobOutcome } from './ledger.ts';

export interface LaneOptions<Work extends Job> {
	/** Calls at a time. */
	readonly maxInFlight: number;
	/** So many faults of the destination in a row open the circuit, */
	readonly faultsToOpen: number;
	/** which one call tries again after so long. */
	readonly halfOpenAfterMs: number;
	/** Asks the destination. Where it rejects, which is a defect, nobody knows what it did. */
	readonly send: (job: Work) => Promise<JobOutcome>;
	/** Told why. */
	readonly onDefect: (error: unknown) => void;
	/** Told by which end of a call the circuit opened, or closed again. */
	readonly onCircuit: (isOpen: boolean, outcome: JobOutcome) => void;
	/** Told how a job ended, exactly once. */
	readonly onEnd: (job: Work, outcome: JobOutcome, call: Call | undefined) => void;
}

/** Undefined in its place: nobody was asked. */
export interface Call {
	readonly startedAt: Date;
	readonly durationMs: number;
}

interface Queued<Work> {
	readonly job: Work;
	/** Not before this time. */
	readonly turn: Date | undefined;
	/** Nor after this one, by `performance.now()`: its lease would run out while it is carried. */
	readonly startBefore: number;
}

/**
 * The way to one destination: bounded calls at a time, a circuit breaker, and pauses that the destination asks for. As many
 * jobs more wait at hand, so that a place that falls free is taken at once; where the way is barred, they are released.
 */
export class Lane<Work extends Job> {
	readonly #options: LaneOptions<Work>;
	readonly #breaker;
	#openedAt = 0;
	#isToldBroken = false;
	#pausedUntil = 0;
	#restsUntil = 0;
	#refusals = 0;
	#refusedAt = 0;
	#queue: Queued<Work>[] = [];
	#inFlight = 0;
	#expected = 0;
	#timer: NodeJS.Timeout | undefined;
	readonly #idle: (() => void)[] = [];

	constructor(options: LaneOptions<Work>) {
		this.#options = options;
		this.#breaker = circuitBreaker(handleWhenResult(isFault), {
			breaker: new ConsecutiveBreaker(options.faultsToOpen),
			halfOpenAfter: options.halfOpenAfterMs,
		});
		this.#breaker.onBreak(() => {
			this.#openedAt = Date.now();
			this.#releaseQueue();
		});
	}

	/** How many more jobs it takes: none before there is room for many, since those that are claimed together cost little. */
	get room(): number {
		if (this.isPaused || this.#restsUntil > Date.now()) return 0;
		const inHand = this.#queue.length + this.#inFlight + this.#expected;
		if (this.isBroken) {
			const mayProbe = Date.now() - this.#openedAt >= this.#options.halfOpenAfterMs && inHand === 0;
			return mayProbe ? 1 : 0;
		}
		const { maxInFlight } = this.#options;
		const room = 2 * maxInFlight - inHand;
		return room >= maxInFlight / 2 ? room : 0;
	}

	/** Nobody is asked for the moment, as the destination wants it. */
	get isPaused(): boolean {
		return this.#pausedUntil > Date.now();
	}

	/** Whether a call is under way. */
	get isCarrying(): boolean {
		return this.#inFlight > 0;
	}

	/** The circuit is open, or being tried: others may take over. */
	get isBroken(): boolean {
		return this.#breaker.state !== CircuitState.Closed;
	}

	/** When it may take jobs again that takes none; undefined where that depends on nothing but its jobs. */
	get availableAt(): number | undefined {
		const halfOpenAt = this.isBroken ? this.#openedAt + this.#options.halfOpenAfterMs : 0;
		const at = Math.max(this.#pausedUntil, this.#restsUntil, halfOpenAt);
		return at > Date.now() ? at : undefined;
	}

	/** So many more jobs are being claimed, or fewer: they have their room. */
	expect(more: number): void {
		this.#expected += more;
	}

	/** Carries a job as soon as there is a place, in the order in which they are added; releases it during a pause. */
	add(job: Work, turn: Date | undefined, startBefore: number): void {
		if (this.isPaused) this.#release(job);
		else this.#queue.push({ job, turn, startBefore });
		this.#next();
	}

	/** Nobody is asked before then; what waits at hand is released. */
	pause(until: Date): void {
		if (until.getTime() <= this.#pausedUntil) return;
		this.#pausedUntil = until.getTime();
		if (this.isPaused) this.#releaseQueue();
	}

	/** It wanted nothing, at a call begun then. Answers how often in a row: calls side by side tell it once. */
	refused(startedAt: Date): number {
		if (startedAt.getTime() > this.#refusedAt) {
			this.#refusals++;
			this.#refusedAt = Date.now();
		}
		return Math.max(1, this.#refusals);
	}

	/** Takes nothing more for so long, and carries what it has. */
	rest(milliseconds: number): void {
		this.#restsUntil = Date.now() + milliseconds;
	}

	/** Begins nothing more; answers when what is under way has ended. */
	async drain(): Promise<void> {
		this.#releaseQueue();
		if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
	}

	#next(): void {
		while (this.#inFlight < this.#options.maxInFlight) {
			const [head] = this.#queue;
			if (head === undefined) return;
			const wait = head.turn === undefined ? 0 : head.turn.getTime() - Date.now();
			if (wait > 0) {
				this.#timer ??= setTimeout(() => {
					this.#timer = undefined;
					this.#next();
				}, wait);
				return;
			}
			this.#queue.shift();
			if (performance.now() > head.startBefore) this.#release(head.job);
			else void this.#carry(head.job);
		}
	}

	async #carry(job: Work): Promise<void> {
		this.#inFlight++;
		const startedAt = new Date();
		const start = performance.now();
		let outcome: JobOutcome = { kind: 'released' };
		let call: Call | undefined;
		try {
			outcome = await this.#breaker.execute(() => this.#send(job));
			call = { startedAt, durationMs: Math.round(performance.now() - start) };
		} catch (error) {
			if (!isBrokenCircuitError(error)) throw error;
		} finally {
			this.#inFlight--;
		}
		if (outcome.kind === 'accepted' || outcome.kind === 'rejected') this.#refusals = 0;
		this.#tellCircuit(outcome);
		this.#options.onEnd(job, outcome, call);
		if (this.#inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve();
		this.#next();
	}

	/** A call that tries an open circuit and fails is no news. */
	#tellCircuit(outcome: JobOutcome): void {
		if (this.isBroken === this.#isToldBroken) return;
		this.#isToldBroken = this.isBroken;
		this.#options.onCircuit(this.isBroken, outcome);
	}

	async #send(job: Work): Promise<JobOutcome> {
		try {
			return await this.#options.send(job);
		} catch (error) {
			this.#options.onDefect(error);
			return { kind: 'unknown', error: 'The call failed within the service.', isProviderFault: false };
		}
	}

	#releaseQueue(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		for (const { job } of this.#queue.splice(0)) this.#release(job);
	}

	#release(job: Work): void {
		this.#options.onEnd(job, { kind: 'released' }, undefined);
	}
}

/** Of the destination itself, and not of what was to be carried. */
function isFault(outcome: unknown): boolean {
	return (
		typeof outcome === 'object' &&
		outcome !== null &&
		'isProviderFault' in outcome &&
		outcome.isProviderFault === true
	);
}
