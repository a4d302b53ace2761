import { beforeEach, describe, expect, test, vi } from 'vitest';
import { toGlobalId } from '../../schema/ids.ts';
import { ContactOptedOutError, DeliveryConflictError } from '../../src/conversations/errors.ts';
import type { DeliveryStatus } from '../../src/conversations/outside.ts';
import { optOutKey } from '../../src/conversations/outside-keys.ts';
import type { PageRequest } from '../../src/conversations/pages.ts';
import * as redriving from '../../src/outbound/redrive-delivery.ts';
import * as sending from '../../src/outbound/send-outbound-message.ts';
import type { DeadLetterCursor, OutboundStore } from '../../src/outbound/store.ts';
import { asJson, EXECUTORS, originalOf } from './executors.ts';
import { alex, conversation, fakeContext, outgoing } from './fake-context.ts';

const sendOutboundMessage = vi.spyOn(sending, 'sendOutboundMessage');
const redriveDelivery = vi.spyOn(redriving, 'redriveDelivery');

beforeEach(() => {
	sendOutboundMessage.mockReset();
	redriveDelivery.mockReset();
});

const INPUT = {
	from: '+1 123 456 7890',
	to: '+10987654321',
	type: 'SMS',
	body: 'Test message',
	attachments: [],
	timestamp: '2025-05-21T18:00:00Z',
};

/** A context of an agent over a store that has these. */
function agentContext(store: Partial<OutboundStore>, ratePerSecond?: number) {
	return fakeContext({ viewer: alex, outbound: { store: { ...nothing, ...store }, ratePerSecond } });
}

const nothing = {
	isOptedOut: async () => false,
	pauses: async () => new Map(),
	nextTurnAt: async () => undefined,
	countWaiting: async () => 0,
} as Partial<OutboundStore> as OutboundStore;

