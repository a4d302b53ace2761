import { expect, test } from 'vitest';
import type { Domain } from '../../src/conversations/domain.ts';
import type { Delivery, DeliveryAttempt } from '../../src/conversations/outside.ts';
import { RequestReader } from '../../src/conversations/request-reader.ts';
import { alice, attempt, outgoing } from '../schema/fake-context.ts';

/** A reader over these attempts, and the questions that the store is asked. */
function readerOver(attempts: readonly DeliveryAttempt[]) {
	const asked: (readonly string[])[] = [];
	const domain: Partial<Domain> = {
		attempts: async (messageIds) => {
			asked.push(messageIds);
			return attempts.filter(({ messageId }) => messageIds.includes(messageId));
		},
	};
	const viewer = { user: alice, expiresAt: Number.POSITIVE_INFINITY };
	return { asked, reader: new RequestReader(domain as Domain, viewer) };
}

function deliveryOf(messageId: string, attempts: number): Delivery {
	return { ...(outgoing.outside?.delivery as Delivery), messageId, attempts };
}

function attemptsOf(messageId: string, count: number): readonly DeliveryAttempt[] {
	return Array.from({ length: count }, (_, index) => ({ ...attempt, messageId, number: index + 1 }));
}

test('the attempts of all messages of an answer are read at once, each message’s own', async () => {
	const { reader, asked } = readerOver([...attemptsOf('one', 2), ...attemptsOf('two', 1)]);
	const found = await Promise.all([
		reader.attempts(deliveryOf('one', 2)),
		reader.attempts(deliveryOf('two', 1)),
		reader.attempts(deliveryOf('queued', 0)),
	]);
	expect(found).toEqual([attemptsOf('one', 2), attemptsOf('two', 1), []]);
	expect(asked).toEqual([['one', 'two']]);
});

test('of many attempts the newest are shown, oldest first', async () => {
	const { reader } = readerOver(attemptsOf('one', 45));
	const numbers = (await reader.attempts(deliveryOf('one', 45))).map(({ number }) => number);
	expect(numbers).toEqual(Array.from({ length: 30 }, (_, index) => index + 16));
});
