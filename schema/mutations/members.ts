import { addMember } from '../../src/conversations/add-member.ts';
import { joinConversation } from '../../src/conversations/join-conversation.ts';
import { leaveConversation } from '../../src/conversations/leave-conversation.ts';
import type {
	Conversation as ConversationRow,
	Membership as MembershipRow,
} from '../../src/conversations/model.ts';
import { removeMember } from '../../src/conversations/remove-member.ts';
import { builder } from '../builder.ts';
import { Conversation } from '../conversation.ts';
import { mutationResult } from '../errors.ts';
import { idToLookUp, requireId } from '../ids.ts';
import { given } from '../input.ts';
import { Membership } from '../membership.ts';

interface Member {
	readonly conversation: ConversationRow;
	readonly membership: MembershipRow;
}

interface MemberInput {
	readonly conversationId: string;
	readonly userId?: string | null | undefined;
	readonly subject?: string | null | undefined;
}

function memberInput({ conversationId, userId, subject }: MemberInput) {
	return {
		conversationId: requireId('Conversation', conversationId),
		...given({ userId: idToLookUp('User', userId), subject }),
	};
}

const JoinConversationInput = builder.inputType('JoinConversationInput', {
	description: 'Which conversation to join.',
	fields: (t) => ({
		conversationId: t.id({ required: true, description: "The conversation's id." }),
	}),
});

const JoinConversationPayload = builder.objectRef<Member>('JoinConversationPayload').implement({
	description: 'The conversation as the viewer joined it, or had before.',
	fields: (t) => ({
		conversation: t.expose('conversation', { type: Conversation, description: 'The conversation joined.' }),
		membership: t.expose('membership', { type: Membership, description: "The viewer's membership." }),
	}),
});

const JoinConversationResult = mutationResult('JoinConversation', JoinConversationPayload);

const LeaveConversationInput = builder.inputType('LeaveConversationInput', {
	description: 'Which conversation to leave.',
	fields: (t) => ({
		conversationId: t.id({ required: true, description: "The conversation's id." }),
	}),
});

const LeaveConversationPayload = builder
	.objectRef<Pick<Member, 'conversation'>>('LeaveConversationPayload')
	.implement({
		description: 'The conversation that the viewer left, now or before.',
		fields: (t) => ({
			conversation: t.expose('conversation', { type: Conversation, description: 'The conversation left.' }),
		}),
	});

const LeaveConversationResult = mutationResult('LeaveConversation', LeaveConversationPayload);

const AddMemberInput = builder.inputType('AddMemberInput', {
	description: 'Whom to add, and where: `userId` or `subject`, exactly one of the two.',
	fields: (t) => ({
		conversationId: t.id({ required: true, description: "The conversation's id." }),
		userId: t.id({ description: "The user's id." }),
		subject: t.string({ description: "The `sub` of the user's tokens." }),
	}),
});

const AddMemberPayload = builder.objectRef<Member>('AddMemberPayload').implement({
	description: 'The member added, now or before.',
	fields: (t) => ({
		conversation: t.expose('conversation', { type: Conversation, description: 'Where they were added.' }),
		membership: t.expose('membership', { type: Membership, description: 'Their membership.' }),
	}),
});

const AddMemberResult = mutationResult('AddMember', AddMemberPayload);

const RemoveMemberInput = builder.inputType('RemoveMemberInput', {
	description: 'Whom to remove, and where: `userId` or `subject`, exactly one of the two.',
	fields: (t) => ({
		conversationId: t.id({ required: true, description: "The conversation's id." }),
		userId: t.id({ description: "The user's id." }),
		subject: t.string({ description: "The `sub` of the user's tokens." }),
	}),
});

const RemoveMemberPayload = builder.objectRef<Member>('RemoveMemberPayload').implement({
	description: 'The member removed, now or before.',
	fields: (t) => ({
		conversation: t.expose('conversation', { type: Conversation, description: 'Where they were removed.' }),
		membership: t.expose('membership', { type: Membership, description: 'Their membership, ended.' }),
	}),
});

const RemoveMemberResult = mutationResult('RemoveMember', RemoveMemberPayload);

builder.mutationFields((t) => ({
	joinConversation: t.field({
		type: JoinConversationResult.type,
		description:
			'Join an OPEN conversation, or, as an agent, any. Joining twice is no error. A customer who was removed needs ' +
			'addMember to come back.',
		args: { input: t.arg({ type: JoinConversationInput, required: true, description: 'Which.' }) },
		resolve: (_root, { input }, { domain, viewer, reader, refusals, turns }) =>
			JoinConversationResult.settle({ refusals, turns }, async () => {
				const joined = await joinConversation(domain, viewer, {
					conversationId: requireId('Conversation', input.conversationId),
				});
				reader.remember(joined);
				return joined;
			}),
	}),
	leaveConversation: t.field({
		type: LeaveConversationResult.type,
		description:
			"Leave a conversation. Leaving twice is no error. A customer's event streams of it complete after their MemberLeft.",
		args: { input: t.arg({ type: LeaveConversationInput, required: true, description: 'Which.' }) },
		resolve: (_root, { input }, { domain, viewer, reader, refusals, turns }) =>
			LeaveConversationResult.settle({ refusals, turns }, async () => {
				const left = await leaveConversation(domain, viewer, {
					conversationId: requireId('Conversation', input.conversationId),
				});
				reader.remember(left);
				return left;
			}),
	}),
	addMember: t.field({
		type: AddMemberResult.type,
		description: 'Add a user to a conversation: agents, and its creator. Adding twice is no error.',
		args: { input: t.arg({ type: AddMemberInput, required: true, description: 'Whom, and where.' }) },
		resolve: (_root, { input }, { domain, viewer, reader, refusals, turns }) =>
			AddMemberResult.settle({ refusals, turns }, async () => {
				const added = await addMember(domain, viewer, memberInput(input));
				reader.remember(added);
				return added;
			}),
	}),
	removeMember: t.field({
		type: RemoveMemberResult.type,
		description: 'Remove a member from a conversation: agents, and its creator. Removing twice is no error.',
		args: { input: t.arg({ type: RemoveMemberInput, required: true, description: 'Whom, and where.' }) },
		resolve: (_root, { input }, { domain, viewer, reader, refusals, turns }) =>
			RemoveMemberResult.settle({ refusals, turns }, async () => {
				const removed = await removeMember(domain, viewer, memberInput(input));
				reader.remember(removed);
				return removed;
			}),
	}),
}));
