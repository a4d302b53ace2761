import { isStaff, type User, type Viewer } from '../identity/viewer.ts';
import { isPresent, requireFull } from './access.ts';
import type { Domain } from './domain.ts';
import type { Draft } from './draft.ts';
import { ForbiddenError, InvalidInputError, NotFoundError } from './errors.ts';
import { newId } from './ids.ts';
import { checkText } from './input.ts';
import { LIMITS } from './limits.ts';
import type { Conversation, Membership } from './model.ts';

/** Whom to add or remove, by exactly one of the two. */
export interface MemberInput {
	readonly conversationId: string;
	readonly userId?: string;
	readonly subject?: string;
}

export interface MemberChange {
	readonly conversation: Conversation;
	readonly membership: Membership;
}

/**
 * Makes a user a present member; no event where that is so already. The read marker begins at the join's sequence,
 * or at `marker`, and is kept over leaving and joining again.
 */
export function joinMember(draft: Draft, actor: User, user: User, marker = draft.nextSequence): Membership {
	const before = draft.membership(user.id);
	if (isPresent(before)) return before;
	const membership: Membership = {
		conversationId: draft.conversation?.id ?? '',
		userId: user.id,
		lastReadSequence: before?.lastReadSequence ?? marker,
		joinedAt: draft.now,
		leftAt: null,
		leftSequence: null,
		removed: false,
	};
	draft.setMembership(membership, { type: 'MemberJoined', actor, user });
	return membership;
}

/** Ends a membership; no event where there is none. Removed is who goes by another's hand. */
export function endMembership(draft: Draft, actor: User, user: User): Membership | undefined {
	const before = draft.membership(user.id);
	if (!isPresent(before)) return before;
	const membership: Membership = {
		...before,
		leftAt: draft.now,
		leftSequence: draft.nextSequence,
		removed: actor.id !== user.id,
	};
	draft.setMembership(membership, { type: 'MemberLeft', actor, user });
	return membership;
}

/**
 * Changes somebody's membership, for staff and the creator; `change` answers undefined where there is none to change.
 * @throws NotFoundError, ForbiddenError, InvalidInputError, ServiceBusyError.
 */
export async function changeMember(
	domain: Domain,
	viewer: Viewer,
	input: MemberInput,
	change: (draft: Draft, actor: User, member: User) => Membership | undefined,
): Promise<MemberChange> {
	const member = await findMember(domain, input);
	return domain.writes.run({
		id: newId(),
		conversationId: input.conversationId,
		needs: { userIds: [viewer.user.id, ...(member ? [member.id] : [])] },
		decide: (draft) => {
			const conversation = requireManager(draft, viewer.user);
			const membership = member && change(draft, viewer.user, member);
			if (membership === undefined) throw new NotFoundError('user');
			return { conversation: draft.conversation ?? conversation, membership };
		},
	});
}

/** Staff, and the creator while a member. @throws NotFoundError, ForbiddenError */
function requireManager(draft: Draft, user: User): Conversation {
	const conversation = requireFull(user, draft.conversation, draft.membership(user.id));
	if (!isStaff(user) && conversation.creatorId !== user.id)
		throw new ForbiddenError('Only agents and the creator may do this.');
	return conversation;
}

/** @throws InvalidInputError unless exactly one of userId and subject is given, also for a text that no subject can be. */
async function findMember(domain: Domain, { userId, subject }: MemberInput): Promise<User | undefined> {
	if ((userId === undefined) === (subject === undefined))
		throw new InvalidInputError('userId', 'Give either userId or subject.');
	if (subject !== undefined)
		return domain.users.bySubject(checkText('subject', subject, LIMITS.userSubjectCharacters));
	const [user] = await domain.users.byIds(userId === undefined ? [] : [userId]);
	return user;
}
