import { InvalidInputError } from '../src/conversations/errors.ts';
import { ConversationActivity } from './activity.ts';
import { builder } from './builder.ts';
import { ConversationEvent } from './event.ts';
import { requireId } from './ids.ts';
import { given } from './input.ts';

builder.subscriptionFields((t) => ({
	conversationEvents: t.field({
		type: ConversationEvent,
		description:
			'Every event of a conversation that the viewer may see: in order, nothing missing, nothing twice, across ' +
			'reconnects. It completes after the MemberLeft of a customer who follows it. Without access: an error NOT_FOUND.',
		args: {
			conversationId: t.arg.id({ required: true, description: "The conversation's id." }),
			after: t.arg.int({
				description:
					'0: from the beginning; n: everything after sequence n, then live. Left out: from now on, so that before the ' +
					'first event there is nothing to resume from: read `lastSequence` first and pass it. Negative: an error ' +
					'BAD_USER_INPUT. Over SSE a Last-Event-ID takes its place.',
			}),
			epoch: t.arg.string({
				description:
					'The `Conversation.epoch` that `after` was read with. If the log is another one now, the stream begins with ' +
					'HistoryReset REPLACED.',
			}),
		},
		subscribe: (_root, { conversationId, after, epoch }, { live, viewer }) => {
			if (after != null && after < 0) throw new InvalidInputError('after', 'after must be 0 or more.');
			const id = requireId('Conversation', conversationId);
			return live.follow(viewer, { conversationId: id, ...given({ after, epoch }) });
		},
		resolve: (event) => event,
	}),
	conversationActivity: t.field({
		type: ConversationActivity,
		description:
			'What happens in a conversation and is not kept: typing, presence, read markers. Without access: an error NOT_FOUND.',
		args: { conversationId: t.arg.id({ required: true, description: "The conversation's id." }) },
		subscribe: (_root, { conversationId }, { live, viewer }) =>
			live.activity(viewer, requireId('Conversation', conversationId)),
		resolve: (activity) => activity,
	}),
}));
