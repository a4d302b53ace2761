import type { Viewer } from '../identity/viewer.ts';
import { accessTo, requireOutline } from './access.ts';
import type { Domain } from './domain.ts';
import { newId } from './ids.ts';
import { endMembership } from './membership.ts';
import type { Conversation, Membership } from './model.ts';

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
			const hidden = after !== undefined && accessTo(user, conversation, after) === 'none';
			return { conversation: hidden ? asLeft(conversation, after) : (draft.conversation ?? conversation) };
		},
	});
}

/** A conversation as it stood for one who has left: nothing of what came afterwards. */
function asLeft(conversation: Conversation, { leftAt, leftSequence }: Membership): Conversation {
	return {
		...conversation,
		subject: null,
		status: 'OPEN',
		closedAt: null,
		lastSequence: leftSequence ?? 0,
		lastActivityAt: leftAt ?? conversation.createdAt,
	};
}
