import { describe, expect, it } from 'vitest';
import { type MemoryJob, MemoryLedger } from './memory-ledger.ts';
import { ACCEPTED, items, openCalls, startWorker, stopWorkers } from './worker-setup.ts';

stopWorkers();

/** Claims that are answered when they are told to. */
function holdClaims(ledger: MemoryLedger) {
	const held = new Map<string, (error?: Error) => void>();
	const waiting: (() => void)[] = [];
	let isHolding = true;
	ledger.claiming = (id) => {
		if (!isHolding) return undefined;
		return new Promise((resolve, reject) => {
			held.set(id, (error) => (error === undefined ? resolve() : reject(error)));
			for (const heard of waiting.splice(0)) heard();
		});
	};
	return {
		until: async (id: string) => {
			while (!held.has(id)) await new Promise<void>((resolve) => waiting.push(resolve));
		},
		letGo: (...ids: readonly string[]) => {
			for (const id of ids) held.get(id)?.();
		},
		fail: (id: string, error: Error) => held.get(id)?.(error),
		letAllGo: () => {
			isHolding = false;
			for (const go of held.values()) go();
		},
	};
}

describe('while a worker waits for what it claims', () => {
	it('a pause that its destination asks for holds for that too', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(6, 'webhook'));
		const claims = holdClaims(ledger);
		const calls = openCalls();
		startWorker(ledger, { ...calls, maxInFlight: 2 });
		await claims.until('webhook-4');
		claims.letGo('webhook-1', 'webhook-2', 'webhook-3', 'webhook-4');
		await calls.until(2);
		calls.open.get('webhook-1')?.(ACCEPTED);
		await claims.until('webhook-5');
		calls.open.get('webhook-2')?.({
			kind: 'retry',
			error: 'slow down',
			isProviderFault: false,
			pausesProvider: true,
			retryAfterMs: 600_000,
		});
		await ledger.until(() => ledger.settled.some(({ id }) => id === 'webhook-4'));
		claims.letAllGo();
		await ledger.until(() => ledger.settled.some(({ id }) => id === 'webhook-5'));
		expect(ledger.settled.find(({ id }) => id === 'webhook-5')?.kind).toBe('released');
		expect(calls.begun).toEqual(['webhook-1', 'webhook-2', 'webhook-3']);
	});

	it('a stop waits for it, releases it, and nothing more begins', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(3, 'webhook'));
		const claims = holdClaims(ledger);
		const calls = openCalls();
		const worker = startWorker(ledger, calls);
		await claims.until('webhook-3');
		const stopped = worker.stop(600_000);
		claims.letAllGo();
		await stopped;
		expect(ledger.settled.map(({ kind }) => kind)).toEqual(['released', 'released', 'released']);
		expect(calls.begun).toEqual([]);
		worker.start();
		expect(ledger.claimed).toHaveLength(3);
	});

	it('its lease has not begun', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(1, 'webhook'));
		const due = ledger.due.bind(ledger);
		let askedUntil = 0;
		ledger.due = async (...asked) => {
			const found = await due(...asked);
			const before = Date.now();
			while (Date.now() < before + 5) await new Promise((resolve) => setTimeout(resolve, 1));
			askedUntil = Date.now();
			return found;
		};
		startWorker(ledger, { send: async () => ACCEPTED, options: { callTimeoutMs: 10_000 } });
		await ledger.until(() => ledger.settled.length === 1);
		// Three calls, and two seconds.
		expect(ledger.claimed[0]?.leaseUntil.getTime()).toBeGreaterThanOrEqual(askedUntil + 32_000);
	});
});

describe('a worker goes on', () => {
	it('with what becomes due while it looks for what is due', async () => {
		const ledger = new MemoryLedger();
		const dueAt = Date.now() + 50;
		ledger.waiting.set('webhook-1', { id: 'webhook-1', lanes: ['webhook'], dueAt });
		// Whose end would be another look.
		ledger.beat = () => new Promise(() => {});
		const due = ledger.due.bind(ledger);
		ledger.due = async (...asked) => {
			const found = await due(...asked);
			while (Date.now() <= dueAt) await new Promise((resolve) => setTimeout(resolve, 1));
			return found;
		};
		startWorker(ledger, { send: async () => ACCEPTED });
		await ledger.until(() => ledger.settled.length === 1);
	});

	it('while somebody else holds something that is due, and keeps its place for that', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(20, 'webhook'));
		const claims = holdClaims(ledger);
		const calls = openCalls();
		startWorker(ledger, { ...calls, maxInFlight: 2 });
		await claims.until('webhook-4');
		claims.letGo('webhook-2', 'webhook-3', 'webhook-4');
		ledger.claiming = () => undefined;
		await calls.until(2);
		for (const id of ['webhook-2', 'webhook-3', 'webhook-4']) {
			await calls.until(Number(id.slice(-1)) - 1);
			calls.open.get(id)?.(ACCEPTED);
		}
		await calls.until(5);
		expect(ledger.claimed).toHaveLength(1 + 3 + 3);
		claims.letGo('webhook-1');
		for (let ended = 0; ended < 17; ended++) {
			await calls.until(4 + ended);
			for (const end of Array.from(calls.open.values())) end(ACCEPTED);
		}
		await ledger.until(() => ledger.settled.length === 20);
	});

	it('with what it could claim, where the ledger refuses some of it', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(4, 'webhook'));
		const claims = holdClaims(ledger);
		const { promise: error, resolve: onError } = Promise.withResolvers<unknown>();
		startWorker(ledger, { send: async () => ACCEPTED, options: { onError } });
		await claims.until('webhook-4');
		claims.fail('webhook-2', new Error('busy'));
		claims.letAllGo();
		await ledger.until(() => ledger.settled.length === 3);
		expect(await error).toEqual(new Error('busy'));
	});

	it('while what is done at each beat takes its time', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(3, 'webhook'));
		ledger.beat = () => new Promise(() => {});
		startWorker(ledger, { send: async () => ACCEPTED });
		await ledger.until(() => ledger.settled.length === 3);
	});

	it('when that fails, and hears of it', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(3, 'webhook'));
		ledger.beat = async () => {
			throw new Error('one of them is locked');
		};
		const errors: unknown[] = [];
		startWorker(ledger, { send: async () => ACCEPTED, options: { onError: (error) => errors.push(error) } });
		await ledger.until(() => ledger.settled.length === 3);
		expect(errors).toEqual([new Error('one of them is locked')]);
	});

	it('with other lanes while all turns of one are taken, however much waits for that', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(200, 'slow'), ...items(20, 'fast'));
		ledger.turnsOf = (lane) => (lane === 'slow' ? [] : undefined);
		startWorker(ledger, { send: async () => ACCEPTED });
		await ledger.until(() => ledger.settled.length === 20);
		expect(ledger.settled.every(({ lane }) => lane === 'fast')).toBe(true);
	});

	it('when a call ends as it must not: nobody knows what was sent', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(3, 'webhook'));
		const errors: unknown[] = [];
		const send = async ({ id }: MemoryJob) => {
			if (id === 'webhook-2') throw new Error('a defect');
			return ACCEPTED;
		};
		startWorker(ledger, { send, options: { onError: (error) => errors.push(error) } });
		await ledger.until(() => ledger.settled.length === 3);
		expect(ledger.settled.map(({ kind }) => kind).sort()).toEqual(['accepted', 'accepted', 'unknown']);
		expect(errors).toEqual([new Error('a defect')]);
	});
});
