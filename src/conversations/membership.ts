import type { User } from '../identity/viewer.ts';
import { isPresent } from './access.ts';
import type { Draft } from './draft.ts';
import type { Membership } from './model.ts';

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
