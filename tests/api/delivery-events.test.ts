import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DeliveriesDocument, type DeliveriesSubscription } from '../generated/graphql.ts';
import { perform, send, userIdOf } from '../support/chat.ts';
import type { Client, Results } from '../support/client.ts';
import {
	freshPair,
	type OutboundService,
	seeMessage,
	sendOut,
	startOutbound,
	untilStatus,
} from '../support/outbound.ts';
import { type Answer, answerWith } from '../support/provider-server.ts';

type Event = DeliveriesSubscription['conversationEvents'];

let outside: OutboundService;
let agent: Client;

beforeAll(async () => {
	outside = await startOutbound();
	agent = await outside.service.client('Agent', 'AGENT');
});
afterAll(() => outside.stop());
beforeEach(() => {
	outside.provider.answer = answerWith(200, '{"id":"p-1"}');
});

/** Requests that wait to be answered, one by one. */
function heldAnswers(): { readonly next: () => Promise<(answer: Answer) => void> } {
	const arrived: ((answer: Answer) => void)[] = [];
	const waiting: ((answer: (answer: Answer) => void) => void)[] = [];
	outside.provider.answer = (response) => {
		const give = (answer: Answer) => answer(response);
		const wait = waiting.shift();
		if (wait) wait(give);
		else arrived.push(give);
	};
	return {
		next: () => {
			const give = arrived.shift();
			return give ? Promise.resolve(give) : new Promise((resolve) => waiting.push(resolve));
		},
	};
}

function follow(client: Client, id: string, after = 0): Results<DeliveriesSubscription> {
	return client.subscribe(DeliveriesDocument, { id, after });
}

async function nextEvent(following: Results<DeliveriesSubscription>): Promise<Event> {
	const [result] = await following.take(1);
	if (result === undefined) throw new Error('The subscription is over.');
	return result.conversationEvents;
}

const statusOf = (event: Event) => ('message' in event ? event.message?.delivery?.status : undefined);

test('a follower sees each step live, in order: queued, sending, retrying, sent, delivered', async () => {
	const held = heldAnswers();
	const { conversation, id, sequence } = await sendOut(agent, freshPair());
	const following = follow(agent, conversation.id, sequence - 1);
	const sentEvent = await nextEvent(following);
	expect(sentEvent).toMatchObject({ __typename: 'MessageSent', sequence, actor: { name: 'Agent' } });

	const step = async (statuses: readonly string[], at: number): Promise<Event> => {
		const event = await nextEvent(following);
		expect(event).toMatchObject({
			__typename: 'DeliveryChanged',
			sequence: sequence + at,
			actor: null,
			message: { id },
		});
		expect(statuses).toContain(statusOf(event));
		return event;
	};
	const first = await held.next();
	await step(['SENDING'], 1);
	first(answerWith(429, '', { 'retry-after': '0' }));
	const second = await held.next();
	// Its state is that of the event or a later one.
	await step(['RETRYING', 'SENDING'], 2);
	const sending = await step(['SENDING'], 3);
	expect(sending).toMatchObject({
		message: {
			delivery: {
				attempts: [
					{ number: 1, httpStatus: 429, outcome: 'RETRY' },
					{ number: 2, httpStatus: null, durationMs: null, outcome: 'UNKNOWN' },
				],
			},
		},
	});
	second(answerWith(200, '{"id":"p-7"}'));
	expect(await step(['SENT'], 4)).toMatchObject({ message: { delivery: { providerMessageId: 'p-7' } } });
	expect(await outside.report({ id, status: 'delivered' })).toBe(200);
	expect(await step(['DELIVERED'], 5)).toMatchObject({
		message: { delivery: { status: 'DELIVERED', error: null, nextAttemptAt: null } },
	});
	following.stop();
});

test('who follows from the beginning gets the same events later, with the present state', async () => {
	const { conversation, id, sequence } = await sendOut(agent, freshPair());
	await untilStatus(agent, id, 'SENT');
	await outside.report({ id, status: 'delivered' });
	const { conversation: seen } = await seeMessage(agent, id);
	const following = follow(agent, conversation.id);
	const events: Event[] = [];
	while (events.at(-1)?.sequence !== seen.lastSequence) events.push(await nextEvent(following));
	expect(events.map((event) => event.sequence)).toEqual(events.map((_, index) => index + 1));
	expect(events.slice(sequence - 1).map(({ __typename }) => __typename)).toEqual([
		'MessageSent',
		'DeliveryChanged',
		'DeliveryChanged',
		'DeliveryChanged',
	]);
	expect(statusOf(events.at(-1) as Event)).toBe('DELIVERED');
	following.stop();
});

test('a report that comes late changes nothing', async () => {
	const { id } = await sendOut(agent, freshPair());
	await untilStatus(agent, id, 'SENT');
	await outside.report({ id, status: 'undelivered', error: 'The phone is off.' });
	const undelivered = await untilStatus(agent, id, 'UNDELIVERED');
	expect(undelivered.delivery?.error).toBe('The phone is off.');
	expect(await outside.report({ id, status: 'sent' })).toBe(200);
	expect(await outside.report({ id, status: 'delivered' })).toBe(200);
	expect(await seeMessage(agent, id)).toEqual(undelivered);
});

test('deliveries are no activity: neither the list nor what is unread moves', async () => {
	const reader = await outside.service.client('Reader', 'AGENT');
	const { conversation, id } = await sendOut(agent, freshPair());
	const where = { conversationId: conversation.id };
	await perform(reader, 'joinConversation', where);
	const QUERY = 'query ($id: ID!) { conversation(id: $id) { lastActivityAt unreadCount } }';
	const before = await reader.query(QUERY, { id: conversation.id });
	await untilStatus(agent, id, 'SENT');
	await outside.report({ id, status: 'delivered' });
	await untilStatus(agent, id, 'DELIVERED');
	expect(await reader.query(QUERY, { id: conversation.id })).toEqual(before);
});

test('a delivery does not count as moved for who writes next', async () => {
	const { conversation, id, sequence } = await sendOut(agent, freshPair());
	await untilStatus(agent, id, 'SENT');
	const colleague = await outside.service.client('Colleague', 'AGENT');
	const answer = await send(colleague, conversation.id, 'Seen', { expectedSequence: sequence });
	expect(answer.sequence).toBeGreaterThan(sequence + 2);
	await untilStatus(agent, answer.id, 'SENT');
});

test('followers of the same role share an event with its attempts', async () => {
	const customer = await outside.service.client('Customer');
	const held = heldAnswers();
	const { conversation, id, sequence } = await sendOut(agent, freshPair());
	await perform(agent, 'addMember', {
		conversationId: conversation.id,
		userId: await userIdOf(customer),
	});
	const followings = [agent, customer].map((client) => follow(client, conversation.id, sequence - 1));
	(await held.next())(answerWith(400, '{"error":"no"}'));
	for (const following of followings) {
		let event = await nextEvent(following);
		while (statusOf(event) !== 'FAILED') event = await nextEvent(following);
		expect(event).toMatchObject({
			message: { id, delivery: { attempts: [{ number: 1, httpStatus: 400, outcome: 'REJECTED' }] } },
		});
		following.stop();
	}
});
