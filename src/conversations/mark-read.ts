import type { Viewer } from '../identity/viewer.ts';
import { isPresent, requireFull } from './access.ts';
import type { Domain } from './domain.ts';
import { ForbiddenError } from './errors.ts';
import { newId } from './ids.ts';
import { checkSequence } from './input.ts';
import type { Conversation, Membership } from './model.ts';

/**
 * Moves the read marker forward, never back and never past the head. It takes no sequence: it is the viewer's own.
 * @throws InvalidInputError, NotFoundError, ForbiddenError without membership, ServiceBusyError.
 */
export async function markRead(
	domain: Domain,
	viewer: Viewer,
	input: { readonly conversationId: string; readonly sequence: number },
): Promise<{ conversation: Conversation; membership: Membership }> {
	checkSequence('sequence', input.sequence);
	const { user } = viewer;
	const { moved, ...read } = await domain.writes.run({
		id: newId(),
		conversationId: input.conversationId,
		needs: { userIds: [user.id] },
		decide: (draft) => {
			const before = draft.membership(user.id);
			const conversation = requireFull(user, draft.conversation, before);
			if (!isPresent(before)) throw new ForbiddenError('Join the conversation first.');
			const lastReadSequence = Math.min(input.sequence, conversation.lastSequence);
			if (lastReadSequence <= before.lastReadSequence)
				return { conversation, membership: before, moved: false };
			const membership = { ...before, lastReadSequence };
			draft.setMembership(membership);
			return { conversation, membership, moved: true };
		},
	});
	if (moved) domain.announceRead(input.conversationId, user, read.membership.lastReadSequence);
	return read;
}
