import type { Delivery, DeliveryAttempt } from '../../src/conversations/outside.ts';
import * as read from '../../src/store/read-outbound.ts';
import * as outside from '../../src/store/read-outside.ts';
import * as write from '../../src/store/write-outside.ts';
import { attemptOf, deliveryOf } from '../support/outside.ts';
import type { HotStatement } from './hot-statements.ts';
import { idOf, instantAfter, QUEUED } from './plan-data.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
/** Of small conversations, delivered. */
const delivered = (count: number) => upTo(count).map((n) => idOf('message', (n * 100 + 50) * 100_000 + 1));
const sending = upTo(90).map((n): Delivery => {
	const number = n * 100 + 2;
	const conversationId = idOf('conversation', number);
	const message = { id: idOf('message', number * 100_000 + 5), conversationId, sequence: 5 };
	return deliveryOf(message, { status: 'SENT', attempts: 1, nextAttemptAt: null });
});
const ended = sending.map(({ messageId }): DeliveryAttempt => attemptOf(messageId, { durationMs: 20 }));
const afterwards = instantAfter(90_000);
const SMS = { channels: ['SMS', 'MMS'], exceptProviders: [], limit: 100 } as const;
const DEAD = ['DEAD', 'FAILED', 'UNKNOWN', 'UNDELIVERED'] as const;
const place = { updatedAt: instantAfter(5_000), messageId: idOf('message', 1) };

const KEY = ['message_id=?'];
const DUE = ['channel=? AND due_at<?', 'conversation_id=? AND open_sequence<?'];
const PAGE = ['status=?'];

