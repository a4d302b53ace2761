import { deleteMessage } from '../../src/conversations/delete-message.ts';
import { editMessage } from '../../src/conversations/edit-message.ts';
import type { Message as MessageRow } from '../../src/conversations/model.ts';
import { sendMessage } from '../../src/conversations/send-message.ts';
import { builder } from '../builder.ts';
import { mutationResult } from '../errors.ts';
import { idToLookUp, requireId } from '../ids.ts';
import { given } from '../input.ts';
import { Message } from '../message.ts';

interface MessagePayload {
	readonly message: MessageRow;
}

const SendMessageInput = builder.inputType('SendMessageInput', {
	description: 'What to send, and where.',
	fields: (t) => ({
		conversationId: t.id({ required: true, description: "The conversation's id." }),
		body: t.string({ required: true, description: 'The text: not blank, at most 65,536 bytes of UTF-8.' }),
		clientMessageId: t.string({
			description:
				'An idempotency key of at most 64 characters, which holds for ever, for this author in this conversation. The ' +
				'same key with the same body, replyToId and internal gives the message of the first send as it is now, ' +
				'whatever happened since; with other content, IdempotencyConflictError.',
		}),
		replyToId: t.id({
			description:
				'The message of the same conversation that this one answers. A reply to a note is a note itself.',
		}),
		internal: t.boolean({ description: 'Whether it is a note that only agents see; false if left out.' }),
		expectedSequence: t.int({
			description:
				'The newest sequence that the writer has seen. If messages of others that the writer may see came after it, ' +
				'nothing is sent and ConversationMovedError brings them. Notes do not count.',
		}),
	}),
});

const SendMessagePayload = builder.objectRef<MessagePayload>('SendMessagePayload').implement({
	description: 'The message sent: it is stored.',
	fields: (t) => ({
		message: t.expose('message', { type: Message, description: 'The message, as it is now.' }),
	}),
});

const SendMessageResult = mutationResult('SendMessage', SendMessagePayload, [
	'IDEMPOTENCY_CONFLICT',
	'CONVERSATION_CLOSED',
	'CONVERSATION_MOVED',
	'CONTACT_OPTED_OUT',
]);

const EditMessageInput = builder.inputType('EditMessageInput', {
	description: 'Which message to edit, and how it reads from now on.',
	fields: (t) => ({
		messageId: t.id({ required: true, description: "The message's id." }),
		body: t.string({
			required: true,
			description: 'The new text: not blank, at most 65,536 bytes of UTF-8.',
		}),
	}),
});

const EditMessagePayload = builder.objectRef<MessagePayload>('EditMessagePayload').implement({
	description: 'The message edited.',
	fields: (t) => ({
		message: t.expose('message', { type: Message, description: 'The message with its new body.' }),
	}),
});

const EditMessageResult = mutationResult('EditMessage', EditMessagePayload, ['CONVERSATION_CLOSED']);

const DeleteMessageInput = builder.inputType('DeleteMessageInput', {
	description: 'Which message to delete.',
	fields: (t) => ({
		messageId: t.id({ required: true, description: "The message's id." }),
	}),
});

const DeleteMessagePayload = builder.objectRef<MessagePayload>('DeleteMessagePayload').implement({
	description: 'The message deleted, now or before.',
	fields: (t) => ({
		message: t.expose('message', {
			type: Message,
			description: 'The message in its place, without its body.',
		}),
	}),
});

const DeleteMessageResult = mutationResult('DeleteMessage', DeleteMessagePayload);

builder.mutationFields((t) => ({
	sendMessage: t.field({
		type: SendMessageResult.type,
		description:
			'Send a message. Once this answers, the message is stored. Give a clientMessageId and a retry never sends it twice. ' +
			"In a conversation with somebody outside (SMS, EMAIL) an agent's message goes out to the contact, and opens the " +
			'conversation again if it was RESOLVED; a note stays inside. Others than agents are refused there (ForbiddenError), ' +
			'and everybody is while the contact wants no messages (ContactOptedOutError).',
		args: { input: t.arg({ type: SendMessageInput, required: true, description: 'What, and where.' }) },
		resolve: (_root, { input }, { domain, viewer, reader, refusals, turns }) =>
			SendMessageResult.settle({ refusals, turns }, async () => {
				const { conversationId, body, replyToId, clientMessageId, internal, expectedSequence } = input;
				const sent = await sendMessage(domain, viewer, {
					conversationId: requireId('Conversation', conversationId),
					body,
					...given({
						replyToId: idToLookUp('Message', replyToId),
						clientMessageId,
						internal,
						expectedSequence,
					}),
				});
				reader.remember(sent);
				return sent;
			}),
	}),
	editMessage: t.field({
		type: EditMessageResult.type,
		description:
			"Replace a message's body. For its author; what goes outside stays as it is (ForbiddenError). Agents can " +
			'read the bodies before (`Message.revisions`) until the message is deleted.',
		args: { input: t.arg({ type: EditMessageInput, required: true, description: 'Which, and how.' }) },
		resolve: (_root, { input }, { domain, viewer, reader, refusals, turns }) =>
			EditMessageResult.settle({ refusals, turns }, async () => {
				const edited = await editMessage(domain, viewer, {
					messageId: requireId('Message', input.messageId),
					body: input.body,
				});
				reader.remember(edited);
				return edited;
			}),
	}),
	deleteMessage: t.field({
		type: DeleteMessageResult.type,
		description:
			"Empty a message's body for good; it keeps its place. For its author and agents, in a closed conversation too. What " +
			'still waits to go outside is called off; what went out stays with the contact.',
		args: { input: t.arg({ type: DeleteMessageInput, required: true, description: 'Which.' }) },
		resolve: (_root, { input }, { domain, viewer, reader, refusals, turns }) =>
			DeleteMessageResult.settle({ refusals, turns }, async () => {
				const deleted = await deleteMessage(domain, viewer, {
					messageId: requireId('Message', input.messageId),
				});
				reader.remember(deleted);
				return deleted;
			}),
	}),
}));
