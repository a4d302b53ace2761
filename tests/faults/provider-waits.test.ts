import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { freshPair, type OutboundService, sendOut, startOutbound, untilStatus } from '../support/outbound.ts';
import { answerWith } from '../support/provider-server.ts';

const HOUR_MS = 3_600_000;

let outside: OutboundService;
let agent: Client;

beforeEach(async () => {
	outside = await startOutbound();
	agent = await outside.service.client('Agent', 'AGENT');
});
afterEach(() => outside.stop());

/** When the message is tried again whose first attempt gets a 429 with this header. */
async function nextAttempt(retryAfter: string): Promise<number> {
	outside.provider.answer = answerWith(429, '', { 'retry-after': retryAfter });
	const { id } = await sendOut(agent, freshPair());
	const { delivery } = await untilStatus(agent, id, 'RETRYING');
	expect(delivery?.attempts).toMatchObject([{ number: 1, httpStatus: 429, outcome: 'RETRY' }]);
	return Date.parse(String(delivery?.nextAttemptAt));
}

describe('after a 429 the next attempt is', () => {
	test('so many seconds later as the provider says', async () => {
		const before = Date.now();
		const at = await nextAttempt('600');
		expect(at).toBeGreaterThanOrEqual(before + 600_000);
		expect(at).toBeLessThanOrEqual(Date.now() + 600_000);
	});

	test('at the time that it says', async () => {
		const date = new Date(Date.now() + 600_000).toUTCString();
		const at = await nextAttempt(date);
		expect(at).toBeGreaterThanOrEqual(Date.parse(date));
		expect(at).toBeLessThanOrEqual(Date.now() + 600_000);
	});

	test.each(['99999999999999999999', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
		'an hour later at the latest: %s',
		async (retryAfter) => {
			const before = Date.now();
			const at = await nextAttempt(retryAfter);
			expect(at).toBeGreaterThanOrEqual(before + HOUR_MS);
			expect(at).toBeLessThanOrEqual(Date.now() + HOUR_MS);
		},
	);

	test.each(['when the cows come home', '-1', 'Sun, 06 Nov 1994 08:49:37 GMT'])(
		'when the service thinks best, where it says nothing that is one: %s',
		async (retryAfter) => {
			const accept = outside.provider.answer;
			outside.provider.answer = (response) => {
				answerWith(429, '', { 'retry-after': retryAfter })(response);
				outside.provider.answer = accept;
			};
			const { id } = await sendOut(agent, freshPair());
			const { delivery } = await untilStatus(agent, id, 'SENT');
			expect(delivery?.attempts.map(({ httpStatus }) => httpStatus)).toEqual([429, 200]);
		},
	);
});
