import { expect, test } from 'vitest';
import { runSql } from '../support/run-sql.ts';
import { askedOnce, deliveriesOnce, readDeliveries, type Stage, sendOutside, setStage } from './outbound.ts';

/** Longer than any test: no call ends by it. */
const LONG_MS = '600000';
const WAITS_FOR_EVER = '+15550100000';

/** Kills the only node, and starts it again when the leases that it held are over. */
async function crash({ nodes: [node], database }: Stage): Promise<void> {
	await node?.kill();
	await runSql(database.config, "update deliveries set lease_until = updated_at where status = 'SENDING'");
	await node?.start();
}

function outcomes(stage: Stage, body: string): string[] {
	return stage.provider
		.requests()
		.filter(({ message }) => message.body === body)
		.map(({ outcome }) => outcome);
}

test('killed when it was written that a message goes, and nobody was asked yet: UNKNOWN, and not sent by itself', async () => {
	const stage = await setStage({
		service: { PROVIDER_TIMEOUT_MS: LONG_MS, PROVIDER_MAX_IN_FLIGHT: '1' },
	});
	await sendOutside(stage, WAITS_FOR_EVER, 'in the way');
	await askedOnce(stage.provider, (requests) => requests.length === 1);
	const { conversationId } = await sendOutside(stage, '+15550100001', 'claimed');
	await deliveriesOnce(stage, conversationId, (all) => all.get('claimed')?.status === 'SENDING');
	expect(outcomes(stage, 'claimed')).toEqual([]);
	await crash(stage);
	await deliveriesOnce(stage, conversationId, (all) => all.get('claimed')?.status === 'UNKNOWN');
	await sendOutside(stage, '+15550100001', 'later');
	const after = await deliveriesOnce(
		stage,
		conversationId,
		(all) => all.get('later')?.status === 'DELIVERED',
	);
	expect(after.get('claimed')).toMatchObject({
		status: 'UNKNOWN',
		attempts: [{ number: 1, outcome: 'UNKNOWN', httpStatus: null }],
	});
	expect(outcomes(stage, 'claimed')).toEqual([]);
});

test('killed when the provider had accepted a message, and had not answered: UNKNOWN, and never sent again', async () => {
	const stage = await setStage({
		service: { PROVIDER_TIMEOUT_MS: LONG_MS },
		provider: { MOCK_PROVIDER_DELAY_MS: LONG_MS, MOCK_PROVIDER_CALLBACK_DELAY_MS: LONG_MS },
	});
	const { conversationId } = await sendOutside(stage, '+15550100001', 'accepted');
	await askedOnce(stage.provider, (requests) => requests.length === 1);
	await crash(stage);
	await deliveriesOnce(stage, conversationId, (all) => all.get('accepted')?.status === 'UNKNOWN');
	// What comes later goes on meanwhile.
	await sendOutside(stage, '+15550100001', 'later');
	await askedOnce(stage.provider, (requests) => requests.length === 2);
	expect((await readDeliveries(stage, conversationId)).get('accepted')?.status).toBe('UNKNOWN');
	expect(outcomes(stage, 'accepted')).toEqual(['accepted']);
});

test('the same with a provider that honours the key: sent again, accepted once', async () => {
	const stage = await setStage({
		service: { PROVIDER_TIMEOUT_MS: LONG_MS, PROVIDER_IDEMPOTENT: 'true', PROVIDER_BACKOFF_BASE_MS: '1' },
		provider: {
			MOCK_PROVIDER_DELAY_MS: LONG_MS,
			MOCK_PROVIDER_CALLBACK_DELAY_MS: LONG_MS,
			MOCK_PROVIDER_IDEMPOTENT: 'true',
		},
	});
	const { conversationId } = await sendOutside(stage, '+15550100001', 'accepted');
	await askedOnce(stage.provider, (requests) => requests.length === 1);
	await crash(stage);
	const all = await deliveriesOnce(
		stage,
		conversationId,
		(found) => found.get('accepted')?.status === 'SENT',
	);
	expect(all.get('accepted')?.attempts).toMatchObject([
		{ number: 1, outcome: 'UNKNOWN', httpStatus: null },
		{ number: 2, outcome: 'ACCEPTED', httpStatus: 200 },
	]);
	expect(outcomes(stage, 'accepted')).toEqual(['accepted', 'repeated']);
});
