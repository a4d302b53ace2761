import { newId } from '../../src/conversations/ids.ts';
import type { Conversation, LogEntry, StoredMessage } from '../../src/conversations/model.ts';
import { contentHash } from '../../src/conversations/send-key.ts';
import type { Changes, ConversationStore } from '../../src/conversations/store.ts';

/** What a transaction changes that is told nothing else. */
export const NO_CHANGES: Changes = {
	newConversations: [],
	changedConversations: [],
	entries: [],
	newMessages: [],
	changedMessages: [],
	newRevisions: [],
	erasedRevisions: [],
	newMemberships: [],
	changedMemberships: [],
	newThreads: [],
	changedDeliveries: [],
	newAttempts: [],
	changedAttempts: [],
	newReceipts: [],
	newOptOuts: [],
	endedOptOuts: [],
	queuedWebhooks: [],
};

/**
 * Appends messages as they are given, past every use case: of outside contacts, of other times, many at once. A delivery
 * is its message's, whatever it says.
 */
export async function append(
	{ conversations }: { readonly conversations: ConversationStore },
	conversationId: string,
	messages: readonly Partial<StoredMessage>[],
): Promise<readonly StoredMessage[]> {
	return conversations.transact(async (transaction) => {
		const conversation = (await transaction.lock([conversationId])).get(conversationId);
		if (conversation === undefined) throw new Error(`There is no conversation ${conversationId}.`);
		const newMessages = messages.map((message, index) =>
			messageOf(conversation, conversation.lastSequence + index + 1, message),
		);
		const lastSequence = conversation.lastSequence + messages.length;
		await transaction.save({
			...NO_CHANGES,
			changedConversations: [{ ...conversation, lastSequence }],
			entries: newMessages.map(entryOf),
			newMessages,
		});
		return newMessages;
	});
}

function messageOf(
	{ id: conversationId, channel }: Conversation,
	sequence: number,
	message: Partial<StoredMessage>,
): StoredMessage {
	const body = message.body ?? `message ${sequence}`;
	const { id = newId(), outside = null } = message;
	const delivery = outside?.delivery && { ...outside.delivery, messageId: id, conversationId, sequence };
	return {
		conversationId,
		sequence,
		authorId: null,
		body,
		createdAt: new Date(),
		editedAt: null,
		editCount: 0,
		deletedAt: null,
		clientMessageId: null,
		contentHash: contentHash(body, null, false),
		replyToId: null,
		internal: false,
		channel,
		...message,
		id,
		outside: outside && { ...outside, delivery: delivery ?? null },
	};
}

function entryOf(message: StoredMessage): LogEntry {
	return {
		conversationId: message.conversationId,
		sequence: message.sequence,
		type: 'MessageSent',
		occurredAt: message.createdAt,
		actorId: message.authorId,
		messageId: message.id,
		memberId: null,
		internal: message.internal,
		commandId: newId(),
	};
}
