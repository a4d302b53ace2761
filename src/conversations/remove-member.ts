import type { Viewer } from '../identity/viewer.ts';
import type { Domain } from './domain.ts';
import { changeMember, endMembership, type MemberChange, type MemberInput } from './membership.ts';

/**
 * Removes a member; a customer then needs addMember to come back. Removing twice is no error. For staff and the creator.
 * @throws NotFoundError also for one who never was a member, ForbiddenError, InvalidInputError, ServiceBusyError.
 */
export function removeMember(domain: Domain, viewer: Viewer, input: MemberInput): Promise<MemberChange> {
	return changeMember(domain, viewer, input, endMembership);
}
