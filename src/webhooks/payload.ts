import type {
	Conversation,
	ConversationEvent,
	EventType,
	Membership,
	Message,
} from '../conversations/model.ts';
import type { Outside } from '../conversations/outside.ts';
import { toPublicId } from '../conversations/public-ids.ts';
import type { User } from '../identity/viewer.ts';

/** Users by id. */
export type Users = ReadonlyMap<string, User>;

const TYPES: Record<EventType, string> = {
	MessageSent: 'message.sent',
	MessageEdited: 'message.edited',
	MessageDeleted: 'message.deleted',
	MemberJoined: 'member.joined',
	MemberLeft: 'member.left',
	ConversationChanged: 'conversation.changed',
	DeliveryChanged: 'delivery.changed',
};

/** Whose names the payload of an event shows. */
export function usersOf({ actorId, memberId, message }: ConversationEvent): readonly string[] {
	return [actorId, memberId, message?.authorId ?? null].filter((id) => id !== null);
}

/**
 * The body that a receiver gets, JSON in the form of Standard Webhooks. Ids, names and instants are the API's; `data`
 * shows what the event speaks of as it stood then or later. It is described in docs/webhooks.md.
 */
export function webhookPayload(event: ConversationEvent, users: Users): string {
	const { type, occurredAt, conversationId, sequence, actorId, message, member } = event;
	return JSON.stringify({
		type: TYPES[type],
		timestamp: occurredAt,
		data: {
			conversationId: toPublicId('Conversation', conversationId),
			sequence,
			actor: userShown(actorId, users),
			...(message !== null && { message: messageShown(message, users) }),
			...(member !== null && { member: memberShown(member, users) }),
			...(type === 'ConversationChanged' && { conversation: conversationShown(event.conversation) }),
		},
	});
}

function userShown(id: string | null, users: Users) {
	if (id === null) return null;
	const user = users.get(id);
	const publicId = toPublicId('User', id);
	return user === undefined
		? { id: publicId }
		: { id: publicId, subject: user.subject, name: user.name, role: user.role };
}

function messageShown(message: Message, users: Users) {
	const { id, sequence, authorId, body, createdAt, editedAt, deletedAt, clientMessageId, replyToId } =
		message;
	return {
		id: toPublicId('Message', id),
		sequence,
		channel: message.channel,
		author: userShown(authorId, users),
		body,
		attachments: message.outside?.attachments ?? [],
		createdAt,
		editedAt,
		deletedAt,
		clientMessageId,
		replyToId: replyToId === null ? null : toPublicId('Message', replyToId),
		...outsideShown(message.outside),
	};
}

function outsideShown(outside: Outside | null) {
	const { delivery = null, incoming = null } = outside ?? {};
	return {
		delivery: delivery && {
			status: delivery.status,
			from: delivery.from,
			to: delivery.to,
			nextAttemptAt: delivery.nextAttemptAt,
			providerMessageId: delivery.providerMessageId,
			error: delivery.error,
		},
		incoming: incoming && {
			from: incoming.contactAddress,
			to: incoming.ownAddress,
			sentAt: incoming.sentAt,
		},
	};
}

function memberShown({ userId, joinedAt, leftAt }: Membership, users: Users) {
	return { user: userShown(userId, users), joinedAt, leftAt };
}

function conversationShown(conversation: Conversation) {
	const { id, subject, channel, status, visibility, createdAt, lastActivityAt, closedAt } = conversation;
	return {
		id: toPublicId('Conversation', id),
		subject,
		channel,
		status,
		visibility,
		createdAt,
		lastActivityAt,
		closedAt,
	};
}
