import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DeadLettersDocument } from '../generated/graphql.ts';
import { perform, refusal, send } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import {
	freshPair,
	type OutboundService,
	type OutsideMessage,
	seeMessage,
	sendOut,
	startOutbound,
	untilStatus,
} from '../support/outbound.ts';
import { answerWith, HANG_UP } from '../support/provider-server.ts';

const ACCEPT = answerWith(200, '{"id":"p-1"}');

let outside: OutboundService;
let agent: Client;
let customer: Client;

beforeAll(async () => {
	outside = await startOutbound();
	agent = await outside.service.client('Agent', 'AGENT');
	customer = await outside.service.client('Customer');
});
afterAll(() => outside.stop());
beforeEach(() => {
	outside.provider.answer = ACCEPT;
});

const ANSWERS = { DEAD: answerWith(503), FAILED: answerWith(400), UNKNOWN: HANG_UP } as const;

/** A message that ends so. */
async function ending(status: keyof typeof ANSWERS): Promise<OutsideMessage> {
	outside.provider.answer = ANSWERS[status];
	const { id } = await sendOut(agent, freshPair());
	const ended = await untilStatus(agent, id, status);
	outside.provider.answer = ACCEPT;
	await acceptOne();
	return ended;
}

/** A provider that fails several times in a row is asked no more for a while. */
async function acceptOne(): Promise<void> {
	await untilStatus(agent, (await sendOut(agent, freshPair())).id, 'SENT');
}

async function page(variables: Readonly<Record<string, unknown>> = {}) {
	return (await agent.query(DeadLettersDocument, variables)).deadLetters;
}

async function idsOf(variables: Readonly<Record<string, unknown>> = {}): Promise<readonly string[]> {
	return (await page(variables)).edges.map(({ node }) => node.id);
}

function attemptsOf(provider: OutboundService, id: string): number {
	return provider.sent().filter((message) => message.id === id).length;
}

describe('the list', () => {
	test('has what went no further, those that ended last first, by status and in pages', async () => {
		const dead = await ending('DEAD');
		const failed = await ending('FAILED');
		const unknown = await ending('UNKNOWN');
		expect(await idsOf({ first: 3 })).toEqual([unknown.id, failed.id, dead.id]);
		expect(await idsOf({ first: 1, status: ['DEAD'] })).toEqual([dead.id]);
		expect(await idsOf({ first: 2, status: ['DEAD', 'UNKNOWN'] })).toEqual([unknown.id, dead.id]);
		const first = await page({ first: 2 });
		expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
		const after = first.pageInfo.endCursor;
		expect((await idsOf({ first: 1, after }))[0]).toBe(dead.id);
		expect(await idsOf({ last: 1, before: first.edges[1]?.cursor })).toEqual([unknown.id]);
	});

	test('tells how each ended', async () => {
		const dead = await ending('DEAD');
		expect(dead.delivery).toMatchObject({
			nextAttemptAt: null,
			attempts: [
				{ number: 1, httpStatus: 503, outcome: 'RETRY' },
				{ number: 2, httpStatus: 503, outcome: 'RETRY' },
			],
		});
		expect(dead.delivery?.error).toMatch(/503/);
		expect((await page({ first: 1 })).edges[0]?.node).toEqual(dead);
		const unknown = await ending('UNKNOWN');
		expect(unknown.delivery?.attempts).toMatchObject([{ number: 1, httpStatus: null, outcome: 'UNKNOWN' }]);
		expect(attemptsOf(outside, unknown.id)).toBe(1);
	});

	test('is for agents, and refuses a status that no dead letter has', async () => {
		const asked = await customer.ask(DeadLettersDocument);
		expect(asked.errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
		const wrong = await agent.ask(DeadLettersDocument, { status: ['SENT'] });
		expect(wrong.errors?.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
	});
});

describe('redriving', () => {
	test.each(['DEAD', 'FAILED', 'UNKNOWN'] as const)('sends a message again that is %s', async (status) => {
		const { id, delivery } = await ending(status);
		const { message } = await perform(agent, 'redriveDelivery', { messageId: id });
		expect(message.id).toBe(id);
		const sent = await untilStatus(agent, id, 'SENT');
		const before = delivery?.attempts.length ?? 0;
		expect(sent.delivery?.attempts.map(({ number }) => number)).toEqual(
			Array.from({ length: before + 1 }, (_, index) => index + 1),
		);
		expect(sent.delivery?.attempts.at(-1)).toMatchObject({ outcome: 'ACCEPTED' });
		expect(await idsOf({ first: 5 })).not.toContain(id);
	});

	test('begins another round of attempts', async () => {
		const { id } = await ending('DEAD');
		outside.provider.answer = answerWith(503);
		await perform(agent, 'redriveDelivery', { messageId: id });
		const dead = await untilStatus(agent, id, 'DEAD');
		expect(dead.delivery?.attempts).toHaveLength(4);
	});

	test('is refused for what is on its way, telling the status', async () => {
		const { id: messageId } = await sendOut(agent, freshPair());
		await untilStatus(agent, messageId, 'SENT');
		expect(await refusal(agent, 'redriveDelivery', { messageId })).toMatchObject({
			__typename: 'DeliveryConflictError',
			code: 'DELIVERY_CONFLICT',
			status: 'SENT',
		});
		expect(attemptsOf(outside, messageId)).toBe(1);
	});

	test('and canceling are for agents', async () => {
		const { id: messageId } = await ending('DEAD');
		for (const mutation of ['redriveDelivery', 'cancelDelivery'] as const)
			expect(await refusal(customer, mutation, { messageId })).toMatchObject({
				__typename: 'ForbiddenError',
			});
		expect(await seeMessage(agent, messageId)).toMatchObject({ delivery: { status: 'DEAD' } });
	});
});

describe('canceling', () => {
	test('calls off what waits behind another message, and is too late for what is being sent', async () => {
		const answered = Promise.withResolvers<void>();
		const asked = outside.provider.arrival();
		outside.provider.answer = (response) => void answered.promise.then(() => ACCEPT(response));
		const { id: first, conversation } = await sendOut(agent, { ...freshPair(), body: 'First' });
		await asked;
		const { id: second } = await send(agent, conversation.id, 'Second');
		const { message } = await perform(agent, 'cancelDelivery', { messageId: second });
		expect(message).toMatchObject({ delivery: { status: 'CANCELED', nextAttemptAt: null, attempts: [] } });
		expect(await perform(agent, 'cancelDelivery', { messageId: second })).toMatchObject({
			message: { delivery: { status: 'CANCELED' } },
		});
		expect(await refusal(agent, 'cancelDelivery', { messageId: first })).toMatchObject({
			__typename: 'DeliveryConflictError',
			status: 'SENDING',
		});
		answered.resolve();
		const { id: third } = await send(agent, conversation.id, 'Third');
		await untilStatus(agent, third, 'SENT');
		expect(attemptsOf(outside, first)).toBe(1);
		expect(attemptsOf(outside, second)).toBe(0);
	});

	test('dismisses a dead letter', async () => {
		const { id: messageId } = await ending('DEAD');
		await perform(agent, 'cancelDelivery', { messageId });
		expect(await idsOf({ first: 5 })).not.toContain(messageId);
		expect(await refusal(agent, 'redriveDelivery', { messageId })).toMatchObject({
			__typename: 'DeliveryConflictError',
			status: 'CANCELED',
		});
	});
});
