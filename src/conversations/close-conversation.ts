import type { Viewer } from '../identity/viewer.ts';
import { requireFull, requireStaff } from './access.ts';
import type { Domain } from './domain.ts';
import { newId } from './ids.ts';
import type { Conversation } from './model.ts';

/**
 * Closes a conversation for good: no sends and no edits any more. Closing twice is no error. For staff.
 * @throws ForbiddenError, NotFoundError, ServiceBusyError.
 */
export async function closeConversation(
	domain: Domain,
	viewer: Viewer,
	input: { readonly conversationId: string },
): Promise<{ conversation: Conversation }> {
	requireStaff(viewer.user);
	return domain.writes.run({
		id: newId(),
		conversationId: input.conversationId,
		needs: {},
		decide: (draft) => {
			const conversation = requireFull(viewer.user, draft.conversation, undefined);
			if (conversation.closedAt === null)
				draft.changeConversation({ ...conversation, closedAt: draft.now }, viewer.user);
			return { conversation: draft.conversation ?? conversation };
		},
	});
}
