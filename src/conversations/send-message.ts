import { isStaff, type User, type Viewer } from '../identity/viewer.ts';
import { asSeenBy, requireFull, requireStaff, seesNotes } from './access.ts';
import type { Command } from './command.ts';
import { beginDelivery } from './delivery.ts';
import type { Domain } from './domain.ts';
import type { Draft } from './draft.ts';
import {
	ContactOptedOutError,
	ConversationClosedError,
	ConversationMovedError,
	DomainError,
	ForbiddenError,
	IdempotencyConflictError,
	InvalidInputError,
	ServiceBusyError,
} from './errors.ts';
import { newId } from './ids.ts';
import { checkBody, checkClientMessageId, checkSequence } from './input.ts';
import { LIMITS } from './limits.ts';
import { joinMember } from './membership.ts';
import type { Conversation, Message, StoredMessage } from './model.ts';
import type { Thread } from './outside.ts';
import { optOutKey } from './outside-keys.ts';
import { reopen } from './reopen.ts';
import { contentHash, sendKey } from './send-key.ts';

export interface SendMessageInput {
	readonly conversationId: string;
	readonly body: string;
	/** Idempotency key, for ever, within conversation and author. */
	readonly clientMessageId?: string;
	readonly replyToId?: string;
	/** A note that only staff see. Left out: what the reply's target is. */
	readonly internal?: boolean;
	/** The newest sequence that the writer has seen. */
	readonly expectedSequence?: number;
}

/**
 * Stores a message and answers after the commit. The same key with the same content gives the first message again,
 * in its present state, whatever happened since. In a conversation with somebody outside it goes out: staff alone write
 * there, and a note stays inside.
 * @throws InvalidInputError, NotFoundError, ForbiddenError, IdempotencyConflictError, ConversationClosedError,
 * ConversationMovedError (missed: Message[]), ContactOptedOutError, ServiceBusyError.
 */
export async function sendMessage(
	domain: Domain,
	viewer: Viewer,
	input: SendMessageInput,
): Promise<{ conversation: Conversation; message: Message }> {
	try {
		checkInput(input);
		const { isRepeated, ...sent } = await domain.writes.run(sendCommand(viewer.user, input));
		domain.observeSend(isRepeated ? 'repeated' : 'stored');
		return sent;
	} catch (error) {
		const isRefusal = error instanceof DomainError;
		domain.observeSend(error instanceof ServiceBusyError ? 'busy' : isRefusal ? 'refused' : 'failed');
		throw error;
	}
}

function sendCommand(
	user: User,
	input: SendMessageInput,
): Command<{ conversation: Conversation; message: Message; isRepeated: boolean }> {
	const key = input.clientMessageId === undefined ? undefined : sendKey(user.id, input.clientMessageId);
	const messageId = newId();
	return {
		id: newId(),
		conversationId: input.conversationId,
		needs: {
			userIds: [user.id],
			thread: true,
			...(input.replyToId !== undefined && { messageIds: [input.replyToId] }),
			...(key !== undefined && { sendKey: key }),
			...(input.expectedSequence !== undefined && { missed: missedQuery(user, input.expectedSequence) }),
		},
		decide: (draft) => {
			const first = key === undefined ? undefined : draft.messageByKey(key);
			const message = first ? repeated(first, input) : send(draft, user, messageId, input);
			// One who has left since may repeat what was sent before, and learns nothing else by it.
			const conversation = asSeenBy(user, draft.conversation as Conversation, draft.membership(user.id));
			return { conversation, message, isRepeated: first !== undefined };
		},
	};
}

function checkInput(input: SendMessageInput): void {
	checkBody('body', input.body, LIMITS.bodyBytes);
	if (input.expectedSequence !== undefined) checkSequence('expectedSequence', input.expectedSequence);
	if (input.clientMessageId !== undefined) checkClientMessageId(input.clientMessageId);
}

/** The first message of a key, where the retry says the same. */
function repeated(first: StoredMessage, input: SendMessageInput): Message {
	const internal = input.internal ?? (input.replyToId !== undefined && first.internal);
	if (contentHash(input.body, input.replyToId ?? null, internal) !== first.contentHash)
		throw new IdempotencyConflictError();
	return first;
}

function send(draft: Draft, user: User, id: string, input: SendMessageInput): Message {
	const conversation = requireFull(user, draft.conversation, draft.membership(user.id));
	const internal = isNote(draft, user, input);
	if (conversation.closedAt !== null) throw new ConversationClosedError();
	requireUnmoved(draft, user, input.expectedSequence);
	const contact = internal ? undefined : requireContact(draft, user);

	joinMember(draft, user, user);
	if (contact !== undefined) reopen(draft, user);
	const message: StoredMessage = {
		id,
		conversationId: conversation.id,
		sequence: draft.nextSequence,
		authorId: user.id,
		body: input.body,
		createdAt: draft.now,
		editedAt: null,
		editCount: 0,
		deletedAt: null,
		clientMessageId: input.clientMessageId ?? null,
		contentHash: contentHash(input.body, input.replyToId ?? null, internal),
		replyToId: input.replyToId ?? null,
		internal,
		channel: conversation.channel,
		outside: null,
	};
	const sent = contact === undefined ? message : goingOut(message, contact);
	draft.addMessage(sent, user);
	return sent;
}

/** Who gets what is written here; undefined in CHAT. @throws ForbiddenError, ContactOptedOutError */
function requireContact({ thread, outside }: Draft, user: User): Thread | undefined {
	if (thread === undefined) return undefined;
	requireStaff(user);
	if (outside.isOptedOut(optOutKey(thread.family, thread.contactAddress))) throw new ContactOptedOutError();
	return thread;
}

function goingOut(message: StoredMessage, { family, ownAddress, contactAddress }: Thread): StoredMessage {
	const delivery = beginDelivery(
		message,
		{
			from: ownAddress,
			to: contactAddress,
			channel: family === 'EMAIL' ? 'EMAIL' : 'SMS',
			requestedAt: message.createdAt,
		},
		message.createdAt,
	);
	return { ...message, outside: { delivery, incoming: null, attachments: [] } };
}

/** A reply to a note is a note itself; a public one would show that the note is there. */
function isNote(
	draft: Draft,
	user: User,
	{ internal, replyToId, conversationId }: SendMessageInput,
): boolean {
	if (internal && !isStaff(user)) throw new ForbiddenError('Only agents may write notes.');
	if (replyToId === undefined) return internal ?? false;
	const target = draft.message(replyToId);
	if (target?.conversationId !== conversationId || (target.internal && !seesNotes(user)))
		throw new InvalidInputError('replyToId', 'replyToId must name a message of the same conversation.');
	if (target.internal && internal === false)
		throw new InvalidInputError('internal', 'A reply to a note must be a note.');
	return target.internal || (internal ?? false);
}

function missedQuery(user: User, after: number) {
	return { after, exceptAuthorId: user.id, limit: LIMITS.missedMessages };
}

/** Notes move nothing, for staff neither: the public conversation is what an answer is written to. */
function requireUnmoved(draft: Draft, user: User, expected: number | undefined): void {
	if (expected === undefined) return;
	const missed = draft.missed(
		(message) => message.sequence > expected && message.authorId !== user.id && !message.internal,
	);
	if (missed.length > 0) throw new ConversationMovedError(missed.slice(0, LIMITS.missedMessages));
}
