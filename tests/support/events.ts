import type { ConversationEvent, Membership, Message } from '../../src/conversations/model.ts';
import type { User } from '../../src/identity/viewer.ts';

/** Events as the store makes them, for parts that take them from it. */
export function eventAt(
	conversationId: string,
	sequence: number,
	more: Partial<ConversationEvent> = {},
): ConversationEvent {
	const occurredAt = new Date(sequence);
	return {
		conversationId,
		sequence,
		type: 'MessageSent',
		occurredAt,
		actorId: null,
		messageId: null,
		memberId: null,
		internal: false,
		commandId: `command ${sequence}`,
		message: null,
		member: null,
		users: [],
		conversation: {
			id: conversationId,
			subject: null,
			channel: 'CHAT',
			status: 'OPEN',
			visibility: 'PRIVATE',
			creatorId: 'creator',
			lastSequence: sequence,
			createdAt: occurredAt,
			lastActivityAt: occurredAt,
			closedAt: null,
		},
		...more,
	};
}

export function messageOf(id: string, body: string): Message {
	return {
		id,
		conversationId: 'conversation',
		sequence: 1,
		authorId: null,
		body,
		createdAt: new Date(0),
		editedAt: null,
		editCount: 0,
		deletedAt: null,
		clientMessageId: null,
		replyToId: null,
		internal: false,
		channel: 'CHAT',
		outside: null,
	};
}

/** A present member's. */
export function membershipOf(conversationId: string, userId: string): Membership {
	return {
		conversationId,
		userId,
		joinedAt: new Date(0),
		leftAt: null,
		leftSequence: null,
		lastReadSequence: 0,
		removed: false,
	};
}

export function userOf(id: string, role: User['role'] = 'CUSTOMER'): User {
	return { id, subject: id, name: id, role };
}
