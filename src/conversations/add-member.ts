import { isStaff, type User, type Viewer } from '../identity/viewer.ts';
import { requireFull } from './access.ts';
import type { Domain } from './domain.ts';
import type { Draft } from './draft.ts';
import { ForbiddenError, InvalidInputError, NotFoundError } from './errors.ts';
import { newId } from './ids.ts';
import { joinMember } from './membership.ts';
import type { Conversation, Membership } from './model.ts';

/** Whom to add or remove, by exactly one of the two. */
export interface MemberInput {
	readonly conversationId: string;
	readonly userId?: string;
	readonly subject?: string;
}

/**
 * Adds a member, also one who was removed. Adding twice is no error. For staff and the creator.
 * @throws NotFoundError, ForbiddenError, InvalidInputError, ServiceBusyError.
 */
export async function addMember(
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
			const membership = joinMember(draft, viewer.user, member);
			return { conversation: draft.conversation ?? conversation, membership };
		},
	});
}

/** Staff, and the creator while a member. @throws NotFoundError, ForbiddenError */
export function requireManager(draft: Draft, user: User): Conversation {
	const conversation = requireFull(user, draft.conversation, draft.membership(user.id));
	if (!isStaff(user) && conversation.creatorId !== user.id)
		throw new ForbiddenError('Only agents and the creator may do this.');
	return conversation;
}

/** @throws InvalidInputError unless exactly one of userId and subject is given. */
export function findMember(domain: Domain, { userId, subject }: MemberInput): Promise<User | undefined> {
	if ((userId === undefined) === (subject === undefined))
		throw new InvalidInputError('userId', 'Give either userId or subject.');
	if (subject !== undefined) return domain.users.bySubject(subject);
	return domain.users.byIds(userId === undefined ? [] : [userId]).then(([user]) => user);
}
