import type { User } from '../identity/viewer.ts';
import type {
	Conversation,
	ConversationEvent,
	LogEntry,
	Membership,
	Message,
	Revision,
	StoredMessage,
} from './model.ts';
import type { Delivery, DeliveryAttempt, OptOut, Thread } from './outside.ts';
import type { ActivityCursor, MemberCursor, Page, PageRequest, UserCursor } from './pages.ts';
import type { ConversationFilter } from './reader.ts';

export interface MembershipKey {
	readonly conversationId: string;
	readonly userId: string;
}

export interface SendKey {
	readonly conversationId: string;
	/** See send-key.ts. */
	readonly key: string;
}

/** What others wrote in a conversation after a sequence; notes do not count. */
export interface MissedQuery {
	readonly conversationId: string;
	readonly after: number;
	readonly exceptAuthorId: string;
	readonly limit: number;
}

/** The deliveries before a sequence of a conversation that are still to be sent, or being sent. */
export interface OpenQuery {
	readonly conversationId: string;
	readonly before: number;
}

export interface OpenDelivery {
	readonly conversationId: string;
	readonly messageId: string;
	readonly sequence: number;
}

/** A webhook's or an incoming message's key: 43 characters that stand for who sent it and its id there. */
export interface Receipt {
	readonly key: string;
	readonly receivedAt: Date;
}

/** That a customer's system is to be told of an event: written with it. */
export interface QueuedWebhook {
	readonly id: string;
	readonly webhookId: string;
	readonly conversationId: string;
	readonly sequence: number;
	/** As webhooks name it. */
	readonly event: string;
	readonly queuedAt: Date;
}

/** All that one transaction changes. */
export interface Changes {
	readonly newConversations: readonly Conversation[];
	/** Locked in this transaction; written with their new lastSequence. */
	readonly changedConversations: readonly Conversation[];
	readonly entries: readonly LogEntry[];
	/** With what they have outside: delivery, incoming and attachments are written too. */
	readonly newMessages: readonly StoredMessage[];
	/** Text and times alone: what they have outside is not touched, save that a deletion forgets attachments. */
	readonly changedMessages: readonly StoredMessage[];
	readonly newRevisions: readonly Revision[];
	/** Messages whose earlier bodies and attachments are to be forgotten. */
	readonly erasedRevisions: readonly string[];
	readonly newMemberships: readonly Membership[];
	readonly changedMemberships: readonly Membership[];
	readonly newThreads: readonly Thread[];
	readonly changedDeliveries: readonly Delivery[];
	readonly newAttempts: readonly DeliveryAttempt[];
	readonly changedAttempts: readonly DeliveryAttempt[];
	readonly newReceipts: readonly Receipt[];
	readonly newOptOuts: readonly OptOut[];
	/** Their keys. */
	readonly endedOptOuts: readonly string[];
	readonly queuedWebhooks: readonly QueuedWebhook[];
}

/**
 * An open transaction. The rows of `lock` are locked before any other row is read. What is not there is absent from the
 * answers, which have no order; a list may be empty.
 */
export interface StoreTransaction {
	/** Locks the rows, in the order of their ids, and reads them. */
	lock(conversationIds: readonly string[]): Promise<ReadonlyMap<string, Conversation>>;
	messagesByKey(keys: readonly SendKey[]): Promise<readonly StoredMessage[]>;
	messages(ids: readonly string[]): Promise<readonly StoredMessage[]>;
	memberships(keys: readonly MembershipKey[]): Promise<readonly Membership[]>;
	/** For each query the oldest messages, at most its `limit`; what several ask for comes as often. */
	missed(queries: readonly MissedQuery[]): Promise<readonly StoredMessage[]>;
	/** Of each pair its newest generation. */
	threads(pairKeys: readonly string[]): Promise<readonly Thread[]>;
	threadsOf(conversationIds: readonly string[]): Promise<readonly Thread[]>;
	openDeliveries(queries: readonly OpenQuery[]): Promise<readonly OpenDelivery[]>;
	/** Which of these were received. */
	receipts(keys: readonly string[]): Promise<ReadonlySet<string>>;
	/** Which of these are opted out. */
	optOuts(keys: readonly string[]): Promise<ReadonlySet<string>>;
	save(changes: Changes): Promise<void>;
}