describe.each(EXECUTORS)('to the outside, %s', (_name, run) => {
	const SEND = `mutation ($input: SendOutboundMessageInput!) { sendOutboundMessage(input: $input) { __typename
		... on SendOutboundMessagePayload { message { id delivery { status } } } ... on Error { code retryable } } }`;

	test('a send gives the use case its input and answers with the message', async () => {
		sendOutboundMessage.mockResolvedValue({ conversation, message: outgoing });
		const { data, errors } = await run(SEND, agentContext({}), {
			input: { ...INPUT, attachments: null, clientMessageId: null },
		});
		expect(errors).toBeUndefined();
		expect(asJson(data)).toEqual({
			sendOutboundMessage: {
				__typename: 'SendOutboundMessagePayload',
				message: { id: toGlobalId('Message', outgoing.id), delivery: { status: 'RETRYING' } },
			},
		});
		expect(sendOutboundMessage.mock.calls[0]?.[2]).toEqual({
			...INPUT,
			timestamp: new Date('2025-05-21T18:00:00.000Z'),
		});
	});

	test('a refusal of an opted-out contact is a member of the result', async () => {
		sendOutboundMessage.mockRejectedValue(new ContactOptedOutError());
		const { data } = await run(SEND, agentContext({}), { input: INPUT });
		expect(asJson(data)).toEqual({
			sendOutboundMessage: {
				__typename: 'ContactOptedOutError',
				code: 'CONTACT_OPTED_OUT',
				retryable: false,
			},
		});
	});

	test('a delivery that cannot be queued again tells its status', async () => {
		redriveDelivery.mockRejectedValue(new DeliveryConflictError<DeliveryStatus>('SENT'));
		const source = `mutation ($id: ID!) { redriveDelivery(input: { messageId: $id }) { __typename
			... on DeliveryConflictError { status } ... on Error { code } } }`;
		const { data } = await run(source, agentContext({}), { id: toGlobalId('Message', outgoing.id) });
		expect(asJson(data)).toEqual({
			redriveDelivery: { __typename: 'DeliveryConflictError', status: 'SENT', code: 'DELIVERY_CONFLICT' },
		});
	});

	const LETTERS = `query ($status: [DeliveryStatus!], $after: String) {
		deadLetters(first: 1, after: $after, status: $status) {
			edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`;

	test('dead letters are a connection, and a cursor leads on', async () => {
		const asked: unknown[] = [];
		const cursor = { updatedAt: new Date('2026-01-31T12:00:00.000Z'), messageId: outgoing.id };
		const context = agentContext({
			deadLetters: async (statuses, page: PageRequest<DeadLetterCursor>) => {
				asked.push({ statuses, page });
				return { rows: [{ message: outgoing, cursor }], hasMore: true };
			},
		});
		const { data, errors } = await run(LETTERS, context, {});
		expect(errors).toBeUndefined();
		const { deadLetters } = asJson(data) as { deadLetters: { pageInfo: { endCursor: string } } };
		expect(deadLetters).toMatchObject({
			edges: [{ cursor: deadLetters.pageInfo.endCursor, node: { id: toGlobalId('Message', outgoing.id) } }],
			pageInfo: { hasNextPage: true },
		});
		await run(LETTERS, context, { after: deadLetters.pageInfo.endCursor, status: ['DEAD', 'DEAD'] });
		expect(asked).toEqual([
			{ statuses: ['DEAD', 'FAILED', 'UNKNOWN'], page: { limit: 1, fromEnd: false } },
			{ statuses: ['DEAD'], page: { limit: 1, fromEnd: false, after: cursor } },
		]);
	});

	test.each([
		['a status that no dead letter has', { status: ['SENT'] }, { code: 'INVALID_INPUT', field: 'status' }],
		[
			'a cursor of another connection',
			{ after: Buffer.from('messages:3').toString('base64') },
			{ code: 'INVALID_INPUT', field: 'after' },
		],
	])('dead letters with %s are refused', async (_what, variables, fault) => {
		const result = await run(LETTERS, agentContext({}), variables);
		expect(originalOf(result)).toMatchObject(fault);
	});

	test('no status has no dead letters', async () => {
		const { data } = await run(LETTERS, agentContext({}), { status: [] });
		expect(asJson(data)).toMatchObject({ deadLetters: { edges: [], pageInfo: { hasNextPage: false } } });
	});

	const PREVIEW = `query ($input: SendOutboundMessageInput!) { previewOutboundMessage(input: $input) {
		from to type encoding units segments optedOut waitSeconds } }`;

	async function preview(context: ReturnType<typeof agentContext>, input: object): Promise<unknown> {
		const { data, errors } = await run(PREVIEW, context, { input: { ...INPUT, ...input } });
		expect(errors).toBeUndefined();
		return (asJson(data) as { previewOutboundMessage: unknown }).previewOutboundMessage;
	}

	test('a preview tells addresses, encoding and segments', async () => {
		expect(await preview(agentContext({}), {})).toEqual({
			from: '+11234567890',
			to: '+10987654321',
			type: 'SMS',
			encoding: 'GSM_7',
			units: 12,
			segments: 1,
			optedOut: false,
			waitSeconds: 0,
		});
		const mms = { type: 'MMS', body: 'ж'.repeat(100), attachments: ['https://example.com/cat.jpg'] };
		expect(await preview(agentContext({}), { ...mms, type: 'SMS', attachments: [] })).toMatchObject({
			encoding: 'UCS_2',
			units: 100,
			segments: 2,
		});
		expect(await preview(agentContext({}), mms)).toMatchObject({ encoding: 'UCS_2', segments: 1 });
		expect(
			await preview(agentContext({}), { type: 'EMAIL', from: 'Help@Example.com', to: 'sam@example.com' }),
		).toMatchObject({ from: 'help@example.com', encoding: null, units: null, segments: null });
	});

	test('a preview tells of an opted-out contact', async () => {
		const store = { isOptedOut: async (key: string) => key === optOutKey('PHONE', '+10987654321') };
		expect(await preview(agentContext(store), {})).toMatchObject({ optedOut: true });
		expect(await preview(agentContext(store), { to: '+10987654322' })).toMatchObject({ optedOut: false });
	});

	test('a preview waits for what is queued before it, and for the provider', async () => {
		vi.useFakeTimers({ now: new Date('2026-01-31T12:00:00.000Z'), toFake: ['Date'] });
		try {
			const asked: unknown[] = [];
			const at = (seconds: number) => new Date(Date.now() + seconds * 1000);
			const store = {
				countWaiting: async (channels: readonly string[]) => {
					asked.push(channels);
					return 5;
				},
				nextTurnAt: async () => at(0.25),
				pauses: async () => new Map([['smtp', at(60)]]),
			};
			expect(await preview(agentContext(store, 2), {})).toMatchObject({ waitSeconds: 2.75 });
			const paused = { ...store, pauses: async () => new Map([['webhook', at(30)]]) };
			expect(await preview(agentContext(paused, 2), {})).toMatchObject({ waitSeconds: 32.5 });
			expect(asked).toEqual([
				['SMS', 'MMS'],
				['SMS', 'MMS'],
			]);
			expect(await preview(agentContext(paused), {})).toMatchObject({ waitSeconds: 30 });
			expect(await preview(agentContext({ ...store, nextTurnAt: async () => at(-9) }), {})).toMatchObject({
				waitSeconds: 0,
			});
		} finally {
			vi.useRealTimers();
		}
	});

	test.each([
		['a preview', PREVIEW, { input: INPUT }],
		['the dead letters', LETTERS, {}],
	])('customers are refused %s', async (_what, source, variables) => {
		const result = await run(source, fakeContext(), variables);
		expect(originalOf(result)).toMatchObject({ code: 'FORBIDDEN' });
	});
});
