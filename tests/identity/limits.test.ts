import { beforeEach, describe, expect, it } from 'vitest';
import { Limits, type LimitsOptions, Shares, sharesOf, Turns } from '../../src/identity/limits.ts';
import { Rate } from '../../src/identity/rate.ts';
import { range } from '../support/live.ts';

let refused: string[];

beforeEach(() => {
	refused = [];
});

function limits(options: Partial<LimitsOptions> = {}): Limits {
	return new Limits({
		operationsPerSecond: 1,
		subscriptionsPerUser: 2,
		connectionsPerUser: 2,
		connections: 3,
		onRefused: (limit) => refused.push(limit),
		...options,
	});
}

describe('a rate', () => {
	const rate = new Rate(10);

	/** How many may be taken at each of these moments, asked for more than there are. */
	function taken(moments: readonly number[]): number[] {
		let fullAt = 0;
		return moments.map((now) => {
			for (let count = 0; ; count++) {
				const next = rate.take(fullAt, now);
				if (rate.wait(next, now) > 0) return count;
				fullAt = next;
			}
		});
	}

	it('lets five seconds of it through at once, then so many a second, and saves up no more', () => {
		expect(taken([1_000, 1_000, 1_100, 1_350, 2_000, 100_000])).toEqual([50, 0, 1, 2, 7, 50]);
	});

	it('says how long to wait', () => {
		let fullAt = 0;
		for (const _ of range(1, 50)) fullAt = rate.take(fullAt, 1_000);
		expect(rate.wait(rate.take(fullAt, 1_000), 1_000)).toBe(100);
		expect(rate.wait(rate.take(fullAt, 1_040), 1_040)).toBe(60);
		expect(rate.wait(rate.take(fullAt, 1_100), 1_100)).toBe(0);
	});
});

describe('the turns of an operation', () => {
	it('begin with the one that it took by coming', () => {
		let asked = 0;
		const turns = new Turns(() => {
			asked++;
			return 0;
		});
		expect([turns.next(), asked]).toEqual([0, 1]);
		expect([turns.next(), asked]).toEqual([0, 2]);
	});

	it('are all refused after one that is, even if there were some again', () => {
		const answers = [0, 3, 0];
		const turns = new Turns(() => answers.shift() ?? 0);
		expect(range(1, 4).map(() => turns.next())).toEqual([0, 3, 3, 3]);
	});

	it('are each user’s own', () => {
		const all = limits();
		const carol = range(1, 7).map(() => all.begin('carol').wait);
		expect(carol).toEqual([0, 0, 0, 0, 0, 1, 1]);
		expect(all.begin('alice').wait).toBe(0);
		expect(refused).toEqual(['user_operations', 'user_operations']);
	});
});

describe('shares', () => {
	it('are refused when all are taken, and given back', () => {
		let count = 0;
		const shares = new Shares(2, () => {
			count++;
		});
		expect(range(1, 3).map(() => shares.take('alice'))).toEqual([true, true, false]);
		expect(shares.take('bob')).toBe(true);
		shares.giveBack('alice');
		expect([shares.take('alice'), shares.take('alice')]).toEqual([true, false]);
		expect(count).toBe(2);
	});

	it('are taken and given back so many at a time, or none', () => {
		const shares = new Shares(5, () => undefined);
		expect([shares.take('alice', 3), shares.take('alice', 3)]).toEqual([true, false]);
		expect([shares.take('alice', 2), shares.take('alice')]).toEqual([true, false]);
		shares.giveBack('alice', 3);
		expect([shares.take('alice', 4), shares.take('alice', 3)]).toEqual([false, true]);
	});
});

describe('a subscription', () => {
	it('counts once for each 4,096 characters of its text and variables', () => {
		expect(sharesOf('{ a }', undefined)).toBe(1);
		expect(sharesOf('x'.repeat(4_094), {})).toBe(1);
		expect(sharesOf('x'.repeat(4_095), {})).toBe(2);
		expect(sharesOf('{ a }', { list: range(1, 10_000) })).toBeGreaterThan(10);
		expect(sharesOf('{ a }', { body: 'x'.repeat(8_192) })).toBe(3);
	});

	it('counts however deeply its variables are nested', () => {
		const nested: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
		expect(sharesOf('{ a }', { nested })).toBeGreaterThan(10);
	});
});

describe('a stream', () => {
	it.each([
		['connections', { connections: 1 }],
		['user_connections', { connectionsPerUser: 1 }],
		['user_subscriptions', { subscriptionsPerUser: 1 }],
	])('takes nothing where there are too many %s', (limit, options) => {
		const all = limits(options);
		const giveBack = all.takeStream('alice', 1);
		expect(range(1, 5).map(() => all.takeStream('alice', 1))).toEqual(range(1, 5).map(() => limit));
		expect(refused).toEqual(range(1, 5).map(() => limit));
		if (typeof giveBack === 'string') throw new Error('It was not taken.');
		giveBack();
		// Whatever was tried in vain has been given back, too.
		for (const _ of range(1, 5)) {
			const again = all.takeStream('alice', 1);
			if (typeof again === 'string') throw new Error(`Refused by ${again}`);
			again();
		}
	});
});
