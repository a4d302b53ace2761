import { describe, expect, it } from 'vitest';
import { deleteMessage } from '../../src/conversations/delete-message.ts';
import { newId } from '../../src/conversations/ids.ts';
import type { Attachment, Delivery, Outside } from '../../src/conversations/outside.ts';
import type { StoreTransaction } from '../../src/conversations/store.ts';
import { StoreConflict } from '../../src/conversations/store.ts';
import { attemptOf, deliveryOf, goingOut, incomingOf, threadOf } from '../support/outside.ts';
import { append, NO_CHANGES } from './store-append.ts';
import { change, deliver } from './store-deliver.ts';
import { DATABASES, type Node, send, useNodes } from './store-setup.ts';

const UNBORN = { id: '', conversationId: '', sequence: 0 };
const PAGE = { limit: 100, fromEnd: false };
const LONG_ADDRESS = `${"o'h".repeat(80)}-ünï@${'b'.repeat(71)}.org`;

/** Every column filled, with what databases differ in. */
const FULL: Partial<Delivery> = {
	channel: 'EMAIL',
	status: 'RETRYING',
	from: LONG_ADDRESS,
	to: `${'a'.repeat(308)}@example.org`,
	requestedAt: new Date('1999-12-31T23:59:59.999Z'),
	provider: 'webhook-fallback',
	attempts: 12,
	tries: 3,
	nextAttemptAt: new Date('2040-01-01T00:00:00.001Z'),
	leaseUntil: new Date('2040-01-01T00:00:00.002Z'),
	providerMessageId: `SM${'9'.repeat(253)}`,
	error: `👩‍👩‍👧 it's "so" — \\ % _ ? $1 @p1 شكرا ${'x'.repeat(460)}`,
	uncertain: true,
	updatedAt: new Date('2030-06-01T12:00:00.123Z'),
};

const ATTACHMENTS: readonly Attachment[] = [
	{ url: `https://example.com/${'ü'.repeat(2028)}`, contentType: 'image/png', size: 2 ** 31 - 1 },
	{ url: "https://example.com/🦊?a='b'&c=%20", contentType: null, size: null },
	{ url: 'https://example.com/empty', contentType: 'x'.repeat(255), size: 0 },
];

/** Runs in a transaction that changes nothing. */
function look<T>(
	{ conversations }: Node,
	conversationId: string,
	work: (transaction: StoreTransaction) => Promise<T>,
): Promise<T> {
	return conversations.transact(async (transaction) => {
		await transaction.lock([conversationId]);
		return work(transaction);
	});
}

