import { isStaff, type Viewer } from '../identity/viewer.ts';
import type { Domain } from './domain.ts';
import { ForbiddenError } from './errors.ts';
import { findConversationOf, requireVisibleMessage } from './find-message.ts';
import { newId } from './ids.ts';
import type { Conversation, Message } from './model.ts';

/**
 * Empties a message and forgets its earlier bodies; it keeps its place. For its author and for staff, in a closed
 * conversation too. What has not gone outside yet goes no more. Deleting twice is no error.
 * @throws NotFoundError, ForbiddenError, ServiceBusyError.
 */
export async function deleteMessage(
	domain: Domain,
	viewer: Viewer,
	input: { readonly messageId: string },
): Promise<{ conversation: Conversation; message: Message }> {
	const conversationId = await findConversationOf(domain, input.messageId);
	return domain.writes.run({
		id: newId(),
		conversationId,
		needs: { userIds: [viewer.user.id], messageIds: [input.messageId] },
		decide: (draft) => {
			const { conversation, message: before } = requireVisibleMessage(draft, viewer.user, input.messageId);
			if (before.authorId !== viewer.user.id && !isStaff(viewer.user))
				throw new ForbiddenError('Only its author and agents may delete a message.');
			if (before.deletedAt !== null) return { conversation, message: before };
			const outside = before.outside && { ...before.outside, attachments: [] };
			const message = { ...before, body: '', deletedAt: draft.now, outside };
			draft.changeMessage('MessageDeleted', message, viewer.user, 'erase');
			return { conversation: draft.conversation ?? conversation, message };
		},
	});
}
