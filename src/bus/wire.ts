import { z } from 'zod';
import type { Conversation, ConversationEvent, Membership, Message } from '../conversations/model.ts';
import type { Attachment, Delivery, Incoming, Outside } from '../conversations/outside.ts';
import type { User } from '../identity/viewer.ts';
import type { ActivitySignal, WakeUp } from '../live/bus.ts';
import type { Sighting } from '../live/roster.ts';

/*
 * Wake-ups as they travel: a header line (format, log, node), then a JSON array. The header alone tells what is of
 * another format, of another log or one's own, so that such a message costs no parsing.
 */

/** Another one for each change that an older or newer node would misread. */
const FORMAT = '2';
const NEWLINE = 0x0a;

export interface Origin {
	/** Which log its events are of. */
	readonly epoch: string;
	readonly node: string;
}

export type Received =
	| { readonly kind: 'wake-ups'; readonly wakeUps: readonly WakeUp[]; readonly invalid: number }
	| { readonly kind: 'own' }
	/** Of another format or log. */
	| { readonly kind: 'foreign' }
	| { readonly kind: 'invalid' };

/** One wake-up as JSON texts. An event of more than `maxEventBytes` stays behind: only its sequence travels. */
export function encode(wakeUp: WakeUp, maxEventBytes: number): readonly string[] {
	if (wakeUp.kind !== 'events') return [JSON.stringify(wakeUp)];
	const texts: string[] = [];
	let head = 0;
	for (const event of wakeUp.events) {
		const text = JSON.stringify(event);
		if (Buffer.byteLength(text) > maxEventBytes) head = event.sequence;
		else texts.push(text);
	}
	const { committedAt } = wakeUp;
	const at = committedAt === undefined ? '' : `,"committedAt":${committedAt}`;
	const events = texts.length === 0 ? [] : [`{"kind":"events"${at},"events":[${texts.join(',')}]}`];
	return head === 0 ? events : [JSON.stringify({ kind: 'head', sequence: head } satisfies WakeUp), ...events];
}

/** A message of encoded wake-ups. */
export function pack({ epoch, node }: Origin, texts: readonly string[]): string {
	return `${FORMAT} ${epoch} ${node}\n[${texts.join(',')}]`;
}

