import type { Conversation as ConversationRow } from '../src/conversations/model.ts';
import type { ActivityCursor } from '../src/conversations/pages.ts';
import { isUuid } from '../src/conversations/public-ids.ts';
import { builder, VIEWER_DEPENDENT } from './builder.ts';
import { parseDateTime, printDateTime } from './date-time.ts';
import { fromGlobalId, idToLookUp, toGlobalId } from './ids.ts';
import { given } from './input.ts';
import { Node } from './node.ts';
import { type CursorKind, connection, pageRequest, parsePair, printPair } from './pages.ts';

const CONVERSATIONS: CursorKind<ConversationRow, ActivityCursor> = {
	name: 'conversations',
	print: (conversation) => printPair(printDateTime(conversation.lastActivityAt), conversation.id),
	parse: (text) => {
		const [lastActivityAt, id] = parsePair(text) ?? [];
		const date = parseDateTime(lastActivityAt);
		return date !== undefined && isUuid(id) ? { lastActivityAt: date, id } : undefined;
	},
};

export const Channel = builder.enumType('Channel', {
	description: 'The way a conversation or a message travels.',
	values: {
		CHAT: { description: 'Within this service.' },
		SMS: { description: 'Text messages by telephone.' },
		MMS: { description: 'A text message with attachments; its conversation is SMS.' },
		EMAIL: { description: 'Electronic mail.' },
	} as const,
});

export const ConversationStatus = builder.enumType('ConversationStatus', {
	description: 'Where the work on a conversation stands.',
	values: {
		OPEN: { description: 'Somebody should attend to it.' },
		PENDING: { description: 'It waits for the customer.' },
		SNOOZED: { description: 'It waits for a time.' },
		RESOLVED: { description: 'Done. That is not closed: a message may still be sent.' },
	} as const,
});

export const Visibility = builder.enumType('Visibility', {
	description: 'Who may join a conversation.',
	values: {
		PRIVATE: {
			description: 'Takes an invitation (addMember) or the agent role. To others it does not exist.',
		},
		OPEN: {
			description:
				'Anyone signed in may join, and may read subject, status and visibility before. Messages, members and events take membership.',
		},
	} as const,
});

export const Conversation = builder.objectRef<ConversationRow>('Conversation').implement({
	description: 'A conversation: its members, its messages, and the log of everything that happened in it.',
	interfaces: [Node],
	fields: (t) => ({
		id: t.id({
			description: 'The global id.',
			resolve: (conversation) => toGlobalId('Conversation', conversation.id),
		}),
		subject: t.exposeString('subject', { nullable: true, description: 'What it is about.' }),
		channel: t.expose('channel', { type: Channel, description: 'The way its messages travel.' }),
		status: t.expose('status', { type: ConversationStatus, description: 'Where the work on it stands.' }),
		visibility: t.expose('visibility', { type: Visibility, description: 'Who may join it.' }),
		lastSequence: t.exposeInt('lastSequence', {
			description:
				'The sequence of the newest event, notes included; read no later than anything else of this conversation in ' +
				'the same answer, so that it can be passed to `conversationEvents(after:)`.',
		}),
		epoch: t.string({
			description: 'Which log this is; another one after a restore from a backup.',
			resolve: (_conversation, _args, { reader }) => reader.epoch(),
		}),
		closedAt: t.expose('closedAt', {
			type: 'DateTime',
			nullable: true,
			description: 'When it was closed for good: no sends and no edits since. Null while it is not.',
		}),
		createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
		lastActivityAt: t.expose('lastActivityAt', {
			type: 'DateTime',
			description: 'When something last happened in it. Notes do not count, nor how messages fare outside.',
		}),
		unreadCount: t.int({
			description:
				"Others' messages after the viewer's read marker that the viewer may see and that are not deleted. Notes do not " +
				'count; 0 without membership.',
			extensions: VIEWER_DEPENDENT,
			resolve: (conversation, _args, { reader }) => reader.unreadCount(conversation),
		}),
	}),
});

const ConversationFilter = builder.inputType('ConversationFilter', {
	description: 'Which conversations to list: those that fit every field given.',
	fields: (t) => ({
		status: t.field({ type: [ConversationStatus], description: 'With one of these statuses.' }),
		channel: t.field({ type: [Channel], description: 'On one of these channels.' }),
		visibility: t.field({ type: Visibility, description: 'With this visibility.' }),
		closed: t.boolean({ description: 'Closed for good (true), or not (false).' }),
		memberId: t.id({ description: 'That this user is a present member of.' }),
		search: t.string({ description: 'With this text in the subject, at most 100 characters.' }),
	}),
});

builder.queryFields((t) => ({
	conversation: t.field({
		type: Conversation,
		nullable: true,
		description: 'One conversation; null where there is none or the viewer may not see it.',
		extensions: VIEWER_DEPENDENT,
		args: { id: t.arg.id({ required: true, description: "The conversation's id." }) },
		resolve: (_root, { id }, { reader }) => {
			const conversationId = fromGlobalId('Conversation', id);
			return conversationId === undefined ? null : reader.conversation(conversationId);
		},
	}),
	conversations: t.connection({
		type: Conversation,
		description: "Newest activity first: a customer's own conversations, an agent's all.",
		extensions: VIEWER_DEPENDENT,
		args: { filter: t.arg({ type: ConversationFilter, description: 'Which of them; left out, all.' }) },
		resolve: async (_root, { filter, ...args }, { reader }) => {
			const request = pageRequest(CONVERSATIONS, args);
			const wanted = given({ ...filter, memberId: idToLookUp('User', filter?.memberId) });
			return connection(CONVERSATIONS, request, await reader.conversations(wanted, request));
		},
	}),
}));
