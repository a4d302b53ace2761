import { closeConversation } from '../../src/conversations/close-conversation.ts';
import { createConversation } from '../../src/conversations/create-conversation.ts';
import type { Conversation as ConversationRow } from '../../src/conversations/model.ts';
import { builder } from '../builder.ts';
import { Channel, Conversation, Visibility } from '../conversation.ts';
import { mutationResult } from '../errors.ts';
import { fromGlobalId, ID_OF_NOTHING } from '../ids.ts';
import { given } from '../input.ts';

interface ConversationPayload {
	readonly conversation: ConversationRow;
}

const CreateConversationInput = builder.inputType('CreateConversationInput', {
	description: 'What the new conversation is like.',
	fields: (t) => ({
		subject: t.string({ description: 'What it is about, at most 200 characters.' }),
		channel: t.field({
			type: Channel,
			description:
				'CHAT, also if left out: conversations on other channels begin with a message (sendOutboundMessage).',
		}),
		visibility: t.field({ type: Visibility, description: 'Who may join it; PRIVATE if left out.' }),
		memberIds: t.idList({
			description: 'Users who are members from the start beside its creator, at most 100.',
		}),
	}),
});

const CreateConversationPayload = builder
	.objectRef<ConversationPayload>('CreateConversationPayload')
	.implement({
		description: 'The conversation created.',
		fields: (t) => ({
			conversation: t.expose('conversation', { type: Conversation, description: 'The new conversation.' }),
		}),
	});

const CreateConversationResult = mutationResult('CreateConversation', CreateConversationPayload);

const CloseConversationInput = builder.inputType('CloseConversationInput', {
	description: 'Which conversation to close.',
	fields: (t) => ({
		conversationId: t.id({ required: true, description: "The conversation's id." }),
	}),
});

const CloseConversationPayload = builder
	.objectRef<ConversationPayload>('CloseConversationPayload')
	.implement({
		description: 'The conversation closed, now or before.',
		fields: (t) => ({
			conversation: t.expose('conversation', { type: Conversation, description: 'The closed conversation.' }),
		}),
	});

const CloseConversationResult = mutationResult('CloseConversation', CloseConversationPayload);

builder.mutationFields((t) => ({
	createConversation: t.field({
		type: CreateConversationResult.type,
		description: 'Create a conversation; its creator is its first member.',
		args: {
			input: t.arg({ type: CreateConversationInput, required: true, description: 'What it is like.' }),
		},
		resolve: (_root, { input }, { domain, viewer, reader, refusals, turns }) =>
			CreateConversationResult.settle({ refusals, turns }, async () => {
				const memberIds = input.memberIds?.map((id) => fromGlobalId('User', id) ?? ID_OF_NOTHING);
				const created = await createConversation(domain, viewer, given({ ...input, memberIds }));
				reader.remember(created);
				return created;
			}),
	}),
	closeConversation: t.field({
		type: CloseConversationResult.type,
		description: 'Close a conversation for good: no sends and no edits from then on. Agents only.',
		args: { input: t.arg({ type: CloseConversationInput, required: true, description: 'Which.' }) },
		resolve: (_root, { input }, { domain, viewer, reader, refusals, turns }) =>
			CloseConversationResult.settle({ refusals, turns }, async () => {
				const closed = await closeConversation(domain, viewer, {
					conversationId: fromGlobalId('Conversation', input.conversationId) ?? ID_OF_NOTHING,
				});
				reader.remember(closed);
				return closed;
			}),
	}),
}));
