import type { User } from '../identity/viewer.ts';
import type { Outside, OutsideChannel } from './outside.ts';

export type Channel = 'CHAT' | OutsideChannel;
export type ConversationStatus = 'OPEN' | 'PENDING' | 'SNOOZED' | 'RESOLVED';
export type Visibility = 'PRIVATE' | 'OPEN';

export interface Conversation {
	readonly id: string;
	readonly subject: string | null;
	readonly channel: Channel;
	readonly status: ConversationStatus;
	readonly visibility: Visibility;
	readonly creatorId: string;
	/** Of the newest event, notes included. */
	readonly lastSequence: number;
	readonly createdAt: Date;
	/** Neither notes nor deliveries move it. */
	readonly lastActivityAt: Date;
	readonly closedAt: Date | null;
}

/** One per user and conversation, kept when the user leaves. */
export interface Membership {
	readonly conversationId: string;
	readonly userId: string;
	readonly joinedAt: Date;
	readonly leftAt: Date | null;
	/** The sequence of the MemberLeft that ended it, null while it lasts. */
	readonly leftSequence: number | null;
	readonly lastReadSequence: number;
	/** Was put out by somebody else: a customer then needs an invitation to come back. */
	readonly removed: boolean;
}

export interface Message {
	readonly id: string;
	readonly conversationId: string;
	/** Of the event that sent it. */
	readonly sequence: number;
	readonly authorId: string | null;
	/** `""` once deleted. */
	readonly body: string;
	readonly createdAt: Date;
	readonly editedAt: Date | null;
	/** How many bodies came before this one. */
	readonly editCount: number;
	readonly deletedAt: Date | null;
	readonly clientMessageId: string | null;
	readonly replyToId: string | null;
	/** A note that only staff see. */
	readonly internal: boolean;
	readonly channel: Channel;
	/** Null in CHAT, and of notes. */
	readonly outside: Outside | null;
}

/** A message as it is written, and found by its key. */
export interface StoredMessage extends Message {
	/** Of body, replyToId and internal as they were sent; what a retry with the same key is compared with. */
	readonly contentHash: string;
}

/** A body that an edit replaced. */
export interface Revision {
	readonly messageId: string;
	/** 1 is the body as it was sent. */
	readonly number: number;
	readonly body: string;
	/** When this body came to be. */
	readonly createdAt: Date;
}

export type EventType =
	| 'MessageSent'
	| 'MessageEdited'
	| 'MessageDeleted'
	| 'MemberJoined'
	| 'MemberLeft'
	| 'ConversationChanged'
	| 'DeliveryChanged';

/** An entry of a conversation's log: 1, 2, 3 … without gaps. It holds no bodies; what it speaks of is looked up. */
export interface LogEntry {
	readonly conversationId: string;
	readonly sequence: number;
	readonly type: EventType;
	readonly occurredAt: Date;
	readonly actorId: string | null;
	readonly messageId: string | null;
	/** The user who joined or left. */
	readonly memberId: string | null;
	/** Speaks of a note: a hole in a customer's sequences. */
	readonly internal: boolean;
	/** Made before the first attempt to store it, so that an attempt with an unknown end can be looked up. */
	readonly commandId: string;
}

/**
 * A log entry with the state of what it speaks of at that event or later, never earlier,
 * and the users known when it was made (others are looked up).
 */
export interface ConversationEvent extends LogEntry {
	readonly conversation: Conversation;
	readonly message: Message | null;
	readonly member: Membership | null;
	readonly users: readonly User[];
}
