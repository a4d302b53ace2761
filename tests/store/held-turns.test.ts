import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Waiting } from '../../src/conversations/batch.ts';
import { HeldConversations } from '../../src/conversations/held-conversations.ts';

/** More than the longest pause between two turns. */
const PAUSE_MS = 200;

describe('turns of held conversations, one at a time', () => {
	/** The conversation whose turn it is, and what ends it. */
	let turn: { readonly conversationId: string; readonly end: (left: readonly Waiting[]) => void } | undefined;
	let refused: string[];
	let held: HeldConversations;

	beforeEach(() => {
		vi.useFakeTimers();
		refused = [];
		turn = undefined;
		held = new HeldConversations(
			{
				commit: (batch) => {
					if (batch.length === 0) return Promise.resolve([]);
					const { promise, resolve } = Promise.withResolvers<readonly Waiting[]>();
					turn = { conversationId: batch[0]?.command.conversationId ?? '', end: resolve };
					return promise;
				},
				refuse: (batch) => refused.push(...batch.map(({ command }) => command.conversationId)),
			},
			{ maxBatch: 10, atOnce: 1, lockedMs: 1_000, unknownMs: 1_000, onIdle: () => {} },
		);
	});
	afterEach(() => {
		vi.useRealTimers();
	});

	function waiting(conversationId: string): Waiting {
		const decide = () => {};
		return {
			command: { id: conversationId, conversationId, needs: {}, decide },
			resolve: decide,
			reject: decide,
		};
	}

	async function endTurn(of: Waiting, how: 'stored' | 'locked'): Promise<void> {
		expect(turn?.conversationId).toBe(of.command.conversationId);
		turn?.end(how === 'locked' ? [of] : []);
		turn = undefined;
		await vi.advanceTimersByTimeAsync(0);
	}

	test('are the first of each before the second of any', async () => {
		const [locked, long, late] = [waiting('locked'), waiting('long'), waiting('late')];
		held.add([locked]);
		await endTurn(locked, 'locked');
		held.add([long]);
		await vi.advanceTimersByTimeAsync(PAUSE_MS);
		held.add([late]);
		await endTurn(long, 'stored');
		await endTurn(late, 'stored');
		await endTurn(locked, 'stored');
		expect(held.isEmpty).toBe(true);
	});

	test('refuse nobody before a turn, however long the others took', async () => {
		const [locked, late] = [waiting('locked'), waiting('late')];
		held.add([locked, late]);
		await vi.advanceTimersByTimeAsync(5_000);
		await endTurn(locked, 'locked');
		await endTurn(late, 'stored');
		await vi.advanceTimersByTimeAsync(PAUSE_MS);
		expect(refused).toEqual([]);
		await vi.advanceTimersByTimeAsync(5_000);
		await endTurn(locked, 'locked');
		await vi.advanceTimersByTimeAsync(PAUSE_MS);
		expect(refused).toEqual(['locked']);
		expect(held.isEmpty).toBe(true);
		expect(held.load).toEqual({ waiting: 0, storing: 0 });
	});
});
