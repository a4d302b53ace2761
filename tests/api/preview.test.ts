import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PreviewDocument } from '../generated/graphql.ts';
import type { Client } from '../support/client.ts';
import { freshPair, type OutboundService, sendOut, startOutbound, untilStatus } from '../support/outbound.ts';
import { answerWith } from '../support/provider-server.ts';

let outside: OutboundService;
let agent: Client;
let pair: { readonly from: string; readonly to: string };

beforeAll(async () => {
	outside = await startOutbound();
	agent = await outside.service.client('Agent', 'AGENT');
});
afterAll(() => outside.stop());
beforeEach(() => {
	pair = freshPair();
});

async function preview(input: Readonly<Record<string, unknown>> = {}) {
	const whole = { ...pair, type: 'SMS', body: 'Hello', ...input };
	return (await agent.query(PreviewDocument, { input: whole })).previewOutboundMessage;
}

test('tells what a message would become, and sends nothing', async () => {
	const spaced = `${pair.to.slice(0, 2)} (${pair.to.slice(2, 5)}) ${pair.to.slice(5)}`;
	expect(await preview({ to: spaced, body: 'x'.repeat(161) })).toEqual({
		...pair,
		type: 'SMS',
		encoding: 'GSM_7',
		units: 161,
		segments: 2,
		optedOut: false,
		waitSeconds: 0,
	});
	expect(await preview({ body: '😀'.repeat(35) })).toMatchObject({
		encoding: 'UCS_2',
		units: 70,
		segments: 1,
	});
	const { id, sequence } = await sendOut(agent, pair);
	expect(sequence).toBe(3);
	await untilStatus(agent, id, 'SENT');
	expect(outside.sent().filter(({ to }) => to === pair.to)).toHaveLength(1);
});

test('an email has no segments', async () => {
	const mail = { type: 'EMAIL', from: 'help@example.com', to: 'Sam@Example.com' };
	expect(await preview(mail)).toMatchObject({
		to: 'sam@example.com',
		encoding: null,
		units: null,
		segments: null,
	});
});

test('tells of a contact who has opted out, until that is over', async () => {
	await outside.bring({ from: pair.to, to: pair.from, body: 'STOP' });
	expect((await preview()).optedOut).toBe(true);
	await outside.bring({ from: pair.to, to: pair.from, body: 'START' });
	expect((await preview()).optedOut).toBe(false);
});

test('refuses what a send would refuse', async () => {
	const { errors } = await agent.ask(PreviewDocument, {
		input: { ...pair, type: 'SMS', body: 'Hello', to: '12' },
	});
	expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, message: /^to must/ }]);
});

test('is for agents', async () => {
	const customer = await outside.service.client('Customer');
	const { errors } = await customer.ask(PreviewDocument, { input: { ...pair, type: 'SMS', body: 'Hello' } });
	expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

test('waits as long as the provider asked for, and for all that is queued before it', async () => {
	const limited = await startOutbound({ PROVIDER_RATE_PER_SECOND: '2' });
	try {
		limited.provider.answer = answerWith(429, '', { 'retry-after': '1800' });
		const sender = await limited.service.client('Sender', 'AGENT');
		const { id } = await sendOut(sender, pair);
		const { delivery } = await untilStatus(sender, id, 'RETRYING');
		for (let queued = 0; queued < 5; queued++) await sendOut(sender, freshPair());
		const secondsFrom = (at: number) => (Date.parse(delivery?.nextAttemptAt ?? '') - at) / 1000 + 6 / 2;
		const before = Date.now();
		const input = { ...pair, type: 'SMS', body: 'Hello' };
		const { waitSeconds } = (await sender.query(PreviewDocument, { input })).previewOutboundMessage;
		expect(waitSeconds).toBeLessThanOrEqual(secondsFrom(before));
		expect(waitSeconds).toBeGreaterThanOrEqual(secondsFrom(Date.now()));
	} finally {
		await limited.stop();
	}
});
