import { Ends } from './ends.ts';
import { type Call, Lane, type LaneOptions } from './lane.ts';
import type { Claim, Job, JobOutcome, Ledger } from './ledger.ts';
import { within } from './within.ts';

export interface WorkerOptions<Work extends Job> {
	/** What a lane is made of, when it is first used. */
	readonly lane: (name: string) => Omit<LaneOptions<Work>, 'onEnd' | 'onDefect' | 'onCircuit'>;
	/** The bound of one call, which leases are made by. */
	readonly callTimeoutMs: number;
	/** How often the ledger is asked when nothing else is heard. */
	readonly beatMs: number;
	/** Jobs of all lanes that are at hand at a time. */
	readonly maxInHand: number;
	/** Told of each end, before it is recorded. */
	readonly observe?: (lane: string, outcome: JobOutcome, call: Call | undefined) => void;
	/** Told when a lane's circuit opens, by which end, and when it closes again. */
	readonly onCircuit?: (lane: string, isOpen: boolean, outcome: JobOutcome) => void;
	/** Told that a destination wants nothing until then. */
	readonly onPause?: (lane: string, until: Date) => void;
	/** Told why the ledger could not be read or written, which is tried again, or why a call rejected. */
	readonly onError: (error: unknown) => void;
}

/** What takes longer to be claimed is held by somebody else, and the others do not wait for it. */
const CLAIM_PATIENCE_MS = 250;
/** A lane that was not used yet shows no room. */
const LEAST_ASKED = 16;
/** A lane whose turns are all taken is left alone for so long, and what waits for it does not stand before the others. */
const REST_MS = 250;

interface Turn<Due> {
	readonly due: Due;
	readonly lane: string;
	/** Not to be begun before; undefined at once. */
	readonly turn: Date | undefined;
}

interface Claimed<Due> extends Claim<Due>, Turn<Due> {
	/** See `Lane`. */
	readonly startBefore: number;
}

/**
 * Carries what a ledger says is due: claims some, in batches ahead of the calls, asks their destinations, many side by
 * side, and records how each ended behind them. Any number of workers may share a ledger.
 */
export class Worker<Due, Work extends Job> {
	readonly #ledger: Ledger<Due, Work>;
	readonly #options: WorkerOptions<Work>;
	readonly #lanes = new Map<string, Lane<Work>>();
	readonly #claiming = new Set<Promise<void>>();
	readonly #ends: Ends<Work>;
	#inHand = 0;
	#pumping: Promise<void> | undefined;
	#beating: Promise<void> | undefined;
	#isPoked = false;
	#state: 'waiting' | 'running' | 'stopping' | 'stopped' = 'waiting';
	#timer: NodeJS.Timeout | undefined;
	#beatAt = 0;
	/** When the ledger was asked last what is due. */
	#lookedAt = new Date(0);

