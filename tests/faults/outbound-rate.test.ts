import { expect, test } from 'vitest';
import { askedOnce, deliveriesOnce, during, isOver, sendOutside, setStage } from './outbound.ts';

/** So slow that the messages wait for it, however busy the machine is. */
const PER_SECOND = 10;
const INTERVAL_MS = 1000 / PER_SECOND;
const MESSAGES = 60;
/** Times are whole milliseconds, and a timer may be one early. */
const ROUNDING_MS = 2;

test('a provider is asked no more often than its rate allows, by all nodes together, one of which is killed and comes back', async () => {
	const stage = await setStage({
		nodes: 2,
		service: { PROVIDER_RATE_PER_SECOND: String(PER_SECOND), PROVIDER_TIMEOUT_MS: '1000' },
	});
	const start = Date.now();
	const sending = Array.from({ length: MESSAGES }, (_, contact) =>
		sendOutside(stage, `+1555${String(contact).padStart(3, '0')}1234`, `to ${contact}`),
	);
	const [node] = stage.nodes;
	const restart = await during(sending, async () => {
		await askedOnce(stage.provider, (requests) => requests.length >= MESSAGES / 4);
		await node?.kill();
		// What the killed node has written is with the provider by now.
		await fetch(stage.provider.url);
		const killed = { at: Date.now(), asked: stage.provider.requests().length };
		await node?.start();
		return killed;
	});
	for (const { conversationId } of await Promise.all(sending))
		await deliveriesOnce(stage, conversationId, isOver);

	const times = stage.provider.requests().map(({ at }) => Date.parse(at));
	expect(times.length).toBeGreaterThan(MESSAGES / 2);
	const expectKept = (from: number, asked: readonly number[]) => {
		for (const [index, at] of asked.entries())
			expect(at - from, `request ${index}`).toBeGreaterThanOrEqual(index * INTERVAL_MS - ROUNDING_MS);
	};
	expectKept(start, times);
	if (stage.nodes.length === 1) expectKept(restart.at, times.slice(restart.asked));
});