/** What is asked of the ledger all the time, over the data of plan-data.ts. */
export const HOT_OUTBOUND: Readonly<Record<string, HotStatement>> = {
	'what is due': {
		build: ({ queries, dialect }) => read.dueDeliveries(queries, dialect, afterwards, SMS),
		reads: 350,
		seeks: DUE,
		sorts: true,
	},
	'what is due, but of a provider that is away': {
		build: ({ queries, dialect }) =>
			read.dueDeliveries(queries, dialect, afterwards, { ...SMS, exceptProviders: ['webhook'] }),
		reads: 350,
		seeks: DUE,
		sorts: true,
	},
	'what is due by email, whatever waits to go by SMS': {
		build: ({ queries, dialect }) =>
			read.dueDeliveries(queries, dialect, afterwards, { ...SMS, channels: ['EMAIL'] }),
		reads: 60,
		seeks: DUE,
		sorts: true,
	},
	'when the next is due': {
		build: ({ queries, dialect }) => read.nextDue(queries, dialect, instantAfter(2), ['SMS', 'EMAIL']),
		reads: 2,
		seeks: ['channel=? AND due_at>?'],
	},
	'leases that are over': {
		build: ({ queries, dialect }) => read.expiredDeliveries(queries, dialect, afterwards, 100),
		reads: 100,
		seeks: ['lease_until<?'],
	},
	"a provider's message": {
		build: ({ queries, dialect }) =>
			read.deliveryByProviderId(queries, dialect, 'webhook', 'provider-105000001'),
		reads: 1,
		seeks: ['provider_message_id=? AND provider=?'],
	},
	'how many wait': {
		build: ({ queries }) => read.countWaiting(queries, ['SMS', 'MMS']),
		reads: 1_400,
		seeks: PAGE,
	},
	'how many there are of some statuses': {
		build: ({ queries }) => read.countByStatus(queries, ['RETRYING', 'SENDING', 'DEAD']),
		reads: 1_000,
		seeks: PAGE,
	},
	'the first dead letters': {
		build: ({ queries, dialect }) =>
			read.deadLettersPage(queries, dialect, DEAD, { limit: 50, fromEnd: false }),
		reads: 60,
		seeks: PAGE,
		sorts: true,
	},
	'dead letters after a place': {
		build: ({ queries, dialect }) =>
			read.deadLettersPage(queries, dialect, DEAD, { after: place, limit: 50, fromEnd: false }),
		reads: 60,
		seeks: ['status=? AND updated_at<?'],
		sorts: true,
	},
	'dead letters before a place': {
		build: ({ queries, dialect }) =>
			read.deadLettersPage(queries, dialect, DEAD, { before: place, limit: 50, fromEnd: true }),
		reads: 60,
		seeks: ['status=? AND updated_at>?'],
		sorts: true,
	},
	'attempts of 50 messages': {
		build: ({ queries }) => read.attemptsOf(queries, delivered(50)),
		reads: 50,
		seeks: KEY,
	},
	'deliveries of 50 messages': {
		build: ({ queries }) => outside.deliveriesOf(queries, delivered(50)),
		reads: 50,
		seeks: KEY,
	},
	'attachments of 50 messages': {
		build: ({ queries }) => outside.attachmentsOf(queries, delivered(50)),
		reads: 50,
		seeks: KEY,
	},
	'the newest thread of a pair': {
		build: ({ queries, dialect }) => read.newestThread(queries, dialect, 'pair-777'),
		reads: 1,
		seeks: ['pair_key=?'],
	},
	'the newest threads of 64 pairs': {
		build: ({ queries }) =>
			write.newestThreads(
				queries,
				upTo(64).map((n) => `pair-${n * 50}`),
			),
		reads: 300,
		seeks: ['pair_key=?'],
	},
	'threads of 64 conversations': {
		build: ({ queries }) =>
			write.threadsOf(
				queries,
				upTo(64).map((n) => idOf('conversation', n * 50)),
			),
		reads: 64,
		seeks: ['conversation_id=?'],
	},
	'open deliveries before 90 that are to be sent': {
		build: ({ queries, dialect }) => ({
			compile: () =>
				write.openDeliveries(
					queries,
					dialect,
					sending.map(({ conversationId }) => ({ conversationId, before: 6 })),
				),
		}),
		reads: 90,
		seeks: ['conversation_id=? AND open_sequence<?'],
		names: 'deliveries',
	},
	'90 deliveries sent': {
		build: ({ queries, dialect }) => ({ compile: () => write.changeDeliveries(queries, dialect, sending) }),
		reads: 90,
		seeks: KEY,
		names: 'deliveries',
	},
	'90 attempts ended': {
		build: ({ queries, dialect }) => ({ compile: () => write.changeAttempts(queries, dialect, ended) }),
		reads: 90,
		seeks: ['message_id=? AND number=?'],
		names: 'delivery_attempts',
	},
	'the next ones of 90 conversations marked as due, one of them with 1,000 queued': {
		build: ({ queries }) => ({
			compile: () =>
				write.markDue(queries, [idOf('conversation', 2), ...sending.map((sent) => sent.conversationId)]),
		}),
		reads: 400,
		seeks: ['id=?', 'conversation_id=? AND open_sequence=?', 'conversation_id=? AND open_sequence>?'],
	},
	'open deliveries before one behind all that are queued': {
		build: ({ queries, dialect }) => ({
			compile: () =>
				write.openDeliveries(queries, dialect, [{ conversationId: idOf('conversation', 2), before: QUEUED }]),
		}),
		reads: QUEUED,
		seeks: ['conversation_id=? AND open_sequence<?'],
		names: 'deliveries',
	},
	'100 receipts': {
		build: ({ queries }) =>
			write.receiptsByKey(
				queries,
				upTo(100).map((n) => `receipt-${n * 7}`),
			),
		reads: 100,
		seeks: ['receipt_key=?'],
	},
	'100 contacts that may be opted out': {
		build: ({ queries }) =>
			write.optOutsByKey(
				queries,
				upTo(100).map((n) => `contact-${n * 7}`),
			),
		reads: 100,
		seeks: ['opt_out_key=?'],
	},
};
