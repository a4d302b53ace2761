import type {
	ConversationEvent as EventRow,
	Membership as MembershipRow,
	Message as MessageRow,
} from '../src/conversations/model.ts';
import type { HistoryReset as HistoryResetRow } from '../src/live/ring.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { toGlobalId } from './ids.ts';
import { Membership } from './membership.ts';
import { Message } from './message.ts';
import { User } from './user.ts';

/** The domain attaches the message to every event of a message, and the member to every event of a membership. */
type MessageEvent = EventRow & { readonly message: MessageRow };
type MemberEvent = EventRow & { readonly member: MembershipRow };

export const ConversationEvent = builder
	.interfaceRef<EventRow | HistoryResetRow>('ConversationEvent')
	.implement({
		description:
			"A durable change of a conversation, with the conversation's next sequence: 1, 2, 3 … without gaps, save for the " +
			'holes that notes leave in what a customer sees.',
		resolveType: (event) => event.type,
		fields: (t) => ({
			conversationId: t.id({
				description: "The conversation's id.",
				resolve: (event) => toGlobalId('Conversation', event.conversationId),
			}),
			sequence: t.exposeInt('sequence', {
				description: 'Its place in the log: what to pass as `after` to go on behind it.',
			}),
			occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it was stored.' }),
			actor: t.field({
				type: User,
				nullable: true,
				description: 'Who did it; null for an outside contact and for the service itself.',
				resolve: (event, _args, { reader }) => (event.actorId === null ? null : reader.user(event.actorId)),
			}),
		}),
	});

const STATE =
	'Its state at the event or later, never earlier; where two events speak of one message, the one with the higher ' +
	'sequence wins.';

builder.objectRef<MessageEvent>('MessageSent').implement({
	description: 'A message was sent.',
	interfaces: [ConversationEvent],
	fields: (t) => ({
		message: t.expose('message', { type: Message, description: `The message sent. ${STATE}` }),
	}),
});

builder.objectRef<MessageEvent>('MessageEdited').implement({
	description: "A message's body was replaced.",
	interfaces: [ConversationEvent],
	fields: (t) => ({
		message: t.expose('message', { type: Message, description: `The message edited. ${STATE}` }),
	}),
});

builder.objectRef<MessageEvent>('MessageDeleted').implement({
	description: 'A message was deleted: it keeps its place, with an empty body.',
	interfaces: [ConversationEvent],
	fields: (t) => ({
		message: t.expose('message', { type: Message, description: `The message deleted. ${STATE}` }),
	}),
});

builder.objectRef<MessageEvent>('DeliveryChanged').implement({
	description:
		'A message to the outside moved on: its delivery has another status, or another attempt was made. ' +
		'Without an actor where the service or the provider did it.',
	interfaces: [ConversationEvent],
	fields: (t) => ({
		message: t.expose('message', { type: Message, description: `The message with its delivery. ${STATE}` }),
	}),
});

builder.objectRef<MemberEvent>('MemberJoined').implement({
	description: 'Somebody joined, or was added.',
	interfaces: [ConversationEvent],
	fields: (t) => ({
		member: t.expose('member', { type: Membership, description: 'Who joined, at the event or later.' }),
	}),
});

builder.objectRef<MemberEvent>('MemberLeft').implement({
	description:
		"Somebody left, or was removed. After a customer's own, their stream completes; an agent's goes on.",
	interfaces: [ConversationEvent],
	fields: (t) => ({
		member: t.expose('member', { type: Membership, description: 'Who left, at the event or later.' }),
	}),
});

builder.objectRef<EventRow>('ConversationChanged').implement({
	description: 'The conversation was created, or something of its own changed: it was closed, for one.',
	interfaces: [ConversationEvent],
	fields: (t) => ({
		conversation: t.expose('conversation', {
			type: Conversation,
			description: 'The conversation at the event or later.',
		}),
	}),
});

const HistoryResetReason = builder.enumType('HistoryResetReason', {
	description: 'Why `after` cannot be served.',
	values: {
		AHEAD: { description: 'It is beyond the newest event.' },
		PURGED: { description: 'The events behind it are no longer kept.' },
		REPLACED: { description: 'The `epoch` given is of another log, from before a restore.' },
	} as const,
});

builder.objectRef<HistoryResetRow>('HistoryReset').implement({
	description:
		'Not in the log: the stream cannot begin where `after` says. Load the history again; the stream goes on after ' +
		'`resumeFrom`.',
	interfaces: [ConversationEvent],
	fields: (t) => ({
		reason: t.expose('reason', { type: HistoryResetReason, description: 'Why.' }),
		resumeFrom: t.exposeInt('resumeFrom', {
			description: 'The newest sequence at that moment; `sequence` is the same.',
		}),
	}),
});
