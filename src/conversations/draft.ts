import type { User } from '../identity/viewer.ts';
import { isOpen, withDelivery } from './delivery.ts';
import type {
	Conversation,
	ConversationEvent,
	EventType,
	Membership,
	Message,
	Revision,
	StoredMessage,
} from './model.ts';
import type { Delivery, DeliveryAttempt, Thread } from './outside.ts';
import type { OutsideState } from './outside-state.ts';
import { sendKey } from './send-key.ts';
import type { Changes, OpenDelivery } from './store.ts';

/** What one draft changes: what addresses share is the batch's. */
export type DraftChanges = Omit<
	Changes,
	'newThreads' | 'newReceipts' | 'newOptOuts' | 'endedOptOuts' | 'queuedWebhooks'
>;

/**
 * A locked conversation within a transaction: what was read of it, and what this transaction changes. Commands of
 * one batch see the changes of those before them. States are never altered in place, so that an event keeps its own.
 */
export class Draft {
	/** Undefined: there is no such conversation. */
	conversation: Conversation | undefined;
	/** Between which addresses it is; undefined in CHAT, and where no command needs it. */
	thread: Thread | undefined;
	readonly now: Date;
	readonly outside: OutsideState;
	/** What the present command adds to the log, in order. */
	events: ConversationEvent[] = [];
	commandId = '';

	readonly #isNew: boolean;
	readonly #memberships = new Map<string, Membership>();
	readonly #messages = new Map<string, StoredMessage>();
	readonly #messageIdsByKey = new Map<string, string>();

	readonly #entries: ConversationEvent[] = [];
	readonly #newMessages = new Set<string>();
	readonly #changedMessages = new Set<string>();
	readonly #newMemberships = new Set<string>();
	readonly #changedMemberships = new Set<string>();
	readonly #revisions: Revision[] = [];
	readonly #erased: string[] = [];
	readonly #changedDeliveries = new Set<string>();
	/** Sequences, by message. */
	readonly #openDeliveries = new Map<string, number>();
	readonly #newAttempts: DeliveryAttempt[] = [];
	readonly #changedAttempts: DeliveryAttempt[] = [];

	constructor(conversation: Conversation | undefined, now: Date, outside: OutsideState, isNew = false) {
		this.conversation = conversation;
		this.now = now;
		this.outside = outside;
		this.#isNew = isNew;
	}

	/** Takes in what was read under the lock. */
	loadMembership(membership: Membership): void {
		this.#memberships.set(membership.userId, membership);
	}

	/** Takes in what was read under the lock. */
	loadMessage(message: StoredMessage): void {
		this.#messages.set(message.id, message);
		if (message.authorId === null || message.clientMessageId === null) return;
		this.#messageIdsByKey.set(sendKey(message.authorId, message.clientMessageId), message.id);
	}

	/** Takes in what was read under the lock. */
	loadOpenDelivery({ messageId, sequence }: OpenDelivery): void {
		this.#openDeliveries.set(messageId, sequence);
	}

	membership(userId: string): Membership | undefined {
		return this.#memberships.get(userId);
	}

	message(id: string): StoredMessage | undefined {
		return this.#messages.get(id);
	}

	messageByKey(key: string): StoredMessage | undefined {
		const id = this.#messageIdsByKey.get(key);
		return id === undefined ? undefined : this.#messages.get(id);
	}

