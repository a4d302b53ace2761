import { beginDelivery } from '../conversations/delivery.ts';
import type { Draft } from '../conversations/draft.ts';
import { InvalidInputError } from '../conversations/errors.ts';
import { newId } from '../conversations/ids.ts';
import { checkInstant, checkText } from '../conversations/input.ts';
import { LIMITS } from '../conversations/limits.ts';
import type { StoredMessage } from '../conversations/model.ts';
import type { Attachment, Incoming, OutsideChannel } from '../conversations/outside.ts';
import { optOutKey, pairKey, receiptKey } from '../conversations/outside-keys.ts';
import { reopen } from '../conversations/reopen.ts';
import { outboundHash } from '../conversations/send-key.ts';
import { familyOf, normalizeAddress } from './addresses.ts';
import { runInThread } from './in-thread.ts';
import { type OptOutKeyword, readOptOutKeyword } from './opt-out-keywords.ts';
import type { Outbound } from './outbound.ts';

/** What a provider brings from somebody outside. */
export interface ReceivedMessage {
	readonly provider: string;
	/** The provider's: the same message again has the same. */
	readonly id: string;
	/** Somebody outside. */
	readonly from: string;
	/** One of ours. */
	readonly to: string;
	readonly type: OutsideChannel;
	readonly body: string;
	readonly attachments: readonly Attachment[];
	readonly timestamp: Date;
	/** Of the call that brought it, where calls have ids. */
	readonly webhookId?: string;
}

/**
 * Stores what somebody outside wrote, once, in the conversation of the two addresses. STOP and START by SMS are obeyed
 * with it, HELP is answered.
 * @throws InvalidInputError, ServiceBusyError.
 */
export function receiveMessage(
	outbound: Outbound,
	received: ReceivedMessage,
): Promise<'stored' | 'repeated'> {
	const { provider, type: channel, webhookId } = received;
	const incoming = checkIncoming(received);
	const body = cleanText(received.body);
	checkText('body', body, LIMITS.bodyBytes);
	const family = familyOf(channel);
	const { contactAddress, ownAddress } = incoming;
	const contactKey = optOutKey(family, contactAddress);
	const receiptKeys = [
		receiptKey(provider, 'message', received.id),
		...(webhookId === undefined ? [] : [receiptKey(provider, 'webhook', webhookId)]),
	];
	const ids = { message: newId(), reply: newId() };
	return runInThread<'stored' | 'repeated'>(outbound, {
		pair: { key: pairKey(family, contactAddress, ownAddress), family, ownAddress, contactAddress },
		creator: undefined,
		needs: { optOutKeys: [contactKey], receiptKeys },
		check: (draft) => (receiptKeys.some((key) => draft.outside.isReceived(key)) ? 'repeated' : undefined),
		act: (draft) => {
			for (const key of receiptKeys) draft.outside.addReceipt({ key, receivedAt: draft.now });
			reopen(draft, null);
			const outside = { delivery: null, incoming, attachments: received.attachments };
			draft.addMessage(asMessage(draft, ids.message, { body, channel, incoming, outside }), null);
			const keyword = family === 'PHONE' ? readOptOutKeyword(body) : undefined;
			if (keyword !== undefined)
				obey(draft, keyword, { contactKey, incoming, replyId: ids.reply, helpReply: outbound.helpReply });
			return 'stored';
		},
	});
}

function checkIncoming(received: ReceivedMessage): Incoming {
	const { provider, id, type, timestamp } = received;
	if (id === '' || id.length > LIMITS.providerIdCharacters)
		throw new InvalidInputError('id', `id must have 1 to ${LIMITS.providerIdCharacters} characters.`);
	checkInstant('timestamp', timestamp);
	return {
		contactAddress: normalizeAddress('from', type, received.from),
		ownAddress: normalizeAddress('to', type, received.to),
		provider,
		providerMessageId: id,
		sentAt: timestamp,
	};
}

/** Not every database takes U+0000 and lone surrogates, and what came from outside is not lost for them. */
function cleanText(text: string): string {
	return text.replaceAll('\0', '\u{fffd}').toWellFormed();
}

interface Text {
	readonly body: string;
	readonly channel: OutsideChannel;
	readonly incoming: Incoming;
	readonly outside: StoredMessage['outside'];
}

/** A message that no user wrote. */
function asMessage(draft: Draft, id: string, { body, channel, incoming, outside }: Text): StoredMessage {
	const { contactAddress: from, ownAddress: to } = incoming;
	return {
		id,
		conversationId: draft.conversation?.id ?? '',
		sequence: draft.nextSequence,
		authorId: null,
		body,
		createdAt: draft.now,
		editedAt: null,
		editCount: 0,
		deletedAt: null,
		clientMessageId: null,
		contentHash: outboundHash({ from, to, channel, body, attachments: [] }),
		replyToId: null,
		internal: false,
		channel,
		outside,
	};
}

interface Obeyed {
	readonly contactKey: string;
	readonly incoming: Incoming;
	readonly replyId: string;
	readonly helpReply: string | undefined;
}

function obey(
	draft: Draft,
	keyword: OptOutKeyword,
	{ contactKey, incoming, replyId, helpReply }: Obeyed,
): void {
	const { contactAddress: address, ownAddress } = incoming;
	const { outside, now } = draft;
	if (keyword === 'start') outside.endOptOut(contactKey);
	if (keyword === 'stop') outside.optOut({ key: contactKey, family: 'PHONE', address, optedOutAt: now });
	if (keyword !== 'help' || helpReply === undefined || outside.isOptedOut(contactKey)) return;
	const reply = asMessage(draft, replyId, { body: helpReply, channel: 'SMS', incoming, outside: null });
	const addressed = { from: ownAddress, to: address, channel: 'SMS', requestedAt: now } as const;
	const delivery = beginDelivery(reply, addressed, now);
	draft.addMessage({ ...reply, outside: { delivery, incoming: null, attachments: [] } }, null);
}
