import { requireStaff } from '../conversations/access.ts';
import { beginDelivery } from '../conversations/delivery.ts';
import type { Draft } from '../conversations/draft.ts';
import {
	ContactOptedOutError,
	DomainError,
	IdempotencyConflictError,
	InvalidInputError,
	ServiceBusyError,
} from '../conversations/errors.ts';
import { newId } from '../conversations/ids.ts';
import { checkBody, checkClientMessageId, checkInstant, checkText } from '../conversations/input.ts';
import { LIMITS } from '../conversations/limits.ts';
import { joinMember } from '../conversations/membership.ts';
import type { Conversation, Message, StoredMessage } from '../conversations/model.ts';
import type { ChannelFamily, OutsideChannel } from '../conversations/outside.ts';
import { optOutKey, pairKey } from '../conversations/outside-keys.ts';
import { reopen } from '../conversations/reopen.ts';
import { outboundHash, sendKey } from '../conversations/send-key.ts';
import type { User, Viewer } from '../identity/viewer.ts';
import { familyOf, normalizeAddress } from './addresses.ts';
import { runInThread } from './in-thread.ts';
import type { Outbound } from './outbound.ts';

export interface SendOutboundInput {
	/** One of ours: a phone number in E.164, or an email address. */
	readonly from: string;
	readonly to: string;
	readonly type: OutsideChannel;
	/** May be blank where there are attachments. */
	readonly body: string;
	/** URLs, of MMS and email. */
	readonly attachments: readonly string[];
	/** When the caller made it; nothing waits for it. */
	readonly timestamp: Date;
	/** Idempotency key, for ever, within the two addresses' conversation and author. */
	readonly clientMessageId?: string;
}

/** The input as it is worked with: its addresses normalised, everything checked that needs no conversation. */
export interface Outgoing {
	readonly from: string;
	readonly to: string;
	readonly channel: OutsideChannel;
	readonly family: ChannelFamily;
	readonly body: string;
	readonly attachments: readonly string[];
	readonly requestedAt: Date;
	readonly clientMessageId: string | null;
}

type Sent = { readonly conversation: Conversation; readonly message: Message };

/**
 * Stores a message to somebody outside and answers after the commit; the worker sends it. Messages between the same two
 * addresses share one conversation, which the first begins. The same key with the same content gives the first message
 * again, in its present state. For staff.
 * @throws InvalidInputError, ForbiddenError, IdempotencyConflictError, ContactOptedOutError, ServiceBusyError.
 */
export async function sendOutboundMessage(
	outbound: Outbound,
	viewer: Viewer,
	input: SendOutboundInput,
): Promise<Sent> {
	const { observeSend } = outbound.domain;
	try {
		requireStaff(viewer.user);
		const outgoing = checkOutgoing(outbound, input);
		// Of what was sent before a name need not resolve any more: a retry gets its message all the same.
		const refusal = await checkLinks(outbound, outgoing).then(() => undefined, asRefusal);
		const { isRepeated, ...sent } = await send(outbound, viewer.user, outgoing, refusal);
		observeSend(isRepeated ? 'repeated' : 'stored');
		return sent;
	} catch (error) {
		const isRefusal = error instanceof DomainError;
		observeSend(error instanceof ServiceBusyError ? 'busy' : isRefusal ? 'refused' : 'failed');
		throw error;
	}
}

/** @throws InvalidInputError unless each attachment's URL leads outside. */
export async function checkLinks(
	{ checkUrl }: Pick<Outbound, 'checkUrl'>,
	{ attachments }: Pick<Outgoing, 'attachments'>,
): Promise<void> {
	await Promise.all(attachments.map((url) => checkUrl('attachments', url)));
}

function asRefusal(error: unknown): InvalidInputError {
	if (error instanceof InvalidInputError) return error;
	throw error;
}

/** All that can be checked of it by itself. @throws InvalidInputError naming the field. */
export function checkOutgoing({ channels }: Pick<Outbound, 'channels'>, input: SendOutboundInput): Outgoing {
	const { type: channel, body, attachments, timestamp, clientMessageId } = input;
	if (!channels.has(channel)) throw new InvalidInputError('type', `There is no provider for ${channel}.`);
	const from = normalizeAddress('from', channel, input.from);
	const to = normalizeAddress('to', channel, input.to);
	if (from === to) throw new InvalidInputError('to', 'to must be another address than from.');
	if (attachments.length === 0) checkBody('body', body, LIMITS.bodyBytes);
	else checkText('body', body, LIMITS.bodyBytes);
	checkInstant('timestamp', timestamp);
	if (clientMessageId !== undefined) checkClientMessageId(clientMessageId);
	if (channel === 'SMS' && attachments.length > 0)
		throw new InvalidInputError('attachments', 'SMS takes no attachments: MMS does.');
	if (attachments.length > LIMITS.attachments)
		throw new InvalidInputError('attachments', `There must be at most ${LIMITS.attachments} attachments.`);
	return {
		from,
		to,
		channel,
		family: familyOf(channel),
		body,
		attachments,
		requestedAt: timestamp,
		clientMessageId: clientMessageId ?? null,
	};
}

/** `refusal` is what a message that is not there yet is refused by. */
function send(
	outbound: Outbound,
	user: User,
	outgoing: Outgoing,
	refusal: InvalidInputError | undefined,
): Promise<Sent & { readonly isRepeated: boolean }> {
	const { from, to, family, clientMessageId } = outgoing;
	const key = clientMessageId === null ? undefined : sendKey(user.id, clientMessageId);
	const contactKey = optOutKey(family, to);
	const messageId = newId();
	const answer = (draft: Draft, message: Message, isRepeated: boolean) => {
		if (draft.conversation === undefined) throw new Error('A message is in a conversation.');
		return { conversation: draft.conversation, message, isRepeated };
	};
	return runInThread(outbound, {
		pair: { key: pairKey(family, from, to), family, ownAddress: from, contactAddress: to },
		creator: user,
		needs: { userIds: [user.id], optOutKeys: [contactKey], ...(key !== undefined && { sendKey: key }) },
		check: (draft) => {
			const first = key === undefined ? undefined : draft.messageByKey(key);
			if (first !== undefined) {
				if (first.contentHash !== outboundHash(outgoing)) throw new IdempotencyConflictError();
				return answer(draft, first, true);
			}
			if (refusal !== undefined) throw refusal;
			if (draft.outside.isOptedOut(contactKey)) throw new ContactOptedOutError();
			return undefined;
		},
		act: (draft) => {
			joinMember(draft, user, user);
			reopen(draft, user);
			const message = asMessage(draft, user, messageId, outgoing);
			draft.addMessage(message, user);
			return answer(draft, message, false);
		},
	});
}

function asMessage(draft: Draft, user: User, id: string, outgoing: Outgoing): StoredMessage {
	const { channel, body, attachments, clientMessageId } = outgoing;
	const message = {
		id,
		conversationId: draft.conversation?.id ?? '',
		sequence: draft.nextSequence,
		authorId: user.id,
		body,
		createdAt: draft.now,
		editedAt: null,
		editCount: 0,
		deletedAt: null,
		clientMessageId,
		contentHash: outboundHash(outgoing),
		replyToId: null,
		internal: false,
		channel,
	};
	return {
		...message,
		outside: {
			delivery: beginDelivery(message, outgoing, draft.now),
			incoming: null,
			attachments: attachments.map((url) => ({ url, contentType: null, size: null })),
		},
	};
}
