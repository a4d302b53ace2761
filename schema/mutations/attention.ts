import { markRead } from '../../src/conversations/mark-read.ts';
import type { Membership as MembershipRow } from '../../src/conversations/model.ts';
import { builder } from '../builder.ts';
import { mutationResult } from '../errors.ts';
import { requireId, toGlobalId } from '../ids.ts';
import { Membership } from '../membership.ts';

const MarkReadInput = builder.inputType('MarkReadInput', {
	description: 'How far the viewer has read.',
	fields: (t) => ({
		conversationId: t.id({ required: true, description: "The conversation's id." }),
		sequence: t.int({ required: true, description: 'The newest sequence read, 0 or more.' }),
	}),
});

const MarkReadPayload = builder
	.objectRef<{ readonly membership: MembershipRow }>('MarkReadPayload')
	.implement({
		description: 'Where the read marker stands now.',
		fields: (t) => ({
			membership: t.expose('membership', { type: Membership, description: "The viewer's membership." }),
		}),
	});

const MarkReadResult = mutationResult('MarkRead', MarkReadPayload);

const SetTypingInput = builder.inputType('SetTypingInput', {
	description: 'Whether the viewer is typing, and where.',
	fields: (t) => ({
		conversationId: t.id({ required: true, description: "The conversation's id." }),
		typing: t.boolean({ required: true, description: 'False when they stopped.' }),
	}),
});

const SetTypingPayload = builder
	.objectRef<{ readonly conversationId: string }>('SetTypingPayload')
	.implement({
		description: 'The others who follow the conversation are told.',
		fields: (t) => ({
			conversationId: t.id({
				description: "The conversation's id.",
				resolve: ({ conversationId }) => toGlobalId('Conversation', conversationId),
			}),
		}),
	});

const SetTypingResult = mutationResult('SetTyping', SetTypingPayload);

builder.mutationFields((t) => ({
	markRead: t.field({
		type: MarkReadResult.type,
		description: "Move the viewer's read marker. It never moves back, and never past the newest event.",
		args: { input: t.arg({ type: MarkReadInput, required: true, description: 'Where, and how far.' }) },
		resolve: (_root, { input }, { domain, viewer, reader, refusals, turns }) =>
			MarkReadResult.settle({ refusals, turns }, async () => {
				const marked = await markRead(domain, viewer, {
					conversationId: requireId('Conversation', input.conversationId),
					sequence: input.sequence,
				});
				reader.remember(marked);
				return marked;
			}),
	}),
	setTyping: t.field({
		type: SetTypingResult.type,
		description: 'Tell the others that the viewer types. It runs out by itself, so repeat it while they do.',
		args: { input: t.arg({ type: SetTypingInput, required: true, description: 'Where, and whether.' }) },
		resolve: (_root, { input }, { live, viewer, refusals, turns }) =>
			SetTypingResult.settle({ refusals, turns }, async () => {
				const conversationId = requireId('Conversation', input.conversationId);
				await live.setTyping(viewer, { conversationId, typing: input.typing });
				return { conversationId };
			}),
	}),
}));
