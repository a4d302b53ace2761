import { beforeAll, describe, expect, it } from 'vitest';
import type { Delivery, DeliveryStatus } from '../../src/conversations/outside.ts';
import type { PageRequest } from '../../src/conversations/pages.ts';
import type { DeadLetter, DeadLetterCursor } from '../../src/outbound/store.ts';
import { deliver } from './store-deliver.ts';
import { DATABASES, idOrder, useNodes } from './store-setup.ts';

const DEAD = ['DEAD', 'FAILED', 'UNKNOWN'] as const;
const at = (second: number) => new Date(Date.UTC(2030, 0, 1, 0, 0, second, 7));

describe.each(DATABASES)('dead letters on %s', (kind) => {
	const nodes = useNodes(kind);
	/** Newest first; three are of the same instant. */
	let listed: readonly Delivery[];

	beforeAll(async () => {
		const agent = await nodes.person('AGENT');
		const { id } = await nodes.conversation(agent);
		const statuses: readonly [DeliveryStatus, number][] = [
			['DEAD', 1],
			['FAILED', 5],
			['UNKNOWN', 5],
			['DEAD', 5],
			['FAILED', 3],
			['SENT', 4],
			['QUEUED', 6],
			['RETRYING', 7],
			['UNDELIVERED', 8],
			['UNKNOWN', 9],
		];
		const attachment = { url: 'https://example.com/a', contentType: null, size: 1 };
		const all = await deliver(
			nodes.here,
			id,
			statuses.map(([status, second]) => ({
				status,
				updatedAt: at(second),
				channel: status === 'QUEUED' ? 'EMAIL' : 'SMS',
				providerMessageId: `p-${second}`,
				provider: 'twilio',
			})),
			[attachment],
		);
		listed = all
			.filter(({ status }) => DEAD.some((dead) => dead === status))
			.sort(
				(a, b) => b.updatedAt.getTime() - a.updatedAt.getTime() || idOrder(kind)(b.messageId, a.messageId),
			);
	});

	const list = (page: PageRequest<DeadLetterCursor>, statuses: readonly DeliveryStatus[] = DEAD) =>
		nodes.there.outbound.deadLetters(statuses, page);
	const idsOf = (letters: readonly DeadLetter[]) => letters.map(({ message }) => message.id);

	it('are messages with their deliveries, newest first, the id deciding between equals', async () => {
		const { rows, hasMore } = await list({ limit: 50, fromEnd: false });
		expect(rows.map(({ message }) => message.outside?.delivery)).toEqual(listed);
		expect(rows.map(({ cursor }) => cursor)).toEqual(
			listed.map(({ updatedAt, messageId }) => ({ updatedAt, messageId })),
		);
		for (const { message } of rows) expect(message.outside?.attachments).toHaveLength(1);
		expect(hasMore).toBe(false);
	});

	it.each([1, 2, 3, 4, 6])(
		'are walked in pages of %i, both ways, without a hole or a double',
		async (limit) => {
			const walk = async (fromEnd: boolean) => {
				const seen: string[] = [];
				let cursor: Partial<PageRequest<DeadLetterCursor>> = {};
				for (;;) {
					const { rows, hasMore } = await list({ limit, fromEnd, ...cursor });
					if (fromEnd) seen.unshift(...idsOf(rows));
					else seen.push(...idsOf(rows));
					if (!hasMore) return seen;
					const place = (fromEnd ? rows[0] : rows.at(-1))?.cursor;
					if (place === undefined) throw new Error('A page that has more is not empty.');
					cursor = fromEnd ? { before: place } : { after: place };
				}
			};
			const ids = listed.map(({ messageId }) => messageId);
			expect(await walk(false)).toEqual(ids);
			expect(await walk(true)).toEqual(ids);
		},
	);

	it('are those of the statuses that are asked for', async () => {
		const of = async (...statuses: readonly DeliveryStatus[]) =>
			idsOf((await list({ limit: 50, fromEnd: false }, statuses)).rows);
		const expected = (status: DeliveryStatus) =>
			listed.filter((delivery) => delivery.status === status).map(({ messageId }) => messageId);
		expect(await of('UNKNOWN')).toEqual(expected('UNKNOWN'));
		expect(await of('CANCELED')).toEqual([]);
		expect(await of()).toEqual([]);
	});

	it('are counted by their status, and what waits by its channels', async () => {
		const { outbound } = nodes.there;
		expect(await outbound.counts(['DEAD', 'QUEUED', 'SENDING', 'UNKNOWN'])).toEqual(
			new Map([
				['DEAD', 2],
				['QUEUED', 1],
				['UNKNOWN', 2],
			]),
		);
		expect(await outbound.countWaiting(['SMS', 'MMS', 'EMAIL'])).toBe(2);
		expect(await outbound.countWaiting(['SMS'])).toBe(1);
		expect(await outbound.countWaiting([])).toBe(0);
	});

	it("are found by the provider's id, exactly, and of several the newest", async () => {
		const { outbound } = nodes.there;
		const [newest] = listed;
		const { messageId, conversationId } = newest ?? {};
		expect(await outbound.findByProviderId('twilio', 'p-9')).toEqual({ messageId, conversationId });
		expect(await outbound.findByProviderId('webhook', 'p-9')).toBeUndefined();
		expect(await outbound.findByProviderId('twilio', 'P-9')).toBeUndefined();
		expect(await outbound.findByProviderId('twilio', 'p-9 ')).toBeUndefined();
		const equals = listed.filter(({ updatedAt }) => updatedAt.getTime() === at(5).getTime());
		expect(await outbound.findByProviderId('twilio', 'p-5')).toEqual({
			messageId: equals[0]?.messageId,
			conversationId,
		});
	});
});
