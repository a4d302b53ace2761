import { expect, test } from 'vitest';
import { freshPair, sendOut, startOutbound, untilStatus } from '../support/outbound.ts';
import { type Answer, answerWith, HANG_UP, NEVER } from '../support/provider-server.ts';

test.each<[string, Answer, number | null]>([
	['that never comes', NEVER, null],
	['that is cut off', HANG_UP, null],
	['of 200 with a page of HTML', answerWith(200, '<!doctype html><h1>Welcome</h1>'), 200],
	['of a gateway that got none', answerWith(504), 504],
])(
	'after an answer %s nobody knows, and the message is not sent again by itself',
	async (_what, answer, httpStatus) => {
		// A busy machine needs its time to ask.
		const outside = await startOutbound({ PROVIDER_TIMEOUT_MS: answer === NEVER ? '3000' : '60000' });
		try {
			const agent = await outside.service.client('Agent', 'AGENT');
			const pair = freshPair();
			outside.provider.answer = answer;
			const { id } = await sendOut(agent, pair);
			const { delivery } = await untilStatus(agent, id, 'UNKNOWN');
			expect(delivery).toMatchObject({
				nextAttemptAt: null,
				attempts: [{ number: 1, httpStatus, outcome: 'UNKNOWN' }],
			});
			// Those after it go on.
			const next = outside.provider.arrival();
			await sendOut(agent, { ...pair, body: 'Next' });
			await next;
			expect(outside.sent().map(({ body }) => body)).toEqual(['Hello', 'Next']);
		} finally {
			await outside.stop();
		}
	},
);
