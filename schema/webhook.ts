import { LIMITS } from '../src/conversations/limits.ts';
import { isUuid } from '../src/conversations/public-ids.ts';
import type { DeliveryCursor } from '../src/webhooks/store.ts';
import type {
	WebhookEvent as EventName,
	WebhookDeliveryStatus as StatusRow,
	WebhookAttempt as WebhookAttemptRow,
	WebhookDelivery as WebhookDeliveryRow,
	Webhook as WebhookRow,
} from '../src/webhooks/webhook.ts';
import { builder, rows } from './builder.ts';
import { parseDateTime, printDateTime } from './date-time.ts';
import { AttemptOutcome } from './delivery.ts';
import { fromGlobalId, ID_OF_NOTHING, toGlobalId } from './ids.ts';
import { type CursorKind, connection, pageRequest, parsePair, printPair } from './pages.ts';

const DELIVERIES: CursorKind<WebhookDeliveryRow, DeliveryCursor> = {
	name: 'webhook-deliveries',
	print: (delivery) => printPair(printDateTime(delivery.createdAt), delivery.id),
	parse: (text) => {
		const [createdAt, id] = parsePair(text) ?? [];
		const date = parseDateTime(createdAt);
		return date !== undefined && isUuid(id) ? { createdAt: date, id } : undefined;
	},
};

export const WebhookEvent = builder.enumType('WebhookEvent', {
	description: 'What a webhook can be told of. Notes, their edits and deletions are told to nobody.',
	values: {
		MESSAGE_SENT: { description: 'A message was sent, or came in from outside.' },
		MESSAGE_EDITED: { description: "A message's body was replaced." },
		MESSAGE_DELETED: { description: 'A message was deleted.' },
		MEMBER_JOINED: { description: 'Somebody joined, or was added.' },
		MEMBER_LEFT: { description: 'Somebody left, or was removed.' },
		CONVERSATION_CHANGED: {
			description: 'A conversation was created, or something of its own changed.',
		},
		DELIVERY_CHANGED: {
			description: 'The sending of a message through an outside provider went on.',
		},
	} as const satisfies Record<EventName, { description: string }>,
});

const WebhookDeliveryStatus = builder.enumType('WebhookDeliveryStatus', {
	description: 'How it fares that a webhook is told of an event.',
	values: {
		QUEUED: { description: 'It is to be told.' },
		SENDING: { description: 'It is being told.' },
		RETRYING: { description: 'The receiver did not answer 2xx, and is told again at `nextAttemptAt`.' },
		DELIVERED: { description: 'The receiver answered 2xx.' },
		DEAD: { description: 'Given up. `redriveWebhookDelivery` begins again.' },
	} as const satisfies Record<StatusRow, { description: string }>,
});

const WebhookAttempt = builder.objectRef<WebhookAttemptRow>('WebhookAttempt').implement({
	description: 'One request to the receiver, recorded before it is made.',
	fields: (t) => ({
		number: t.exposeInt('number', { description: '1, 2, 3 …, over all rounds.' }),
		startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
		durationMs: t.exposeInt('durationMs', {
			nullable: true,
			description:
				'How long it took, in milliseconds; null while it is under way, and where its end was never learnt.',
		}),
		httpStatus: t.exposeInt('httpStatus', {
			nullable: true,
			description: "The answer's HTTP status; null where there was none.",
		}),
		outcome: t.expose('outcome', {
			type: AttemptOutcome,
			description:
				'How it ended. ACCEPTED: by 2xx. REJECTED: by 410 (Gone), which disables the webhook. RETRY: by another status, or ' +
				'the receiver was not reached.',
		}),
	}),
});

export const WebhookDelivery = builder.objectRef<WebhookDeliveryRow>('WebhookDelivery').implement({
	description: 'That a webhook is told of an event. It is kept for some weeks.',
	fields: (t) => ({
		id: t.id({
			description: 'What the receiver gets as `webhook-id`, the same over all attempts.',
			resolve: ({ id }) => toGlobalId('WebhookDelivery', id),
		}),
		event: t.expose('event', { type: WebhookEvent, description: 'What happened.' }),
		conversationId: t.id({
			description: "The conversation's id.",
			resolve: ({ conversationId }) => toGlobalId('Conversation', conversationId),
		}),
		sequence: t.exposeInt('sequence', { description: "The event's place in the conversation's log." }),
		status: t.expose('status', { type: WebhookDeliveryStatus, description: 'Where it stands.' }),
		attempts: t.field({
			type: [WebhookAttempt],
			description: `The requests made, oldest first: at most the ${LIMITS.shownAttempts} newest.`,
			extensions: rows(LIMITS.shownAttempts),
			resolve: (delivery, _args, { webhookReader }) => webhookReader.attempts(delivery),
		}),
		nextAttemptAt: t.expose('nextAttemptAt', {
			type: 'DateTime',
			nullable: true,
			description: 'When it is told next, at the earliest; null where nothing is to come.',
		}),
		error: t.exposeString('error', {
			nullable: true,
			description: 'Why it is not further, for people; null where nothing is wrong.',
		}),
		createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the event was stored.' }),
		updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the status last changed.' }),
	}),
});

export const Webhook = builder.objectRef<WebhookRow>('Webhook').implement({
	description:
		'A URL that is told of events, as docs/webhooks.md describes, signed by Standard Webhooks. Admins only.',
	fields: (t) => ({
		id: t.id({ description: 'Its id.', resolve: ({ id }) => toGlobalId('Webhook', id) }),
		url: t.exposeString('url', { description: 'Where the events are posted.' }),
		events: t.expose('events', {
			type: [WebhookEvent],
			description: 'Of what it is told, in all conversations.',
		}),
		enabled: t.exposeBoolean('enabled', {
			description: 'Whether it is told at all. While it is not, nothing is queued, and what is queued waits.',
		}),
		disabledReason: t.exposeString('disabledReason', {
			nullable: true,
			description: 'Why the service disabled it; null where it did not.',
		}),
		createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
		updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
		deliveries: t.connection({
			type: WebhookDelivery,
			description: 'What it is or was told, newest first.',
			args: {
				status: t.arg({
					type: [WebhookDeliveryStatus],
					description: 'Only with one of these statuses; DEAD are the dead letters.',
				}),
			},
			resolve: async (webhook, { status, ...args }, { webhookReader }) => {
				const request = pageRequest(DELIVERIES, args);
				const page = await webhookReader.deliveries(webhook, status ?? undefined, request);
				return connection(DELIVERIES, request, page);
			},
		}),
	}),
});

builder.queryFields((t) => ({
	webhooks: t.field({
		type: [Webhook],
		description: 'All webhooks, oldest first. Admins only; for others an error FORBIDDEN.',
		extensions: rows(LIMITS.webhooks),
		resolve: (_root, _args, { webhookReader }) => webhookReader.webhooks(),
	}),
	webhook: t.field({
		type: Webhook,
		nullable: true,
		description: 'One webhook; null where there is none. Admins only; for others an error FORBIDDEN.',
		args: { id: t.arg.id({ required: true, description: "The webhook's id." }) },
		resolve: (_root, { id }, { webhookReader }) =>
			webhookReader.webhook(fromGlobalId('Webhook', id) ?? ID_OF_NOTHING),
	}),
}));
