import type { Viewer } from '../identity/viewer.ts';
import { findMember, type MemberInput, requireManager } from './add-member.ts';
import type { Domain } from './domain.ts';
import { NotFoundError } from './errors.ts';
import { newId } from './ids.ts';
import { endMembership } from './membership.ts';
import type { Conversation, Membership } from './model.ts';

/**
 * Removes a member; a customer then needs addMember to come back. Removing twice is no error. For staff and the creator.
 * @throws NotFoundError also for one who never was a member, ForbiddenError, InvalidInputError, ServiceBusyError.
 */
export async function removeMember(
	domain: Domain,
	viewer: Viewer,
	input: MemberInput,
): Promise<{ conversation: Conversation; membership: Membership }> {
	const member = await findMember(domain, input);
	return domain.writes.run({
		id: newId(),
		conversationId: input.conversationId,
		needs: { userIds: [viewer.user.id, ...(member ? [member.id] : [])] },
		decide: (draft) => {
			const conversation = requireManager(draft, viewer.user);
			if (member === undefined) throw new NotFoundError('user');
			const membership = endMembership(draft, viewer.user, member);
			if (membership === undefined) throw new NotFoundError('user');
			return { conversation: draft.conversation ?? conversation, membership };
		},
	});
}