describe.each(DATABASES)('what messages have outside, on %s', (kind) => {
	const nodes = useNodes(kind);

	const begin = async () => {
		const agent = await nodes.person('AGENT');
		return { agent, id: (await nodes.conversation(agent)).id };
	};

	it('is read as it was written, to the last column, wherever messages are read', async () => {
		const { agent, id } = await begin();
		const incoming = incomingOf({
			contactAddress: LONG_ADDRESS,
			sentAt: new Date('2020-02-29T00:00:00.001Z'),
		});
		const sent = await append(nodes.here, id, [
			{
				channel: 'EMAIL',
				clientMessageId: 'k',
				authorId: agent.user.id,
				outside: goingOut(deliveryOf(UNBORN, FULL), ATTACHMENTS),
			},
			{ channel: 'MMS', outside: { delivery: null, incoming, attachments: ATTACHMENTS.slice(1) } },
			{ channel: 'SMS', outside: goingOut(deliveryOf(UNBORN)) },
			{ channel: 'SMS', internal: true },
			{ channel: 'CHAT' },
		]);
		expect(sent[0]?.outside?.delivery).toMatchObject({ ...FULL, sequence: sent[0]?.sequence });
		const expected = sent.map(({ outside }) => outside);
		const ids = sent.map((message) => message.id);
		const sorted = (messages: readonly { readonly sequence: number; readonly outside: Outside | null }[]) =>
			messages.toSorted((a, b) => a.sequence - b.sequence).map(({ outside }) => outside);
		const { conversations } = nodes.there;
		const history = await conversations.history(id, { notes: true }, PAGE);
		expect(history.rows.map(({ outside }) => outside)).toEqual(expected);
		const found = await conversations.messagesWithConversations(ids);
		expect(sorted(found.map(({ message }) => message))).toEqual(expected);
		const log = await conversations.eventsAfter(id, 2, 100);
		expect(log.map(({ message }) => message?.outside)).toEqual(expected);
		await look(nodes.there, id, async (transaction) => {
			expect(sorted(await transaction.messages(ids))).toEqual(expected);
			const missed = { conversationId: id, after: 2, exceptAuthorId: newId(), limit: 100 };
			expect(sorted(await transaction.missed([missed]))).toEqual(expected.filter((_, index) => index !== 3));
		});
	});

	it('is found with a message by its key', async () => {
		const { agent, id } = await begin();
		const message = { channel: 'SMS', clientMessageId: 'k', authorId: agent.user.id } as const;
		const [sent] = await append(nodes.here, id, [{ ...message, outside: goingOut(deliveryOf(UNBORN)) }]);
		const { message: repeated } = await send(nodes.there, agent, id, sent?.body ?? '', {
			clientMessageId: 'k',
		});
		expect(repeated.outside).toEqual(sent?.outside);
	});

	it('keeps a size that is more than a column takes as not known', async () => {
		const { id } = await begin();
		await deliver(nodes.here, id, [{}], [{ url: 'https://example.com', contentType: null, size: 2 ** 31 }]);
		const [event] = await nodes.there.conversations.eventsAfter(id, 2, 1);
		expect(event?.message?.outside?.attachments).toEqual([
			{ url: 'https://example.com', contentType: null, size: null },
		]);
	});

	it('changes, and a deletion forgets the attachments alone', async () => {
		const { agent, id } = await begin();
		const attachment = { url: 'https://example.com/a', contentType: null, size: 1 };
		const [kept] = await deliver(nodes.here, id, [{}], [attachment]);
		const [message] = await append(nodes.here, id, [
			{ channel: 'SMS', authorId: agent.user.id, outside: goingOut(deliveryOf(UNBORN), [attachment]) },
		]);
		if (!message?.outside?.delivery || !kept) throw new Error('Nothing was delivered.');
		const changed: Delivery = {
			...message.outside.delivery,
			...FULL,
			// Where it goes is written once.
			channel: 'SMS',
			from: message.outside.delivery.from,
			to: message.outside.delivery.to,
			requestedAt: message.outside.delivery.requestedAt,
		};
		await change(nodes.here, id, { changedDeliveries: [changed] });
		const outside = async () => {
			const found = await nodes.there.conversations.messagesWithConversations([message.id]);
			return found[0]?.message.outside;
		};
		expect(await outside()).toEqual(goingOut(changed, [attachment]));
		await deleteMessage(nodes.here.domain, agent, { messageId: message.id });
		expect(await outside()).toEqual(goingOut(changed));
		const [other] = await nodes.there.conversations.messagesWithConversations([kept.messageId]);
		expect(other?.message.outside).toEqual(goingOut(kept, [attachment]));
	});

	it('has attempts, which are found by their number and told in its order', async () => {
		const { id } = await begin();
		const [first, second] = await deliver(nodes.here, id, [{}, {}]);
		const [one = '', other = ''] = [first?.messageId, second?.messageId];
		const attempts = [
			attemptOf(one, { number: 2, provider: 'twilio' }),
			attemptOf(one, { number: 1 }),
			attemptOf(other, { durationMs: 1, httpStatus: 200, outcome: 'ACCEPTED' }),
		];
		await change(nodes.here, id, { newAttempts: attempts });
		const ended = attemptOf(one, { durationMs: 20, httpStatus: 429, outcome: 'RETRY' });
		await change(nodes.here, id, { changedAttempts: [ended] });
		const { outbound } = nodes.there;
		expect(await outbound.attempts([one, newId()])).toEqual([ended, attempts[0]]);
		expect(await outbound.attempts([other])).toEqual([attempts[2]]);
		expect(await outbound.attempts([])).toEqual([]);
	});

	it('holds back what comes behind it, as long as it is open', async () => {
		const { id } = await begin();
		const other = await begin();
		const deliveries = await deliver(nodes.here, id, [
			{ status: 'SENT' },
			{ status: 'QUEUED' },
			{ status: 'SENDING' },
			{ status: 'RETRYING' },
			{ status: 'UNKNOWN' },
			{ status: 'DEAD' },
			{ status: 'QUEUED' },
		]);
		const [alone] = await deliver(nodes.here, other.id, [{}]);
		const openBefore = (sequence: number) =>
			look(nodes.there, id, async (transaction) => {
				const queries = [
					{ conversationId: id, before: sequence },
					{ conversationId: other.id, before: alone?.sequence ?? 0 },
					{ conversationId: newId(), before: 9 },
				];
				return (await transaction.openDeliveries(queries)).map((open) => open.sequence).sort((a, b) => a - b);
			});
		const [, queued, sending, retrying, , , last] = deliveries.map(({ sequence }) => sequence);
		expect(await openBefore(last ?? 0)).toEqual([queued, sending, retrying]);
		expect(await openBefore(sending ?? 0)).toEqual([queued]);
		expect(await openBefore(queued ?? 0)).toEqual([]);
		const [, second] = deliveries;
		if (second === undefined) throw new Error('Nothing was delivered.');
		await change(nodes.here, id, { changedDeliveries: [{ ...second, status: 'CANCELED' }] });
		expect(await openBefore(last ?? 0)).toEqual([sending, retrying]);
	});

	it('knows the conversation of a pair, and whose turn it is once that is closed for good', async () => {
		const { id } = await begin();
		const { id: next } = await begin();
		const pairKey = newId().padEnd(43, 'A');
		const first = threadOf(id, { pairKey, contactAddress: LONG_ADDRESS });
		const second = threadOf(next, { pairKey, generation: 2, family: 'EMAIL' });
		await change(nodes.here, id, { newThreads: [first] });
		const { outbound } = nodes.there;
		expect(await outbound.thread(pairKey)).toEqual(first);
		await change(nodes.here, next, { newThreads: [second] });
		expect(await outbound.thread(pairKey)).toEqual(second);
		// Keys compare to the last letter.
		expect(await outbound.thread(pairKey.toLowerCase())).toBeUndefined();
		await look(nodes.there, id, async (transaction) => {
			expect(await transaction.threads([pairKey, 'unknown'])).toEqual([second]);
			expect(await transaction.threadsOf([id, newId()])).toEqual([first]);
		});
	});

	it('lets one of two begin the conversation of a pair', async () => {
		const ids = [(await begin()).id, (await begin()).id];
		const pairKey = newId().padEnd(43, 'B');
		const race = [nodes.here, nodes.there].map((node, index) =>
			change(node, ids[index] ?? '', { newThreads: [threadOf(ids[index] ?? '', { pairKey })] }),
		);
		const ends = await Promise.allSettled(race);
		const [lost, ...others] = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
		expect(lost).toBeInstanceOf(StoreConflict);
		expect(others).toEqual([]);
		const winner = ids[ends.findIndex(({ status }) => status === 'fulfilled')];
		expect((await nodes.here.outbound.thread(pairKey))?.conversationId).toBe(winner);
	});

	it('knows what was received, until it forgets', async () => {
		const { id } = await begin();
		const [old, recent] = [newId(), newId()];
		const before = new Date('2010-01-01T00:00:00Z');
		await change(nodes.here, id, {
			newReceipts: [
				{ key: recent, receivedAt: new Date('2010-01-01T00:00:00.000Z') },
				{ key: old, receivedAt: new Date('2009-12-31T23:59:59.999Z') },
			],
		});
		const received = () =>
			look(nodes.there, id, (transaction) => transaction.receipts([old, recent, newId()]));
		expect(await received()).toEqual(new Set([old, recent]));
		const again = change(nodes.there, id, { newReceipts: [{ key: old, receivedAt: before }] });
		await expect(again).rejects.toBeInstanceOf(StoreConflict);
		await nodes.here.outbound.forgetReceipts(before);
		expect(await received()).toEqual(new Set([recent]));
	});

	it('forgets more receipts than one transaction does', async () => {
		const { id } = await begin();
		const keys = Array.from({ length: 2_100 }, (_, index) => `${id} ${index}`);
		await change(nodes.here, id, { newReceipts: keys.map((key) => ({ key, receivedAt: new Date(0) })) });
		await nodes.here.outbound.forgetReceipts(new Date(1));
		expect(await look(nodes.there, id, (transaction) => transaction.receipts(keys))).toEqual(new Set());
	});

	it('knows who wants no messages, until they do', async () => {
		const { id } = await begin();
		const [one, other] = [newId(), newId()];
		const optedOutAt = new Date();
		const optOut = { key: one, family: 'PHONE', address: '+10987654321', optedOutAt } as const;
		await change(nodes.here, id, { newOptOuts: [optOut, { ...optOut, key: other, address: LONG_ADDRESS }] });
		const { outbound } = nodes.there;
		const read = () => look(nodes.there, id, (transaction) => transaction.optOuts([one, other, newId()]));
		expect(await read()).toEqual(new Set([one, other]));
		expect(await outbound.isOptedOut(one)).toBe(true);
		await change(nodes.here, id, { endedOptOuts: [one] });
		expect(await read()).toEqual(new Set([other]));
		expect([await outbound.isOptedOut(one), await outbound.isOptedOut(other)]).toEqual([false, true]);
	});

	it('changes nothing where nothing is to be changed', async () => {
		const { id } = await begin();
		const before = await nodes.log(id);
		await nodes.here.conversations.transact((transaction) => transaction.save(NO_CHANGES));
		expect(await nodes.log(id)).toEqual(before);
	});
});
