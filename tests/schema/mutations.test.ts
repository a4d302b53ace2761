import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ID_OF_NOTHING, toGlobalId } from '../../schema/ids.ts';
import * as creating from '../../src/conversations/create-conversation.ts';
import {
	ConversationClosedError,
	ConversationMovedError,
	NotFoundError,
	RateLimitedError,
	ServiceBusyError,
} from '../../src/conversations/errors.ts';
import * as sending from '../../src/conversations/send-message.ts';
import { asJson, EXECUTORS, originalOf } from './executors.ts';
import { alice, conversation, fakeContext, message } from './fake-context.ts';

const sendMessage = vi.spyOn(sending, 'sendMessage');
const createConversation = vi.spyOn(creating, 'createConversation');

beforeEach(() => {
	sendMessage.mockReset();
	createConversation.mockReset();
});

const CONVERSATION = toGlobalId('Conversation', conversation.id);

describe.each(EXECUTORS)('a mutation, %s', (_name, run) => {
	const TYPING = `mutation ($id: ID!) { setTyping(input: { conversationId: $id, typing: true }) {
		__typename ... on SetTypingPayload { conversationId } ... on Error { code message retryable }
		... on RateLimitedError { retryAfter } ... on ServiceBusyError { retryAfter } } }`;

	test('answers with its payload', async () => {
		const { data } = await run(TYPING, fakeContext(), { id: CONVERSATION });
		expect(asJson(data)).toEqual({
			setTyping: { __typename: 'SetTypingPayload', conversationId: CONVERSATION },
		});
	});

	test.each([
		[new NotFoundError('conversation'), { __typename: 'NotFoundError', code: 'NOT_FOUND', retryable: false }],
		[new RateLimitedError(7), { __typename: 'RateLimitedError', retryable: true, retryAfter: 7 }],
		[new ServiceBusyError(2), { __typename: 'ServiceBusyError', code: 'SERVICE_BUSY', retryAfter: 2 }],
	])('answers with an expected fault: %s', async (fault, expected) => {
		const context = fakeContext({ live: { setTyping: () => Promise.reject(fault) } });
		const result = await run(TYPING, context, { id: CONVERSATION });
		expect(result.errors).toBeUndefined();
		expect(asJson(result.data)).toMatchObject({ setTyping: { ...expected, message: fault.message } });
	});

	test('answers an id that does not decode like one of nothing', async () => {
		const context = fakeContext({
			live: { setTyping: () => Promise.reject(new NotFoundError('conversation')) },
		});
		const [undecodable, absent] = await Promise.all(
			['rubbish', toGlobalId('Conversation', ID_OF_NOTHING)].map((id) => run(TYPING, context, { id })),
		);
		expect(asJson(undecodable)).toEqual(asJson(absent));
	});

	test('gives a defect, and a fault that the mutation does not know, to the executor', async () => {
		for (const fault of [new Error('defect'), new ConversationClosedError()]) {
			const context = fakeContext({ live: { setTyping: () => Promise.reject(fault) } });
			expect(originalOf(await run(TYPING, context, { id: CONVERSATION }))).toBe(fault);
		}
	});

	const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
		__typename ... on SendMessagePayload { message { sequence } } ... on Error { code }
		... on ConversationMovedError { missed { sequence body author { name } } } } }`;

	test('passes on what was given, decoded, and has the reader remember the result', async () => {
		const remember = vi.fn();
		const context = fakeContext({ reader: { remember } });
		const sent = { conversation, message: message(5) };
		sendMessage.mockResolvedValue(sent);
		const given = { clientMessageId: 'k', internal: false, expectedSequence: 0 };
		const replyToId = toGlobalId('Message', message(3).id);
		const base = { conversationId: CONVERSATION, body: 'Hello' };
		const result = await run(SEND, context, { input: { ...base, ...given, replyToId } });
		expect(asJson(result)).toEqual({
			data: { sendMessage: { __typename: 'SendMessagePayload', message: { sequence: 5 } } },
		});
		await run(SEND, context, { input: { ...base, clientMessageId: null } });
		await run(SEND, context, { input: { ...base, replyToId: 'rubbish' } });
		const decoded = { conversationId: conversation.id, body: 'Hello' };
		expect(sendMessage.mock.calls.map(([, viewer, input]) => [viewer, input])).toEqual([
			[context.viewer, { ...decoded, ...given, replyToId: message(3).id }],
			[context.viewer, decoded],
			[context.viewer, { ...decoded, replyToId: ID_OF_NOTHING }],
		]);
		expect(remember).toHaveBeenCalledWith(sent);
	});

	test('carries what others wrote in ConversationMovedError', async () => {
		sendMessage.mockRejectedValue(new ConversationMovedError([message(3)]));
		const input = { conversationId: CONVERSATION, body: 'Hello', expectedSequence: 2 };
		expect(asJson(await run(SEND, fakeContext(), { input }))).toEqual({
			data: {
				sendMessage: {
					__typename: 'ConversationMovedError',
					code: 'CONVERSATION_MOVED',
					missed: [{ sequence: 3, body: 'Nr. 3', author: { name: 'Alice' } }],
				},
			},
		});
	});

	test('names members who do not decode as users who do not exist', async () => {
		createConversation.mockResolvedValue({ conversation });
		const source = `mutation ($input: CreateConversationInput!) { createConversation(input: $input) {
			... on CreateConversationPayload { conversation { id } } } }`;
		const memberIds = [toGlobalId('User', alice.id), 'rubbish'];
		const input = { subject: null, visibility: 'OPEN', memberIds };
		const { data } = await run(source, fakeContext(), { input });
		expect(asJson(data)).toEqual({ createConversation: { conversation: { id: CONVERSATION } } });
		expect(createConversation.mock.calls[0]?.[2]).toEqual({
			visibility: 'OPEN',
			memberIds: [alice.id, ID_OF_NOTHING],
		});
	});
});
