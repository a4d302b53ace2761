import type { Viewer } from '../identity/viewer.ts';
import { asSeenBy, requireOutline } from './access.ts';
import type { Domain } from './domain.ts';
import { newId } from './ids.ts';
import { endMembership } from './membership.ts';
import type { Conversation } from './model.ts';

/**
 * Leaves a conversation. Leaving twice is no error; one who has left learns nothing that came later.
 * @throws NotFoundError for one who never was a member of a PRIVATE one, ServiceBusyError.
 */
export function leaveConversation(
	domain: Domain,
	viewer: Viewer,
	input: { readonly conversationId: string },
): Promise<{ conversation: Conversation }> {
	const { user } = viewer;
	return domain.writes.run({
		id: newId(),
		conversationId: input.conversationId,
		needs: { userIds: [user.id] },
		decide: (draft) => {
			const before = draft.membership(user.id);
			const conversation =
				before && draft.conversation ? draft.conversation : requireOutline(user, draft.conversation, before);
			const after = endMembership(draft, user, user);
			return { conversation: asSeenBy(user, draft.conversation ?? conversation, after) };
		},
	});
}
