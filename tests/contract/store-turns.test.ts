import { describe, expect, it } from 'vitest';
import { newId } from '../../src/conversations/ids.ts';
import { DATABASES, useNodes } from './store-setup.ts';

const now = new Date('2030-01-01T00:00:00.000Z');
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const sorted = (turns: readonly Date[]) => turns.map((turn) => turn.getTime()).sort((a, b) => a - b);

describe.each(DATABASES)('turns of a provider on %s', (kind) => {
	const nodes = useNodes(kind);
	const named = () => newId().slice(-20);

	it('are the next ones on each node, evenly spaced over all of them', async () => {
		const provider = named();
		const wanted = { count: 2, perSecond: 10, now, horizonMs: 10_000 };
		expect(await nodes.there.outbound.nextTurnAt(provider)).toBeUndefined();
		expect(await nodes.here.outbound.reserveTurns(provider, wanted)).toEqual([now, later(100)]);
		expect(await nodes.there.outbound.reserveTurns(provider, wanted)).toEqual([later(200), later(300)]);
		expect(await nodes.there.outbound.nextTurnAt(provider)).toEqual(later(400));
		const idle = { ...wanted, now: later(5_000) };
		expect(await nodes.here.outbound.reserveTurns(provider, idle)).toEqual([later(5_000), later(5_100)]);
		expect(await nodes.here.outbound.reserveTurns(named(), wanted)).toEqual([now, later(100)]);
	});

	it('are never more than the rate, whoever asks at once', async () => {
		const provider = named();
		const asked = Array.from({ length: 20 }, (_, index) =>
			(index % 2 === 0 ? nodes.here : nodes.there).outbound.reserveTurns(provider, {
				count: 1 + (index % 3),
				perSecond: 40,
				now,
				horizonMs: 60_000,
			}),
		);
		const turns = sorted((await Promise.all(asked)).flat());
		const expected = Array.from({ length: turns.length }, (_, index) => later(index * 25));
		expect(turns).toEqual(sorted(expected));
		expect(turns).toHaveLength(39);
	});

	it('do not drift where their distance is no whole millisecond', async () => {
		const provider = named();
		const wanted = { count: 1, perSecond: 3, now, horizonMs: 60_000 };
		const turns: Date[] = [];
		for (let index = 0; index < 7; index++)
			turns.push(...(await nodes.here.outbound.reserveTurns(provider, wanted)));
		expect(turns.map((turn) => turn.getTime() - now.getTime())).toEqual([
			0, 334, 667, 1001, 1334, 1667, 2001,
		]);
	});

	it('are none behind the horizon, and one that is not given is not gone', async () => {
		const provider = named();
		const wanted = { count: 5, perSecond: 1, now, horizonMs: 1_000 };
		const { outbound } = nodes.there;
		expect(await outbound.reserveTurns(provider, wanted)).toEqual([now, later(1_000)]);
		expect(await outbound.reserveTurns(provider, wanted)).toEqual([]);
		expect(await outbound.reserveTurns(provider, { ...wanted, now: later(1_500) })).toEqual([later(2_000)]);
		expect(await outbound.reserveTurns(provider, { ...wanted, count: 0 })).toEqual([]);
	});

	it('are not taken while it is paused by those who look, and an earlier end shortens no pause', async () => {
		const provider = named();
		const { outbound } = nodes.here;
		await outbound.pause(provider, later(1_000));
		await outbound.pause(provider, later(500));
		expect((await nodes.there.outbound.pauses()).get(provider)).toEqual(later(1_000));
		await nodes.there.outbound.pause(provider, later(2_000));
		expect((await outbound.pauses()).get(provider)).toEqual(later(2_000));
		const other = named();
		await outbound.reserveTurns(other, { count: 1, perSecond: 1, now, horizonMs: 0 });
		expect((await outbound.pauses()).has(other)).toBe(false);
		// A pause takes no turn, and a turn ends no pause.
		expect(await outbound.nextTurnAt(provider)).toBeUndefined();
		await outbound.reserveTurns(provider, { count: 1, perSecond: 1, now, horizonMs: 0 });
		expect((await outbound.pauses()).get(provider)).toEqual(later(2_000));
	});

	it('are paused until the latest end, whoever pauses at once', async () => {
		const provider = named();
		const ends = Array.from({ length: 10 }, (_, index) => later(((index * 7) % 10) * 1_000));
		await Promise.all(
			ends.map((end, index) => (index % 2 === 0 ? nodes.here : nodes.there).outbound.pause(provider, end)),
		);
		expect((await nodes.here.outbound.pauses()).get(provider)).toEqual(later(9_000));
	});
});