/** The transaction lost against another one (deadlock, duplicate, lock time-out) and stored nothing: run it again. */
export class StoreConflict extends Error {}

/** A row stayed locked by somebody else for longer than the wait is worth. */
export class StoreLocked extends StoreConflict {}

/** The database cannot be reached. Nothing was stored. */
export class StoreUnavailable extends Error {}

/** The connection was lost before the commit. The database may be there all the same: run it again over another one. */
export class ConnectionLost extends StoreUnavailable {}

/** It is known to be away, which was told once: the requests that fail meanwhile are no news. */
export class StoreAway extends StoreUnavailable {}

/** The connection was lost while committing: stored or not, only a look tells. */
export class UnknownCommit extends Error {}

/** A conversation and a user's membership of it, of one snapshot. */
export interface SeenConversation {
	readonly conversation: Conversation;
	readonly membership: Membership | undefined;
}

/** The database behind the domain. Reads see what was committed before they began. */
export interface ConversationStore {
	/**
	 * Runs `work` in one transaction and commits it, durably, before it answers.
	 * @throws StoreConflict, StoreLocked, StoreUnavailable: nothing was stored. UnknownCommit: perhaps.
	 */
	transact<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T>;
	/** Which of these commands left an entry in their conversation's log above `after`. */
	findCommands(
		commands: readonly {
			readonly conversationId: string;
			readonly commandId: string;
			readonly after: number;
		}[],
	): Promise<ReadonlySet<string>>;

	/** Which log this is; another one after a restore from a backup. */
	epoch(): Promise<string>;
	/** lastSequence by conversation id, from the primary. */
	heads(conversationIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
	/** The log after a sequence, oldest first, at most `limit`, each with the present state of what it speaks of. */
	eventsAfter(conversationId: string, after: number, limit: number): Promise<readonly ConversationEvent[]>;

	/** Each with the user's membership, present or past. */
	conversations(ids: readonly string[], userId: string): Promise<readonly SeenConversation[]>;
	memberships(keys: readonly MembershipKey[]): Promise<readonly Membership[]>;
	/** Messages with their conversations, these as they stood then or later. */
	messagesWithConversations(
		ids: readonly string[],
	): Promise<readonly { readonly message: Message; readonly conversation: Conversation }[]>;
	/** With `memberId`, no rows unless that user is a present member in the same snapshot. */
	history(
		conversationId: string,
		sight: { readonly notes: boolean; readonly memberId?: string },
		page: PageRequest<number>,
	): Promise<Page<Message>>;
	revisions(messageId: string): Promise<readonly Revision[]>;
	/** The present members. */
	members(conversationId: string, page: PageRequest<MemberCursor>): Promise<Page<Membership>>;
	/** Others' messages, no notes, not deleted, after the read marker, by conversation id; ids without any are absent. */
	unreadCounts(memberships: readonly Membership[], userId: string): Promise<ReadonlyMap<string, number>>;
	listConversations(
		filter: ConversationFilter,
		/** Only those that this user is a present member of. */
		memberId: string | undefined,
		page: PageRequest<ActivityCursor>,
	): Promise<Page<Conversation>>;
}

/** Who is known: users are made at their first request. */
export interface UserStore {
	/** The user of these claims, created or brought up to date. */
	ensure(claims: Pick<User, 'subject' | 'name' | 'role'>): User | Promise<User>;
	byIds(ids: readonly string[]): Promise<readonly User[]>;
	bySubject(subject: string): Promise<User | undefined>;
	search(text: string | undefined, page: PageRequest<UserCursor>): Promise<Page<User>>;
	/** Whether both are or were in one conversation that the first is a present member of. */
	sharesConversation(userId: string, otherId: string): Promise<boolean>;
}
