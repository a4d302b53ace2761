import type { Selectable } from 'kysely';
import type {
	Channel,
	Conversation,
	ConversationStatus,
	EventType,
	LogEntry,
	Membership,
	Message,
	Revision,
	StoredMessage,
	Visibility,
} from '../conversations/model.ts';
import { sendKey } from '../conversations/send-key.ts';
import type { SeenConversation } from '../conversations/store.ts';
import type { Role, User } from '../identity/viewer.ts';
import type { Tables } from './tables.ts';

/*
 * Rows to the domain (`to…`) and back (`from…`). Drivers differ in how instants, flags and ids come: here they are
 * made the same. Ids are lower case, instants have milliseconds, and what is absent is null on both sides.
 */

/** A row as it is read. */
export type Row<Table extends keyof Tables> = Selectable<Tables[Table]>;

/** SQLite keeps milliseconds since the epoch. */
export function instant(value: unknown): Date {
	return value instanceof Date ? value : new Date(value as number | string);
}

export function instantOrNull(value: unknown): Date | null {
	return value === null ? null : instant(value);
}

/** SQLite keeps 0 and 1. */
export function flag(value: unknown): boolean {
	return value === true || value === 1;
}

/** SQL Server gives uniqueidentifiers in capitals. */
export function uuid(value: string): string {
	return value.toLowerCase();
}

function uuidOrNull(value: string | null): string | null {
	return value === null ? null : uuid(value);
}

export function toConversation(row: Row<'conversations'>): Conversation {
	return {
		id: uuid(row.id),
		subject: row.subject ?? null,
		channel: row.channel as Channel,
		status: row.status as ConversationStatus,
		visibility: row.visibility as Visibility,
		creatorId: uuid(row.creator_id),
		lastSequence: row.last_sequence,
		createdAt: instant(row.created_at),
		lastActivityAt: instant(row.last_activity_at),
		closedAt: instantOrNull(row.closed_at),
	};
}

export function fromConversation(conversation: Conversation) {
	return {
		id: conversation.id,
		subject: conversation.subject,
		channel: conversation.channel,
		status: conversation.status,
		visibility: conversation.visibility,
		creator_id: conversation.creatorId,
		last_sequence: conversation.lastSequence,
		created_at: conversation.createdAt,
		last_activity_at: conversation.lastActivityAt,
		closed_at: conversation.closedAt,
	};
}

export function toMembership(row: Row<'memberships'>): Membership {
	return {
		conversationId: uuid(row.conversation_id),
		userId: uuid(row.user_id),
		joinedAt: instant(row.joined_at),
		leftAt: instantOrNull(row.left_at),
		leftSequence: row.left_sequence ?? null,
		lastReadSequence: row.last_read_sequence,
		removed: flag(row.removed),
	};
}

/** The membership of a joined row, whose columns are null where there is none. */
export function toSeenConversation(
	row: Row<'conversations'> & Nullable<Omit<Row<'memberships'>, 'conversation_id'>>,
): SeenConversation {
	const conversation = toConversation(row);
	if (row.user_id === null) return { conversation, membership: undefined };
	const membership = toMembership({ ...row, conversation_id: row.id } as Row<'memberships'>);
	return { conversation, membership };
}

export type Nullable<Columns> = { [Name in keyof Columns]: Columns[Name] | null };

export function fromMembership(membership: Membership) {
	return {
		conversation_id: membership.conversationId,
		user_id: membership.userId,
		joined_at: membership.joinedAt,
		left_at: membership.leftAt,
		left_sequence: membership.leftSequence,
		last_read_sequence: membership.lastReadSequence,
		removed: membership.removed,
	};
}

/** What a reader sees of a message in its conversation: without the keys, half of a row's weight, for writing. */
export type MessageRow = Omit<Row<'messages'>, 'conversation_id' | 'send_key' | 'content_hash'>;

/** Without what it has outside: see `withOutside` in read-outside.ts. */
export function toMessage(row: MessageRow, conversationId: string): Message {
	return {
		id: uuid(row.id),
		conversationId,
		sequence: row.sequence,
		authorId: uuidOrNull(row.author_id),
		body: row.body,
		createdAt: instant(row.created_at),
		editedAt: instantOrNull(row.edited_at),
		editCount: row.edit_count,
		deletedAt: instantOrNull(row.deleted_at),
		clientMessageId: row.client_message_id ?? null,
		replyToId: uuidOrNull(row.reply_to_id),
		internal: flag(row.internal),
		channel: row.channel as Channel,
		outside: null,
	};
}

/** With the hash that a retry is compared by. */
export function toStoredMessage(row: Row<'messages'>): StoredMessage {
	return { ...toMessage(row, uuid(row.conversation_id)), contentHash: row.content_hash };
}

/** Only what has an author and a client's id has a key: the unique index takes no other rows. */
export function fromMessage(message: StoredMessage) {
	const { authorId, clientMessageId } = message;
	return {
		conversation_id: message.conversationId,
		sequence: message.sequence,
		id: message.id,
		author_id: authorId,
		body: message.body,
		created_at: message.createdAt,
		edited_at: message.editedAt,
		edit_count: message.editCount,
		deleted_at: message.deletedAt,
		client_message_id: clientMessageId,
		send_key: authorId === null || clientMessageId === null ? null : sendKey(authorId, clientMessageId),
		content_hash: message.contentHash,
		reply_to_id: message.replyToId,
		internal: message.internal,
		channel: message.channel,
	};
}

export function toRevision(row: Row<'message_revisions'>): Revision {
	return {
		messageId: uuid(row.message_id),
		number: row.number,
		body: row.body,
		createdAt: instant(row.created_at),
	};
}

export function fromRevision(revision: Revision) {
	return {
		message_id: revision.messageId,
		number: revision.number,
		body: revision.body,
		created_at: revision.createdAt,
	};
}

export function toLogEntry(row: Row<'events'>): LogEntry {
	return {
		conversationId: uuid(row.conversation_id),
		sequence: row.sequence,
		type: row.type as EventType,
		occurredAt: instant(row.occurred_at),
		actorId: uuidOrNull(row.actor_id),
		messageId: uuidOrNull(row.message_id),
		memberId: uuidOrNull(row.member_id),
		internal: flag(row.internal),
		commandId: uuid(row.command_id),
	};
}

export function fromLogEntry(entry: LogEntry) {
	return {
		conversation_id: entry.conversationId,
		sequence: entry.sequence,
		type: entry.type,
		occurred_at: entry.occurredAt,
		actor_id: entry.actorId,
		message_id: entry.messageId,
		member_id: entry.memberId,
		internal: entry.internal,
		command_id: entry.commandId,
	};
}

export function toUser(row: Row<'users'>): User {
	return { id: uuid(row.id), subject: row.subject, name: row.name, role: row.role as Role };
}
