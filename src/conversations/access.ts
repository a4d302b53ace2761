import { isStaff, type User } from '../identity/viewer.ts';
import { ForbiddenError, NotFoundError } from './errors.ts';
import type { Conversation, Membership, Message } from './model.ts';

/**
 * The only door to a conversation. `full`: its messages, members and events. `outline`: of an OPEN one, its subject,
 * status and visibility. `none`: it must look exactly like one that does not exist.
 */
export type Access = 'none' | 'outline' | 'full';

/** Whether it is the membership of one who is in the conversation now: neither a stranger nor one who left. */
export function isPresent(
	membership: Membership | undefined,
): membership is Membership & { readonly leftAt: null } {
	return membership !== undefined && membership.leftAt === null;
}

/** Staff see all in full, customers what they are present members of. `membership` is the user's own, undefined for a stranger. */
export function accessTo(user: User, conversation: Conversation, membership: Membership | undefined): Access {
	if (isStaff(user) || isPresent(membership)) return 'full';
	return conversation.visibility === 'OPEN' ? 'outline' : 'none';
}

/** @throws NotFoundError where even the conversation's existence is hidden. */
export function requireOutline(
	user: User,
	conversation: Conversation | undefined,
	membership: Membership | undefined,
): Conversation {
	if (conversation === undefined || accessTo(user, conversation, membership) === 'none')
		throw new NotFoundError('conversation');
	return conversation;
}

/** @throws NotFoundError, or ForbiddenError in an OPEN conversation that the user has not joined. */
export function requireFull(
	user: User,
	conversation: Conversation | undefined,
	membership: Membership | undefined,
): Conversation {
	const seen = requireOutline(user, conversation, membership);
	if (accessTo(user, seen, membership) !== 'full') throw new ForbiddenError('Join the conversation first.');
	return seen;
}

/** The conversation as the user may be answered with it: for one who has left, nothing of what came afterwards. */
export function asSeenBy(
	user: User,
	conversation: Conversation,
	membership: Membership | undefined,
): Conversation {
	if (accessTo(user, conversation, membership) !== 'none') return conversation;
	return {
		...conversation,
		subject: null,
		status: 'OPEN',
		closedAt: null,
		lastSequence: membership?.leftSequence ?? 0,
		lastActivityAt: membership?.leftAt ?? conversation.createdAt,
	};
}

/** @throws ForbiddenError unless the user is staff: asked before anything is looked up, so that nothing shows. */
export function requireStaff(user: User): void {
	if (!isStaff(user)) throw new ForbiddenError('Only agents may do this.');
}

/** @throws ForbiddenError unless the user is an admin: asked before anything is looked up, so that nothing shows. */
export function requireAdmin(user: User): void {
	if (user.role !== 'ADMIN') throw new ForbiddenError('Only admins may do this.');
}

/** Notes are for staff, in history, events and replies alike. They count for nobody. */
export function seesNotes(user: Pick<User, 'role'>): boolean {
	return isStaff(user);
}

/** @throws NotFoundError also for a note that the user may not see. */
export function requireMessage<Found extends Message>(user: User, message: Found | undefined): Found {
	if (message === undefined || (message.internal && !seesNotes(user))) throw new NotFoundError('message');
	return message;
}
