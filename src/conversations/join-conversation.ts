import { isStaff, type Viewer } from '../identity/viewer.ts';
import { isPresent, requireOutline } from './access.ts';
import type { Domain } from './domain.ts';
import { ForbiddenError } from './errors.ts';
import { newId } from './ids.ts';
import { joinMember } from './membership.ts';
import type { Conversation, Membership } from './model.ts';

/**
 * Joins an OPEN conversation, or as staff any. Joining twice is no error.
 * @throws NotFoundError, ForbiddenError for a customer who was removed, ServiceBusyError.
 */
export function joinConversation(
	domain: Domain,
	viewer: Viewer,
	input: { readonly conversationId: string },
): Promise<{ conversation: Conversation; membership: Membership }> {
	const { user } = viewer;
	return domain.writes.run({
		id: newId(),
		conversationId: input.conversationId,
		needs: { userIds: [user.id] },
		decide: (draft) => {
			const before = draft.membership(user.id);
			const conversation = requireOutline(user, draft.conversation, before);
			if (before?.removed && !isPresent(before) && !isStaff(user))
				throw new ForbiddenError('You were removed: somebody must add you again.');
			const membership = joinMember(draft, user, user);
			return { conversation: draft.conversation ?? conversation, membership };
		},
	});
}
