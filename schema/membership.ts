import type { Membership as MembershipRow } from '../src/conversations/model.ts';
import type { MemberCursor } from '../src/conversations/pages.ts';
import { isUuid } from '../src/conversations/public-ids.ts';
import { builder, VIEWER_DEPENDENT } from './builder.ts';
import { Conversation } from './conversation.ts';
import { parseDateTime, printDateTime } from './date-time.ts';
import { type CursorKind, connection, pageRequest, parsePair, printPair } from './pages.ts';
import { User } from './user.ts';

const MEMBERS: CursorKind<MembershipRow, MemberCursor> = {
	name: 'members',
	print: (member) => printPair(printDateTime(member.joinedAt), member.userId),
	parse: (text) => {
		const [joinedAt, userId] = parsePair(text) ?? [];
		const date = parseDateTime(joinedAt);
		return date !== undefined && isUuid(userId) ? { joinedAt: date, userId } : undefined;
	},
};

export const Membership = builder.objectRef<MembershipRow>('Membership').implement({
	description:
		'That a user belongs to a conversation: one per user and conversation, kept when the user leaves. Members see the ' +
		'whole history, what was said while they were away too; former members see nothing.',
	fields: (t) => ({
		user: t.field({
			type: User,
			description: 'Who.',
			resolve: (member, _args, { reader }) => reader.user(member.userId),
		}),
		joinedAt: t.expose('joinedAt', { type: 'DateTime', description: 'When they joined, the last time.' }),
		leftAt: t.expose('leftAt', {
			type: 'DateTime',
			nullable: true,
			description: 'When they left or were removed; null while they are a member.',
		}),
		lastReadSequence: t.exposeInt('lastReadSequence', {
			description:
				'The read marker: how far they have read (markRead). It begins at the sequence of the first join, never moves ' +
				'back, and sending does not move it.',
		}),
	}),
});

builder.objectFields(Conversation, (t) => ({
	members: t.connection({
		type: Membership,
		description: 'The present members, longest present first. Takes membership or the agent role.',
		resolve: async (conversation, args, { reader }) => {
			const request = pageRequest(MEMBERS, args);
			return connection(MEMBERS, request, await reader.members(conversation, request));
		},
	}),
	viewerMembership: t.field({
		type: Membership,
		nullable: true,
		description: "The viewer's own membership; null where the viewer is not a member at present.",
		extensions: VIEWER_DEPENDENT,
		resolve: (conversation, _args, { reader }) => reader.membership(conversation),
	}),
}));
