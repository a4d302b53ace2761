import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeTurns } from '../../src/store/turns.ts';

const wanted = fc.record({
	count: fc.integer({ min: 0, max: 50 }),
	perSecond: fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0.01, max: 1, noNaN: true })),
	now: fc.integer({ min: 1_700_000_000_000, max: 4_000_000_000_000 }).map((time) => new Date(time)),
	horizonMs: fc.integer({ min: 0, max: 60_000 }),
});

test('turns are within their time, a distance apart, and leave the next one free', () => {
	fc.assert(
		fc.property(wanted, fc.integer({ min: -10_000_000, max: 100_000_000 }), (asked, ahead) => {
			const from = asked.now.getTime() * 1000;
			const next = from + ahead;
			const taken = takeTurns(next, asked);
			const distance = 1e6 / asked.perSecond;
			expect(taken.turns.length).toBeLessThanOrEqual(asked.count);
			const all = [...taken.turns, taken.next];
			for (const [index, turn] of taken.turns.entries()) {
				expect(turn).toBeGreaterThanOrEqual(Math.max(from, next));
				expect(turn).toBeLessThanOrEqual(from + asked.horizonMs * 1000);
				const gap = (all[index + 1] ?? 0) - turn;
				expect(gap).toBeGreaterThanOrEqual(distance);
				expect(gap).toBeLessThan(distance + 1);
			}
			// Fewer only where the next one would be behind the horizon; none taken leaves all as it was.
			if (taken.turns.length < asked.count)
				expect(Math.max(from, taken.next)).toBeGreaterThan(from + asked.horizonMs * 1000);
			if (taken.turns.length === 0) expect(taken.next).toBe(next);
		}),
	);
});

test('a clock that was years ahead once stops nobody', () => {
	const now = new Date('2026-05-21T18:00:00.000Z');
	const asked = { count: 2, perSecond: 10, now, horizonMs: 1_000 };
	const from = now.getTime() * 1000;
	expect(takeTurns(from + 3_600e6, asked).turns).toEqual([]);
	expect(takeTurns(from + 365 * 86_400e6, asked)).toEqual({
		turns: [from, from + 100_000],
		next: from + 200_000,
	});
});