	constructor(ledger: Ledger<Due, Work>, options: WorkerOptions<Work>) {
		this.#ledger = ledger;
		this.#options = options;
		this.#ends = new Ends({
			record: (job, ended) => ledger.settle(job, ended),
			onRecording: () => this.poke(),
			onRecorded: () => {
				this.#inHand--;
				this.poke();
			},
			onError: options.onError,
		});
	}

	start(): void {
		if (this.#state !== 'waiting') return;
		this.#state = 'running';
		this.poke();
	}

	/** Something may be due. */
	poke(): void {
		if (this.#state !== 'running') return;
		this.#isPoked = true;
		this.#pumping ??= this.#pump();
	}

	/** The lanes whose circuit is open, for health and metrics. */
	openLanes(): readonly string[] {
		return Array.from(this.#lanes).flatMap(([name, lane]) => (lane.isBroken ? [name] : []));
	}

	/** The lanes whose destination wants nothing for the moment. */
	pausedLanes(): readonly string[] {
		return Array.from(this.#lanes).flatMap(([name, lane]) => (lane.isPaused ? [name] : []));
	}

	/**
	 * Claims nothing more, releases what waits at hand and waits for the calls under way, at most so long. What is left is
	 * taken from the dead once its lease is over.
	 */
	async stop(graceMs: number): Promise<void> {
		if (this.#state === 'stopping' || this.#state === 'stopped') return;
		this.#state = 'stopping';
		clearTimeout(this.#timer);
		const lanes = Array.from(this.#lanes.values(), (lane) => lane.drain());
		const drained = Promise.all([this.#pumping, this.#beating, ...lanes]).then(async () => {
			await Promise.allSettled(this.#claiming);
			await this.#ends.drain();
		});
		await within(graceMs, drained);
		this.#ends.close();
		this.#state = 'stopped';
	}

	async #pump(): Promise<void> {
		clearTimeout(this.#timer);
		let wait: number | undefined;
		try {
			while (this.#isPoked && this.#state === 'running') {
				this.#isPoked = false;
				await this.#turn();
			}
			if (this.#state === 'running') wait = await this.#untilNext();
		} catch (error) {
			this.#options.onError(error);
		}
		this.#pumping = undefined;
		if (this.#state !== 'running') return;
		// A ledger that failed is asked again at the next beat, whoever pokes.
		if (wait !== undefined && this.#isPoked) this.poke();
		else this.#timer = setTimeout(() => this.poke(), wait ?? this.#options.beatMs);
	}

	/** Claims as much as there is room for. */
	async #turn(): Promise<void> {
		const now = new Date();
		this.#lookedAt = now;
		this.#beat(now);
		for (const [name, until] of await this.#ledger.pauses(now)) this.#lane(name).pause(until);
		const limit = Math.min(this.#options.maxInHand - this.#inHand, Math.max(LEAST_ASKED, this.#room()));
		if (limit <= 0) return;
		const due = await this.#ledger.due(now, limit, (lanes) => this.#choose(lanes) !== undefined);
		const routed = this.#route(due);
		if (routed.size === 0) return;
		const turns = await this.#turns(routed, now);
		if (turns.length === 0 || this.#state !== 'running') return;
		const { callTimeoutMs } = this.#options;
		const leaseMs = 3 * callTimeoutMs + 2_000;
		const leaseUntil = new Date(Date.now() + leaseMs);
		const startBefore = performance.now() + leaseMs - callTimeoutMs - 1_000;
		const claims = turns.map((one): Claimed<Due> => ({ ...one, leaseUntil, startBefore }));
		const claiming = this.#ledger.claim(claims);
		const taken = claims.map((claim, index) => this.#take(claim, claiming[index]));
		await within(CLAIM_PATIENCE_MS, Promise.all(taken));
		// There may be more, and what could not be had may be elsewhere by now.
		if (due.length === limit) this.#isPoked = true;
	}

	/** Has a lane carry what is being claimed, once it is. */
	#take({ lane: name, turn, startBefore }: Claimed<Due>, claiming: Promise<Work | undefined> | undefined) {
		const lane = this.#lane(name);
		this.#inHand++;
		lane.expect(1);
		const take = async () => {
			let job: Work | undefined;
			try {
				job = await claiming;
			} finally {
				lane.expect(-1);
				if (job === undefined) this.#inHand--;
			}
			if (job === undefined) return;
			// Stopped meanwhile: the lanes begin nothing more.
			if (this.#state !== 'running') this.#end(job, { kind: 'released' }, undefined);
			else lane.add(job, turn, startBefore);
		};
		const taken = take().finally(() => this.#claiming.delete(taken));
		this.#claiming.add(taken);
		return taken;
	}

	/** Beside what is claimed: it may take its time, and one thing that is locked must not hold up the others. */
	#beat(now: Date): void {
		if (this.#beating !== undefined || now.getTime() < this.#beatAt) return;
		this.#beatAt = now.getTime() + this.#options.beatMs;
		this.#beating = this.#ledger
			.beat(now)
			.catch(this.#options.onError)
			.finally(() => {
				this.#beating = undefined;
				this.poke();
			});
	}

	/** For each lane what it has room for, of what is due. */
	#route(due: readonly Due[]): ReadonlyMap<string, readonly Due[]> {
		const routed = new Map<string, Due[]>();
		for (const one of due) {
			const name = this.#choose(this.#ledger.lanesFor(one), (lane) => routed.get(lane)?.length ?? 0);
			if (name === undefined) continue;
			const taken = routed.get(name);
			if (taken === undefined) routed.set(name, [one]);
			else taken.push(one);
		}
		return routed;
	}

	/** The first whose circuit lets anybody through, if it has room: a lane that is full or paused is waited for. */
	#choose(lanes: readonly string[], taken: (name: string) => number = () => 0): string | undefined {
		for (const name of lanes) {
			const lane = this.#lane(name);
			if (lane.room > taken(name)) return name;
			if (!lane.isBroken) return undefined;
		}
		return undefined;
	}

	#room(): number {
		const rooms = Array.from(this.#lanes.values(), (lane) => lane.room);
		return rooms.length === 0
			? this.#options.maxInHand
			: rooms.reduce((sum, room) => sum + Math.max(0, room), 0);
	}

	/** Only what gets a turn, where a lane's rate is limited. */
	async #turns(routed: ReadonlyMap<string, readonly Due[]>, now: Date): Promise<readonly Turn<Due>[]> {
		const all: Turn<Due>[] = [];
		for (const [lane, wanted] of routed) {
			const turns = await this.#ledger.turns(lane, wanted.length, now);
			if (turns !== undefined && turns.length < wanted.length) this.#lane(lane).rest(REST_MS);
			for (const [index, due] of wanted.entries()) {
				const turn = turns?.[index];
				if (turns === undefined || turn !== undefined) all.push({ due, lane, turn });
			}
		}
		return all;
	}

	/** Milliseconds until something may be due, or a lane is to be had again. */
	async #untilNext(): Promise<number> {
		const now = Date.now();
		const nextDue = await this.#ledger.nextDueAt(this.#lookedAt);
		const lanes = Array.from(this.#lanes.values(), (lane) => lane.availableAt);
		const times = [nextDue?.getTime(), ...lanes].filter((at) => at !== undefined);
		return Math.min(this.#options.beatMs, ...times.map((at) => Math.max(1, at - now)));
	}

	#lane(name: string): Lane<Work> {
		let lane = this.#lanes.get(name);
		if (lane === undefined) {
			lane = new Lane({
				...this.#options.lane(name),
				onDefect: (error) => this.#options.onError(error),
				onCircuit: (isOpen, outcome) => this.#options.onCircuit?.(name, isOpen, outcome),
				onEnd: (job, outcome, call) => this.#end(job, outcome, call),
			});
			this.#lanes.set(name, lane);
		}
		return lane;
	}

	#end(job: Work, outcome: JobOutcome, call: Call | undefined): void {
		const now = new Date();
		const startedAt = call?.startedAt ?? now;
		const pauses = outcome.kind === 'retry' && outcome.pausesProvider === true;
		const pauseUntil = pauses ? this.#pause(job.lane, outcome, startedAt, now) : now;
		const retryAt = this.#ledger.retryAt(job.tries, outcome, now);
		const ended = {
			outcome,
			retryAt: retryAt > pauseUntil ? retryAt : pauseUntil,
			...(pauses && { pauseUntil }),
			startedAt,
			durationMs: call?.durationMs ?? null,
		};
		this.#options.observe?.(job.lane, outcome, call);
		this.#ends.add(job, ended, !this.#isCarrying());
	}

	/**
	 * As long as the destination asks for, else longer each time in a row: not by the tries of one job, which may be one that
	 * it never takes.
	 */
	#pause(name: string, outcome: JobOutcome, startedAt: Date, now: Date): Date {
		const lane = this.#lane(name);
		const until = this.#ledger.retryAt(lane.refused(startedAt), outcome, now);
		lane.pause(until);
		this.#options.onPause?.(name, until);
		return until;
	}

	#isCarrying(): boolean {
		return Array.from(this.#lanes.values()).some((lane) => lane.isCarrying);
	}
}
