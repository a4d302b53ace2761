import { describe, expect, it } from 'vitest';
import { MemoryLedger } from './memory-ledger.ts';
import { ACCEPTED, BUSY, FAULT, items, LATER, openCalls, startWorker, stopWorkers } from './worker-setup.ts';

stopWorkers();

describe('a worker', () => {
	it('carries what is due, and what becomes due when it is poked', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(10, 'webhook'));
		const worker = startWorker(ledger, { send: async () => ACCEPTED });
		await ledger.until(() => ledger.settled.length === 10);
		ledger.add({ id: 'another', lanes: ['webhook'] });
		worker.poke();
		await ledger.until(() => ledger.settled.length === 11);
		expect(new Set(ledger.settled.map(({ id }) => id)).size).toBe(11);
	});

	it('asks one destination so many at a time, and has as many more claimed ahead', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(10, 'webhook'));
		const calls = openCalls();
		startWorker(ledger, { ...calls, maxInFlight: 4 });
		await calls.until(4);
		expect(calls.open.size).toBe(4);
		expect(ledger.claimed).toHaveLength(8);
		calls.open.get('webhook-1')?.(ACCEPTED);
		await calls.until(5);
		expect(calls.begun).toEqual(['webhook-1', 'webhook-2', 'webhook-3', 'webhook-4', 'webhook-5']);
		expect(calls.open.size).toBe(4);
	});

	it('tries again what was not accepted, when it is due and without a beat', async () => {
		const ledger = new MemoryLedger();
		ledger.retryMs = 20;
		ledger.add(...items(1, 'webhook'));
		const outcomes = [BUSY, BUSY, ACCEPTED];
		startWorker(ledger, { send: async () => outcomes.shift() ?? ACCEPTED });
		await ledger.until(() => ledger.settled.length === 3);
		expect(ledger.settled.map(({ kind }) => kind)).toEqual(['retry', 'retry', 'accepted']);
	});

	it('leaves a destination alone that fails, and another takes over', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(20, 'first', 'second'));
		startWorker(ledger, {
			maxInFlight: 1,
			send: async ({ lane }) => (lane === 'first' ? FAULT : ACCEPTED),
		});
		await ledger.until(() => ledger.settled.filter(({ kind }) => kind === 'accepted').length >= 17);
		expect(ledger.settled.filter(({ kind }) => kind === 'unknown')).toHaveLength(3);
		expect(
			ledger.settled.filter(({ kind }) => kind === 'accepted').every(({ lane }) => lane === 'second'),
		).toBe(true);
	});

	it('tries a destination that failed with one call, and goes back to it when that one ends well', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(3, 'first'));
		let isIll = true;
		const asked: string[] = [];
		const told: unknown[] = [];
		const worker = startWorker(ledger, {
			maxInFlight: 1,
			halfOpenAfterMs: 30,
			send: async ({ id }) => {
				asked.push(id);
				return isIll ? FAULT : ACCEPTED;
			},
			options: { onCircuit: (...news) => told.push(news) },
		});
		await ledger.until(() => ledger.settled.length === 3);
		expect(worker.openLanes()).toEqual(['first']);
		ledger.add({ id: 'probe', lanes: ['first'] });
		worker.poke();
		await ledger.until(() => ledger.settled.length === 4);
		expect(told).toEqual([['first', true, FAULT]]);
		isIll = false;
		ledger.add(...items(5, 'first').map(({ id, lanes }) => ({ id: `again-${id}`, lanes })));
		worker.poke();
		await ledger.until(() => ledger.settled.filter(({ kind }) => kind === 'accepted').length === 5);
		expect(worker.openLanes()).toEqual([]);
		expect(asked).toHaveLength(9);
		expect(told.slice(1)).toEqual([['first', false, ACCEPTED]]);
	});

	it('asks nobody while a destination has asked for a pause, whatever was at hand for it', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(6, 'webhook'), { id: 'elsewhere', lanes: ['other'] });
		const calls = openCalls();
		const told: unknown[] = [];
		startWorker(ledger, {
			...calls,
			maxInFlight: 2,
			options: { onPause: (...news) => told.push(news) },
		});
		await calls.until(3);
		const asked = calls.begun.filter((id) => id !== 'elsewhere');
		expect(asked).toEqual(['webhook-1', 'webhook-2']);
		const pauseMs = 200;
		const before = Date.now();
		calls.open.get('webhook-1')?.({
			kind: 'retry',
			error: 'slow down',
			isProviderFault: false,
			pausesProvider: true,
			retryAfterMs: pauseMs,
		});
		await ledger.until(() => ledger.settled.some(({ id }) => id === 'webhook-3'));
		expect(ledger.settled.find(({ id }) => id === 'webhook-3')?.kind).toBe('released');
		expect(told).toEqual([['webhook', expect.any(Date)]]);
		calls.open.get('webhook-2')?.(ACCEPTED);
		await calls.until(4);
		expect(Date.now() - before).toBeGreaterThanOrEqual(pauseMs - 1);
	});

	it('pauses by how often in a row a destination wants nothing, whatever was tried how often', async () => {
		const ledger = new MemoryLedger();
		ledger.retryMs = 5;
		ledger.add(...items(4, 'webhook'));
		const outcomes = [LATER, LATER, LATER, ACCEPTED, LATER];
		startWorker(ledger, { maxInFlight: 1, send: async () => outcomes.shift() ?? ACCEPTED });
		await ledger.until(() => ledger.settled.filter(({ kind }) => kind === 'accepted').length === 4);
		expect(ledger.refusals).toEqual([1, 2, 3, 1]);
	});

	it('takes for one time what a destination says of calls side by side', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(3, 'webhook'));
		const calls = openCalls();
		startWorker(ledger, { ...calls, maxInFlight: 3 });
		await calls.until(3);
		for (const end of calls.open.values()) end(LATER);
		await ledger.until(() => ledger.refusals.length === 3);
		expect(ledger.refusals).toEqual([1, 1, 1]);
	});

	it('obeys a pause that another node was asked for', async () => {
		const ledger = new MemoryLedger();
		ledger.paused.set('webhook', new Date(Date.now() + 600_000));
		ledger.add(...items(2, 'webhook'), { id: 'elsewhere', lanes: ['other'] });
		const worker = startWorker(ledger, { send: async () => ACCEPTED });
		await ledger.until(() => ledger.settled.length > 0);
		expect(ledger.settled.map(({ id }) => id)).toEqual(['elsewhere']);
		expect(ledger.claimed).toHaveLength(1);
		expect(worker.pausedLanes()).toEqual(['webhook']);
	});

	it('takes turns of a lane with a rate, and claims no more than it gets', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(4, 'webhook'));
		const asked: number[] = [];
		const turn = new Date(Date.now() + 100);
		let given = [turn];
		ledger.turnsOf = () => given.splice(0);
		const worker = startWorker(ledger, {
			send: async () => {
				asked.push(Date.now());
				return ACCEPTED;
			},
		});
		await ledger.until(() => ledger.settled.length === 1);
		expect(asked[0]).toBeGreaterThanOrEqual(turn.getTime());
		expect(ledger.claimed).toHaveLength(1);
		given = [new Date(), new Date(), new Date()];
		worker.poke();
		await ledger.until(() => ledger.settled.length === 4);
	});

	it('records an end however often the ledger fails, and reads it again after a failure', async () => {
		const ledger = new MemoryLedger();
		const errors: unknown[] = [];
		const calls = openCalls();
		ledger.add(...items(1, 'webhook'));
		startWorker(ledger, { ...calls, options: { onError: (error) => errors.push(error), beatMs: 20 } });
		await calls.until(1);
		ledger.faults.push(new Error('away'), new Error('away'));
		calls.open.get('webhook-1')?.(ACCEPTED);
		await ledger.until(() => ledger.settled.length === 1);
		expect(errors.length).toBeGreaterThanOrEqual(2);
		ledger.add({ id: 'another', lanes: ['webhook'] });
		await calls.until(2);
	});

	it('that stops waits for the calls under way and releases what was at hand', async () => {
		const ledger = new MemoryLedger();
		ledger.add(...items(6, 'webhook'));
		const calls = openCalls();
		const worker = startWorker(ledger, { ...calls, maxInFlight: 2 });
		await calls.until(2);
		const stopped = worker.stop(600_000);
		await ledger.until(() => ledger.settled.length === 2);
		expect(ledger.settled.map(({ id, kind }) => [id, kind])).toEqual([
			['webhook-3', 'released'],
			['webhook-4', 'released'],
		]);
		for (const end of Array.from(calls.open.values())) end(ACCEPTED);
		await stopped;
		const kinds = ledger.settled.map(({ id, kind }) => `${id} ${kind}`).sort();
		expect(kinds.slice(0, 2)).toEqual(['webhook-1 accepted', 'webhook-2 accepted']);
		worker.poke();
		expect(ledger.claimed).toHaveLength(4);
	});
});
