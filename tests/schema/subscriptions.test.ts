import { parse, subscribe } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { toGlobalId } from '../../schema/ids.ts';
import { schema } from '../../schema/index.ts';
import { DomainError } from '../../src/conversations/errors.ts';
import { asJson, originalOf } from './executors.ts';
import { conversation, event, fakeContext } from './fake-context.ts';

const CONVERSATION = toGlobalId('Conversation', conversation.id);

describe('a subscription', () => {
	const document = parse(`subscription ($id: ID!, $after: Int, $epoch: String) {
		conversationEvents(conversationId: $id, after: $after, epoch: $epoch) {
			__typename conversationId sequence occurredAt actor { name }
			... on MessageSent { message { body } } ... on MemberJoined { member { user { name } } }
			... on DeliveryChanged { message { delivery { status attempts { outcome } } } }
			... on ConversationChanged { conversation { lastSequence } } ... on HistoryReset { reason resumeFrom } } }`);
	const follow = (contextValue: GraphQLContext, variableValues: Record<string, unknown>) =>
		subscribe({ schema, document, contextValue, variableValues });

	test('gives each event its own type', async () => {
		const requests: unknown[] = [];
		async function* events() {
			yield {
				type: 'HistoryReset' as const,
				conversationId: conversation.id,
				sequence: 0,
				occurredAt: new Date(0),
				actorId: null,
				reason: 'AHEAD' as const,
				resumeFrom: 0,
			};
			yield event('ConversationChanged', 1);
			yield event('MemberJoined', 2);
			yield event('MessageSent', 3);
			yield { ...event('DeliveryChanged', 4), actorId: null };
		}
		const context = fakeContext({
			live: {
				follow: async (_viewer, request) => {
					requests.push(request);
					return events();
				},
			},
		});
		const stream = await follow(context, { id: CONVERSATION, after: 7, epoch: null });
		if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream));
		const seen: unknown[] = [];
		for await (const { data, errors } of stream) seen.push(errors ?? asJson(data?.['conversationEvents']));
		const common = { conversationId: CONVERSATION, actor: { name: 'Alice' } };
		expect(seen).toMatchObject([
			{ __typename: 'HistoryReset', sequence: 0, actor: null, reason: 'AHEAD', resumeFrom: 0 },
			{ ...common, __typename: 'ConversationChanged', sequence: 1, conversation: { lastSequence: 4 } },
			{ ...common, __typename: 'MemberJoined', sequence: 2, member: { user: { name: 'Alice' } } },
			{ ...common, __typename: 'MessageSent', sequence: 3, message: { body: 'Nr. 3' } },
			{
				conversationId: CONVERSATION,
				actor: null,
				__typename: 'DeliveryChanged',
				sequence: 4,
				message: { delivery: { status: 'RETRYING', attempts: [{ outcome: 'RETRY' }] } },
			},
		]);
		expect(requests).toEqual([{ conversationId: conversation.id, after: 7 }]);
	});

	test.each([
		[
			{ id: CONVERSATION, after: -1 },
			{ code: 'INVALID_INPUT', field: 'after' },
		],
		[{ id: 'rubbish' }, { code: 'NOT_FOUND' }],
	])('%o fails before anything is followed', async (variables, fault) => {
		const context = fakeContext({ live: { follow: () => Promise.reject(new Error('followed')) } });
		const result = await follow(context, variables);
		if (Symbol.asyncIterator in result) throw new Error('A stream was opened.');
		expect(originalOf(result)).toBeInstanceOf(DomainError);
		expect(originalOf(result)).toMatchObject(fault);
	});
});
