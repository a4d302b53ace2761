import type { Viewer } from '../identity/viewer.ts';
import type { Domain } from './domain.ts';
import { changeMember, joinMember, type MemberChange, type MemberInput } from './membership.ts';

/**
 * Adds a member, also one who was removed. Adding twice is no error. For staff and the creator.
 * @throws NotFoundError, ForbiddenError, InvalidInputError, ServiceBusyError.
 */
export function addMember(domain: Domain, viewer: Viewer, input: MemberInput): Promise<MemberChange> {
	return changeMember(domain, viewer, input, (draft, actor, member) => joinMember(draft, actor, member));
}
