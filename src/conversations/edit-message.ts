import type { Viewer } from '../identity/viewer.ts';
import type { Domain } from './domain.ts';
import { ConversationClosedError, ForbiddenError, InvalidInputError } from './errors.ts';
import { findConversationOf, requireVisibleMessage } from './find-message.ts';
import { newId } from './ids.ts';
import { checkBody } from './input.ts';
import { LIMITS } from './limits.ts';
import type { Conversation, Message } from './model.ts';

/**
 * Replaces a message's body and keeps the old one as a revision. For its author. The same body again is no edit.
 * @throws InvalidInputError also for a deleted message, NotFoundError, ForbiddenError, ConversationClosedError,
 * ServiceBusyError.
 */
export async function editMessage(
	domain: Domain,
	viewer: Viewer,
	input: { readonly messageId: string; readonly body: string },
): Promise<{ conversation: Conversation; message: Message }> {
	checkBody('body', input.body, LIMITS.bodyBytes);
	const { user } = viewer;
	const conversationId = await findConversationOf(domain, input.messageId);
	return domain.writes.run({
		id: newId(),
		conversationId,
		needs: { userIds: [user.id], messageIds: [input.messageId] },
		decide: (draft) => {
			const { conversation, message: before } = requireVisibleMessage(draft, user, input.messageId);
			if (before.authorId !== user.id) throw new ForbiddenError('Only its author may edit a message.');
			if (before.outside !== null) throw new ForbiddenError('What went outside cannot be edited.');
			if (conversation.closedAt !== null) throw new ConversationClosedError();
			if (before.deletedAt !== null) throw new InvalidInputError('messageId', 'The message was deleted.');
			if (before.body === input.body) return { conversation, message: before };
			const message = { ...before, body: input.body, editedAt: draft.now, editCount: before.editCount + 1 };
			const revision = {
				messageId: before.id,
				number: before.editCount + 1,
				body: before.body,
				createdAt: before.editedAt ?? before.createdAt,
			};
			draft.changeMessage('MessageEdited', message, user, { revision });
			return { conversation: draft.conversation ?? conversation, message };
		},
	});
}
