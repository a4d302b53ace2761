import { LIMITS } from '../src/conversations/limits.ts';
import type { Message as MessageRow, Revision } from '../src/conversations/model.ts';
import { builder, rows } from './builder.ts';
import { Channel, Conversation } from './conversation.ts';
import { Delivery } from './delivery.ts';
import { toGlobalId } from './ids.ts';
import { Node } from './node.ts';
import { Attachment, Contact } from './outside.ts';
import { type CursorKind, connection, pageRequest } from './pages.ts';
import { User } from './user.ts';

const MAX_SEQUENCE = 2 ** 31 - 1;

const MESSAGES: CursorKind<MessageRow, number> = {
	name: 'messages',
	print: (message) => String(message.sequence),
	parse: (text) => (/^[1-9]\d{0,9}$/.test(text) && Number(text) <= MAX_SEQUENCE ? Number(text) : undefined),
};

const MessageRevision = builder.objectRef<Revision>('MessageRevision').implement({
	description: 'A body that an edit replaced.',
	fields: (t) => ({
		number: t.exposeInt('number', { description: '1 is the body as it was sent.' }),
		body: t.exposeString('body', { description: 'The body as it was then.' }),
		createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When this body came to be.' }),
	}),
});

export const Message = builder.objectRef<MessageRow>('Message');

Message.implement({
	description: 'What somebody said in a conversation.',
	interfaces: [Node],
	fields: (t) => ({
		id: t.id({ description: 'The global id.', resolve: (message) => toGlobalId('Message', message.id) }),
		conversation: t.field({
			type: Conversation,
			description: 'Where it was said.',
			resolve: (message, _args, { reader }) => reader.ofMessage(message),
		}),
		sequence: t.exposeInt('sequence', { description: 'The sequence of the event that sent it.' }),
		author: t.field({
			type: User,
			nullable: true,
			description:
				'Who said it; null for an outside contact, and for an answer of the service itself (HELP).',
			resolve: (message, _args, { reader }) =>
				message.authorId === null ? null : reader.user(message.authorId),
		}),
		body: t.exposeString('body', { description: 'The text; `""` once deleted.' }),
		createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was stored.' }),
		editedAt: t.expose('editedAt', {
			type: 'DateTime',
			nullable: true,
			description: 'When it was last edited; null if never.',
		}),
		deletedAt: t.expose('deletedAt', {
			type: 'DateTime',
			nullable: true,
			description: 'When it was deleted; a deleted message keeps its place with an empty body.',
		}),
		clientMessageId: t.exposeString('clientMessageId', {
			nullable: true,
			description: 'The idempotency key that it was sent with.',
		}),
		replyTo: t.field({
			type: Message,
			nullable: true,
			description: 'The message that it answers; null where there is none or the viewer may not see it.',
			resolve: (message, _args, { reader }) =>
				message.replyToId === null ? null : reader.message(message.replyToId),
		}),
		internal: t.exposeBoolean('internal', {
			description:
				'A note that only agents see. Notes, their edits and deletions are holes in the sequences that a customer ' +
				'sees, which is no loss, and they count neither as unread nor as missed nor as activity, for agents neither. A ' +
				'reply to a note is a note itself.',
		}),
		channel: t.expose('channel', { type: Channel, description: 'The way it travelled; MMS shows here.' }),
		attachments: t.field({
			type: [Attachment],
			description: 'What came or goes with it; none in CHAT, of notes, and once deleted.',
			extensions: rows(LIMITS.attachments),
			resolve: ({ outside }) => outside?.attachments ?? [],
		}),
		contact: t.field({
			type: Contact,
			nullable: true,
			description: 'Who wrote it from outside; null where a user is the author.',
			resolve: ({ outside, channel }) =>
				outside?.incoming ? { address: outside.incoming.contactAddress, channel } : null,
		}),
		delivery: t.field({
			type: Delivery,
			nullable: true,
			description:
				'How it fares with the outside provider; null in CHAT, of notes, and for what came in from outside.',
			resolve: ({ outside }) => outside?.delivery ?? null,
		}),
		revisions: t.field({
			type: [MessageRevision],
			nullable: { list: true, items: false },
			description:
				'The bodies that edits replaced, oldest first. Agents only; for others an error FORBIDDEN.',
			resolve: (message, _args, { reader }) => reader.revisions(message),
		}),
	}),
});

builder.objectFields(Conversation, (t) => ({
	messages: t.connection({
		type: Message,
		description:
			'The history, oldest first: `last` and `before` read it backwards from its end. Takes membership or the agent role.',
		resolve: async (conversation, args, { reader }) => {
			const request = pageRequest(MESSAGES, args);
			return connection(MESSAGES, request, await reader.history(conversation, request));
		},
	}),
}));