	/** Of the messages that are known, read or sent in this batch, those that `isMissed` says; oldest first. */
	missed(isMissed: (message: Message) => boolean): readonly Message[] {
		return [...this.#messages.values()].filter(isMissed).sort((a, b) => a.sequence - b.sequence);
	}

	/** Whether a delivery before this sequence is still to be sent, of those that were read. */
	isHeldBack(sequence: number): boolean {
		return Array.from(this.#openDeliveries.values()).some((open) => open < sequence);
	}

	/** `author` is null for somebody outside, and for the service itself. */
	addMessage(message: StoredMessage, author: User | null): void {
		this.loadMessage(message);
		this.#newMessages.add(message.id);
		if (message.outside?.delivery) this.#noteOpen(message.outside.delivery);
		this.#append('MessageSent', author, { message });
	}

	/** `actor` is null for the service itself and for a provider. */
	changeDelivery(delivery: Delivery, actor: User | null): StoredMessage {
		const before = this.#messages.get(delivery.messageId);
		if (before === undefined) throw new Error('A delivery changes with its message, which was not read.');
		const message = withDelivery(before, delivery);
		this.#messages.set(message.id, message);
		if (!this.#newMessages.has(message.id)) this.#changedDeliveries.add(message.id);
		this.#noteOpen(delivery);
		this.#append('DeliveryChanged', actor, { message });
		return message;
	}

	beginAttempt(attempt: DeliveryAttempt): void {
		this.#newAttempts.push(attempt);
	}

	/** One that began in a transaction before. Stored with a change of its delivery, or alone. */
	endAttempt(attempt: DeliveryAttempt): void {
		this.#changedAttempts.push(attempt);
	}

	/** `erase` forgets the earlier bodies, otherwise the replaced one is kept as a revision. */
	changeMessage(
		type: 'MessageEdited' | 'MessageDeleted',
		message: StoredMessage,
		actor: User,
		history: { readonly revision: Revision } | 'erase',
	): void {
		this.#messages.set(message.id, message);
		if (!this.#newMessages.has(message.id)) this.#changedMessages.add(message.id);
		if (history === 'erase') this.#erased.push(message.id);
		else this.#revisions.push(history.revision);
		this.#append(type, actor, { message });
	}

	/** Changes a membership, or begins one; `event` says what it means to others, if anything. */
	setMembership(
		membership: Membership,
		event?: { type: 'MemberJoined' | 'MemberLeft'; actor: User; user: User },
	) {
		const known = this.#memberships.has(membership.userId);
		const changed = known && !this.#newMemberships.has(membership.userId);
		(changed ? this.#changedMemberships : this.#newMemberships).add(membership.userId);
		this.#memberships.set(membership.userId, membership);
		if (event) this.#append(event.type, event.actor, { member: membership, user: event.user });
	}

	changeConversation(conversation: Conversation, actor: User | null): void {
		this.conversation = conversation;
		this.#append('ConversationChanged', actor, {});
	}

	/** The sequence that the next event will take. */
	get nextSequence(): number {
		return (this.conversation?.lastSequence ?? 0) + 1;
	}

	get hasChanges(): boolean {
		return this.#entries.length > 0 || this.#changedMemberships.size > 0 || this.#changedAttempts.length > 0;
	}

	changes(): DraftChanges {
		const messages = (ids: Iterable<string>) =>
			Array.from(ids, (id) => this.#messages.get(id) as StoredMessage);
		const members = (ids: Iterable<string>) =>
			Array.from(ids, (id) => this.#memberships.get(id) as Membership);
		const written = this.conversation !== undefined && this.#entries.length > 0 ? [this.conversation] : [];
		return {
			newConversations: this.#isNew ? written : [],
			changedConversations: this.#isNew ? [] : written,
			entries: this.#entries,
			newMessages: messages(this.#newMessages),
			changedMessages: messages(this.#changedMessages),
			newRevisions: this.#revisions.filter((revision) => !this.#erased.includes(revision.messageId)),
			erasedRevisions: this.#erased,
			newMemberships: members(this.#newMemberships),
			changedMemberships: members(this.#changedMemberships),
			changedDeliveries: messages(this.#changedDeliveries).flatMap(({ outside }) => outside?.delivery ?? []),
			newAttempts: this.#newAttempts,
			changedAttempts: this.#changedAttempts,
		};
	}

	#noteOpen({ messageId, sequence, status }: Delivery): void {
		if (isOpen(status)) this.#openDeliveries.set(messageId, sequence);
		else this.#openDeliveries.delete(messageId);
	}

	#append(
		type: EventType,
		actor: User | null,
		of: { message?: StoredMessage; member?: Membership; user?: User },
	): void {
		if (this.conversation === undefined) throw new Error('There is no conversation to write to.');
		const { message = null, member = null, user } = of;
		const internal = message?.internal ?? false;
		const isQuiet = internal || type === 'DeliveryChanged';
		const sequence = this.nextSequence;
		const { lastActivityAt } = this.conversation;
		this.conversation = {
			...this.conversation,
			lastSequence: sequence,
			lastActivityAt: isQuiet ? lastActivityAt : later(lastActivityAt, this.now),
		};
		const event: ConversationEvent = {
			conversationId: this.conversation.id,
			sequence,
			type,
			occurredAt: this.now,
			actorId: actor?.id ?? null,
			messageId: message?.id ?? null,
			memberId: member?.userId ?? null,
			internal,
			commandId: this.commandId,
			conversation: this.conversation,
			message,
			member,
			users: [actor, user?.id === actor?.id ? null : user].filter((known) => known != null),
		};
		this.#entries.push(event);
		this.events.push(event);
	}
}

/** Another node's clock may be ahead of this one's. */
function later(one: Date, other: Date): Date {
	return one > other ? one : other;
}
