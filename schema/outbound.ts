import type { OutsideChannel } from '../src/conversations/outside.ts';
import { isUuid } from '../src/conversations/public-ids.ts';
import { listDeadLetters } from '../src/outbound/list-dead-letters.ts';
import {
	type OutboundPreview as PreviewRow,
	previewOutboundMessage,
} from '../src/outbound/preview-outbound-message.ts';
import type { SmsEncoding as SmsEncodingName } from '../src/outbound/segments.ts';
import type { SendOutboundInput } from '../src/outbound/send-outbound-message.ts';
import type { DeadLetter, DeadLetterCursor } from '../src/outbound/store.ts';
import { builder } from './builder.ts';
import { parseDateTime, printDateTime } from './date-time.ts';
import { DeliveryStatus } from './delivery.ts';
import { given } from './input.ts';
import { Message } from './message.ts';
import { type CursorKind, connection, pageRequest, parsePair, printPair } from './pages.ts';

const DEAD_LETTERS: CursorKind<DeadLetter, DeadLetterCursor> = {
	name: 'dead-letters',
	print: ({ cursor }) => printPair(printDateTime(cursor.updatedAt), cursor.messageId),
	parse: (text) => {
		const [updatedAt, messageId] = parsePair(text) ?? [];
		const date = parseDateTime(updatedAt);
		return date !== undefined && isUuid(messageId) ? { updatedAt: date, messageId } : undefined;
	},
};

const OutboundChannel = builder.enumType('OutboundChannel', {
	description: 'A way to somebody outside.',
	values: {
		SMS: { description: 'A text message by telephone.' },
		MMS: { description: 'A text message with attachments; it is said in the same conversation as SMS.' },
		EMAIL: { description: 'Electronic mail.' },
	} as const satisfies Record<OutsideChannel, { description: string }>,
});

export const SendOutboundMessageInput = builder.inputType('SendOutboundMessageInput', {
	description: 'What to send to whom, and from which of our addresses.',
	fields: (t) => ({
		from: t.string({
			required: true,
			description:
				'Our address: a telephone number with its country code (+14155552671), or an email address.',
		}),
		to: t.string({ required: true, description: "The contact's address, of the same kind." }),
		type: t.field({ type: OutboundChannel, required: true, description: 'The way it goes.' }),
		body: t.string({
			required: true,
			description: 'The text, at most 65,536 bytes of UTF-8; not blank, unless there are attachments.',
		}),
		attachments: t.stringList({
			description:
				'URLs of files, for MMS and EMAIL, at most 10: http or https, and none that leads into a private network.',
		}),
		timestamp: t.field({
			type: 'DateTime',
			description: 'When it was made, for the provider to know; left out, the present. It is no schedule.',
		}),
		clientMessageId: t.string({
			description:
				'An idempotency key of at most 64 characters, which holds for ever, for this author in the conversation of the two ' +
				'addresses. The same key with the same content gives the message of the first send as it is now; with other ' +
				'content, IdempotencyConflictError.',
		}),
	}),
});

/** The input as the use cases take it. */
export function outboundInput(input: typeof SendOutboundMessageInput.$inferInput): SendOutboundInput {
	const { from, to, type, body, attachments, timestamp, clientMessageId } = input;
	return {
		from,
		to,
		type,
		body,
		attachments: attachments ?? [],
		timestamp: timestamp ?? new Date(),
		...given({ clientMessageId }),
	};
}

const SmsEncoding = builder.enumType('SmsEncoding', {
	description: 'How a text message is written.',
	values: {
		GSM_7: {
			description: 'The alphabet of GSM 03.38: 160 characters alone, 153 in each of several segments.',
		},
		UCS_2: {
			description: 'Where a character is not of that alphabet: 70 UTF-16 units alone, 67 in each of several.',
		},
	} as const satisfies Record<SmsEncodingName, { description: string }>,
});

const OutboundPreview = builder.objectRef<PreviewRow>('OutboundPreview').implement({
	description: 'What would become of a message. Nothing is stored and nothing sent.',
	fields: (t) => ({
		from: t.exposeString('from', { description: 'Our address as it is stored: E.164, or an email address.' }),
		to: t.exposeString('to', { description: "The contact's address as it is stored." }),
		type: t.expose('type', { type: OutboundChannel, description: 'The way it would go.' }),
		encoding: t.expose('encoding', {
			type: SmsEncoding,
			nullable: true,
			description: 'How the text would be written; null for EMAIL.',
		}),
		units: t.exposeInt('units', {
			nullable: true,
			description:
				'How long the text is in that encoding; characters such as € and { count twice in GSM_7. Null for EMAIL.',
		}),
		segments: t.exposeInt('segments', {
			nullable: true,
			description: 'How many segments an SMS would be, each of which is paid for; 1 for MMS, null for EMAIL.',
		}),
		optedOut: t.exposeBoolean('optedOut', {
			description: 'Whether the contact wants no messages: it would be refused with ContactOptedOutError.',
		}),
		waitSeconds: t.exposeFloat('waitSeconds', {
			description:
				'How long it would wait for its turn, about, by what is queued, the rate limit and the pauses that the provider asked for.',
		}),
	}),
});

builder.queryFields((t) => ({
	deadLetters: t.connection({
		type: Message,
		description:
			'Messages to the outside that went no further and that a person should look at, those that ended last first: ' +
			'`redriveDelivery` queues one again. Agents only; for others an error FORBIDDEN.',
		args: {
			status: t.arg({
				type: [DeliveryStatus],
				description:
					'Only those with one of these statuses, of DEAD, FAILED and UNKNOWN; left out, all three.',
			}),
		},
		resolve: async (_root, { status, ...args }, { outbound, viewer }) => {
			const request = pageRequest(DEAD_LETTERS, args);
			const found = await listDeadLetters(outbound, viewer, status ?? undefined, request);
			const { edges, pageInfo } = connection(DEAD_LETTERS, request, found);
			return { edges: edges.map(({ cursor, node }) => ({ cursor, node: node.message })), pageInfo };
		},
	}),
	previewOutboundMessage: t.field({
		type: OutboundPreview,
		description:
			'What would become of a message: its addresses as they are stored, its encoding and segments, and how long it ' +
			'would wait. Agents only; for others an error FORBIDDEN, and BAD_USER_INPUT for what would be refused.',
		args: {
			input: t.arg({ type: SendOutboundMessageInput, required: true, description: 'The message.' }),
		},
		resolve: (_root, { input }, { outbound, viewer }) =>
			previewOutboundMessage(outbound, viewer, outboundInput(input)),
	}),
}));
