import { afterEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Line } from '../../client/line.ts';
import { range } from '../support/live.ts';

afterEach(() => {
	vi.restoreAllMocks();
});

const line = new Line({
	url: 'ws://127.0.0.1:1/graphql',
	webSocketImpl: WebSocket,
	token: () => '',
	keepAliveMs: 1_000,
	timeoutMs: 1_000,
	minRetryMs: 100,
	maxRetryMs: 1_000,
});

it('the bound of a wait doubles up to a limit', () => {
	vi.spyOn(Math, 'random').mockReturnValue(1);
	expect(range(0, 5).map((retries) => line.backoff(retries))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
	expect(line.backoff(10_000)).toBe(1_000);
});

it('a wait is anything below its bound, so that those who lost one node do not come as one', () => {
	const waits = range(1, 1_000).map(() => line.backoff(2));
	expect(Math.min(...waits)).toBeLessThan(100);
	expect(Math.max(...waits)).toBeGreaterThan(300);
	expect(Math.max(...waits)).toBeLessThan(400);
});
