import type { GraphQLContext } from '../../schema/context.ts';
import type { Domain } from '../../src/conversations/domain.ts';
import type { Conversation, ConversationEvent, Membership, Message } from '../../src/conversations/model.ts';
import type { Delivery, DeliveryAttempt } from '../../src/conversations/outside.ts';
import type { Reader } from '../../src/conversations/reader.ts';
import type { User, Viewer } from '../../src/identity/viewer.ts';
import type { Outbound } from '../../src/outbound/outbound.ts';
import type { OutboundStore } from '../../src/outbound/store.ts';
import type { WebhookStore } from '../../src/webhooks/store.ts';
import { WebhookReader } from '../../src/webhooks/webhook-reader.ts';
import type { Webhooks } from '../../src/webhooks/webhooks.ts';

const at = new Date('2026-01-31T12:00:00.000Z');

export const alice: User = {
	id: '00000000-0000-7000-8000-00000000000a',
	subject: 'alice',
	name: 'Alice',
	role: 'CUSTOMER',
};

export const alex: User = {
	id: '00000000-0000-7000-8000-00000000000b',
	subject: 'alex',
	name: 'Alex',
	role: 'AGENT',
};

export const conversation: Conversation = {
	id: '00000000-0000-7000-8000-00000000000c',
	subject: null,
	channel: 'CHAT',
	status: 'OPEN',
	visibility: 'PRIVATE',
	creatorId: alice.id,
	lastSequence: 4,
	createdAt: at,
	lastActivityAt: at,
	closedAt: null,
};

export const membership: Membership = {
	conversationId: conversation.id,
	userId: alice.id,
	joinedAt: at,
	leftAt: null,
	leftSequence: null,
	lastReadSequence: 2,
	removed: false,
};

export function message(sequence: number): Message {
	return {
		id: `00000000-0000-7000-8000-${String(sequence).padStart(12, '0')}`,
		conversationId: conversation.id,
		sequence,
		authorId: alice.id,
		body: `Nr. ${sequence}`,
		createdAt: at,
		editedAt: null,
		editCount: 0,
		deletedAt: null,
		clientMessageId: null,
		replyToId: null,
		internal: false,
		channel: 'CHAT',
		outside: null,
	};
}

const delivery: Delivery = {
	messageId: message(3).id,
	conversationId: conversation.id,
	sequence: 3,
	channel: 'MMS',
	status: 'RETRYING',
	from: '+11234567890',
	to: '+10987654321',
	requestedAt: at,
	provider: 'webhook',
	attempts: 1,
	tries: 1,
	nextAttemptAt: at,
	leaseUntil: null,
	providerMessageId: null,
	error: 'The provider answered 429.',
	uncertain: false,
	updatedAt: at,
};

export const attempt: DeliveryAttempt = {
	messageId: message(3).id,
	number: 1,
	provider: 'webhook',
	startedAt: at,
	durationMs: 12,
	httpStatus: 429,
	outcome: 'RETRY',
};

/** On its way to somebody outside, with a picture. */
export const outgoing: Message = {
	...message(3),
	channel: 'MMS',
	outside: {
		delivery,
		incoming: null,
		attachments: [{ url: 'https://example.com/cat.jpg', contentType: 'image/jpeg', size: 2048 }],
	},
};

/** What somebody outside wrote. */
export const incoming: Message = {
	...message(4),
	authorId: null,
	channel: 'SMS',
	outside: {
		delivery: null,
		incoming: {
			contactAddress: '+10987654321',
			ownAddress: '+11234567890',
			provider: 'webhook',
			providerMessageId: 'in-1',
			sentAt: at,
		},
		attachments: [],
	},
};

export function event(type: ConversationEvent['type'], sequence: number): ConversationEvent {
	return {
		conversationId: conversation.id,
		sequence,
		type,
		occurredAt: at,
		actorId: alice.id,
		messageId: null,
		memberId: null,
		internal: false,
		commandId: '',
		conversation,
		message: messageOf(type, sequence),
		member: type.startsWith('Member') ? membership : null,
		users: [alice],
	};
}

function messageOf(type: ConversationEvent['type'], sequence: number): Message | null {
	if (type === 'DeliveryChanged') return outgoing;
	return type.startsWith('Message') ? message(sequence) : null;
}

const reader: Reader = {
	conversation: async (id) => (id === conversation.id ? conversation : undefined),
	ofMessage: () => conversation,
	membership: async () => membership,
	unreadCount: async () => 3,
	history: async (_conversation, page) => ({
		rows: [message(3), message(4)].slice(0, page.limit),
		hasMore: true,
	}),
	members: async () => ({ rows: [membership], hasMore: false }),
	message: async (id) => (id === message(3).id ? message(3) : undefined),
	revisions: async () => [],
	attempts: async () => [attempt],
	user: () => alice,
	visibleUser: async (id) => (id === alice.id ? alice : undefined),
	users: async () => ({ rows: [alice], hasMore: false }),
	conversations: async () => ({ rows: [conversation], hasMore: false }),
	epoch: () => 'first',
	remember: () => undefined,
};

async function* nothing(): AsyncGenerator<never> {}

const live: GraphQLContext['live'] = {
	follow: async () => nothing(),
	activity: async () => nothing(),
	setTyping: async () => undefined,
};

const outbound: Outbound = {
	domain: {} as Domain,
	store: {} as OutboundStore,
	channels: new Set(['SMS', 'MMS', 'EMAIL']),
	providers: new Map([
		['SMS', ['webhook']],
		['MMS', ['webhook']],
		['EMAIL', ['smtp']],
	]),
	ratePerSecond: undefined,
	helpReply: undefined,
	checkUrl: async () => undefined,
};

/** A context of one customer with one conversation; what a test is about replaces its part. */
export function fakeContext(
	parts: {
		viewer?: User;
		reader?: Partial<Reader>;
		live?: Partial<GraphQLContext['live']>;
		outbound?: Partial<Outbound>;
	} = {},
): GraphQLContext {
	const viewer: Viewer = { user: parts.viewer ?? alice, expiresAt: Number.POSITIVE_INFINITY };
	return {
		viewer,
		reader: { ...reader, ...parts.reader },
		live: { ...live, ...parts.live },
		domain: {} as Domain,
		outbound: { ...outbound, ...parts.outbound },
		webhooks: {} as Webhooks,
		webhookReader: new WebhookReader({} as WebhookStore, viewer),
		health: async () => ({
			status: 'degraded',
			parts: [{ name: 'database', status: 'ok', latencyMs: 0.5, detail: null }],
		}),
		requestId: 'test',
		turns: { next: () => 0 },
		refusals: [],
	};
}