/** What came over Redis, where anybody with access can publish anything: checked, and frozen. Never throws. */
export function unpack(message: Buffer, own: Origin): Received {
	const end = message.indexOf(NEWLINE);
	const header = message.toString('latin1', 0, Math.max(end, 0)).split(' ');
	const [format, epoch, node] = header;
	if (end === -1 || header.length !== 3) return { kind: 'invalid' };
	if (format !== FORMAT || epoch !== own.epoch) return { kind: 'foreign' };
	if (node === own.node) return { kind: 'own' };
	const parts = parse(message.toString('utf8', end + 1));
	if (!Array.isArray(parts)) return { kind: 'invalid' };
	const wakeUps: WakeUp[] = [];
	for (const part of parts) {
		const result = wakeUpModel.safeParse(part);
		if (result.success) wakeUps.push(result.data);
	}
	return { kind: 'wake-ups', wakeUps, invalid: parts.length - wakeUps.length };
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const id = z.string().min(1).max(200);
const count = z.int().min(0);
const instant = z
	.string()
	.max(40)
	.transform((text) => new Date(text))
	.pipe(z.date());

const userModel: z.ZodType<User> = z
	.object({
		id,
		subject: z.string(),
		name: z.string(),
		role: z.enum(['CUSTOMER', 'AGENT', 'ADMIN']),
	})
	.readonly();

const outsideChannel = z.enum(['SMS', 'MMS', 'EMAIL']);
const channel = z.enum(['CHAT', ...outsideChannel.options]);

const conversationModel: z.ZodType<Conversation> = z
	.object({
		id,
		subject: z.string().nullable(),
		channel,
		status: z.enum(['OPEN', 'PENDING', 'SNOOZED', 'RESOLVED']),
		visibility: z.enum(['PRIVATE', 'OPEN']),
		creatorId: id,
		lastSequence: count,
		createdAt: instant,
		lastActivityAt: instant,
		closedAt: instant.nullable(),
	})
	.readonly();

const deliveryModel: z.ZodType<Delivery> = z
	.object({
		messageId: id,
		conversationId: id,
		sequence: count,
		channel: outsideChannel,
		status: z.enum([
			'QUEUED',
			'SENDING',
			'RETRYING',
			'UNKNOWN',
			'SENT',
			'DELIVERED',
			'UNDELIVERED',
			'FAILED',
			'DEAD',
			'CANCELED',
		]),
		from: z.string(),
		to: z.string(),
		requestedAt: instant,
		provider: z.string().nullable(),
		attempts: count,
		tries: count,
		nextAttemptAt: instant.nullable(),
		leaseUntil: instant.nullable(),
		providerMessageId: z.string().nullable(),
		error: z.string().nullable(),
		uncertain: z.boolean(),
		updatedAt: instant,
	})
	.readonly();

const incomingModel: z.ZodType<Incoming> = z
	.object({
		contactAddress: z.string(),
		ownAddress: z.string(),
		provider: z.string(),
		providerMessageId: z.string(),
		sentAt: instant,
	})
	.readonly();

const attachmentModel: z.ZodType<Attachment> = z
	.object({ url: z.string(), contentType: z.string().nullable(), size: count.nullable() })
	.readonly();

const outsideModel: z.ZodType<Outside> = z
	.object({
		delivery: deliveryModel.nullable(),
		incoming: incomingModel.nullable(),
		attachments: z.array(attachmentModel).readonly(),
	})
	.readonly();

const messageModel: z.ZodType<Message> = z
	.object({
		id,
		conversationId: id,
		sequence: count,
		authorId: id.nullable(),
		body: z.string(),
		createdAt: instant,
		editedAt: instant.nullable(),
		editCount: count,
		deletedAt: instant.nullable(),
		clientMessageId: z.string().nullable(),
		replyToId: id.nullable(),
		internal: z.boolean(),
		channel,
		outside: outsideModel.nullable(),
	})
	.readonly();

const membershipModel: z.ZodType<Membership> = z
	.object({
		conversationId: id,
		userId: id,
		joinedAt: instant,
		leftAt: instant.nullable(),
		leftSequence: count.nullable(),
		lastReadSequence: count,
		removed: z.boolean(),
	})
	.readonly();

const eventModel: z.ZodType<ConversationEvent> = z
	.object({
		conversationId: id,
		sequence: z.int().min(1),
		type: z.enum([
			'MessageSent',
			'MessageEdited',
			'MessageDeleted',
			'MemberJoined',
			'MemberLeft',
			'ConversationChanged',
			'DeliveryChanged',
		]),
		occurredAt: instant,
		actorId: id.nullable(),
		messageId: id.nullable(),
		memberId: id.nullable(),
		internal: z.boolean(),
		commandId: id,
		conversation: conversationModel,
		message: messageModel.nullable(),
		member: membershipModel.nullable(),
		users: z.array(userModel).readonly(),
	})
	.readonly();

/** As it stands in the roster as well. */
export const sightingModel: z.ZodType<Sighting> = z
	.object({ node: id, user: userModel, online: z.boolean(), typing: count })
	.readonly();

const signalModel: z.ZodType<ActivitySignal> = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('sighting'), sighting: sightingModel }).readonly(),
	z.object({ kind: z.literal('read'), user: userModel, sequence: count }).readonly(),
]);

const wakeUpModel: z.ZodType<WakeUp> = z.discriminatedUnion('kind', [
	z
		.object({
			kind: z.literal('events'),
			events: z.array(eventModel).readonly(),
			committedAt: z.number().exactOptional(),
		})
		.readonly(),
	z.object({ kind: z.literal('head'), sequence: count }).readonly(),
	z.object({ kind: z.literal('activity'), signal: signalModel }).readonly(),
]);
