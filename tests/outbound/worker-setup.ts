import { afterEach } from 'vitest';
import type { JobOutcome } from '../../src/outbound/ledger.ts';
import { Worker, type WorkerOptions } from '../../src/outbound/worker.ts';
import type { Item, MemoryJob, MemoryLedger } from './memory-ledger.ts';

export const ACCEPTED: JobOutcome = { kind: 'accepted', providerMessageId: null };
export const FAULT: JobOutcome = { kind: 'unknown', error: 'it timed out', isProviderFault: true };
export const BUSY: JobOutcome = { kind: 'retry', error: 'busy', isProviderFault: false };
/** Nothing from anybody for the moment. */
export const LATER: JobOutcome = {
	kind: 'retry',
	error: 'slow down',
	isProviderFault: false,
	pausesProvider: true,
};

const workers: Worker<Item, MemoryJob>[] = [];

/** Stops the workers of each test behind it. */
export function stopWorkers(): void {
	afterEach(async () => {
		await Promise.all(workers.splice(0).map((worker) => worker.stop(0)));
	});
}

export interface Setup {
	readonly send: (job: MemoryJob) => Promise<JobOutcome>;
	readonly maxInFlight?: number;
	readonly halfOpenAfterMs?: number;
	readonly options?: Partial<WorkerOptions<MemoryJob>>;
}

export function startWorker(
	ledger: MemoryLedger,
	{ send, maxInFlight = 2, halfOpenAfterMs = 60_000, options }: Setup,
) {
	const worker = new Worker(ledger, {
		lane: () => ({ maxInFlight, faultsToOpen: 3, halfOpenAfterMs, send }),
		callTimeoutMs: 10_000,
		// What these tests show must not need a beat.
		beatMs: 600_000,
		maxInHand: 100,
		onError: () => {},
		...options,
	});
	workers.push(worker);
	worker.start();
	return worker;
}

export function items(count: number, ...lanes: readonly string[]) {
	return Array.from({ length: count }, (_, index) => ({ id: `${lanes[0]}-${index + 1}`, lanes }));
}

/** Calls that end when they are told to. */
export function openCalls() {
	const open = new Map<string, (outcome: JobOutcome) => void>();
	const begun: string[] = [];
	const waiting: (() => void)[] = [];
	return {
		open,
		begun,
		send: ({ id }: MemoryJob) =>
			new Promise<JobOutcome>((resolve) => {
				begun.push(id);
				open.set(id, (outcome) => {
					open.delete(id);
					resolve(outcome);
				});
				for (const heard of waiting.splice(0)) heard();
			}),
		until: async (count: number) => {
			while (begun.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
		},
	};
}
