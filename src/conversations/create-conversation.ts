import type { User, Viewer } from '../identity/viewer.ts';
import type { Domain } from './domain.ts';
import type { Draft } from './draft.ts';
import { InvalidInputError, NotFoundError } from './errors.ts';
import { newId } from './ids.ts';
import { checkText } from './input.ts';
import { LIMITS } from './limits.ts';
import { joinMember } from './membership.ts';
import type { Channel, Conversation, Visibility } from './model.ts';

export interface CreateConversationInput {
	readonly subject?: string;
	readonly channel?: Channel;
	readonly visibility?: Visibility;
	readonly memberIds?: readonly string[];
}

/**
 * Begins a conversation: its first event is the creation, then the creator joins, then the members named.
 * @throws InvalidInputError, NotFoundError for a member who does not exist, ServiceBusyError.
 */
export async function createConversation(
	domain: Domain,
	viewer: Viewer,
	input: CreateConversationInput,
): Promise<{ conversation: Conversation }> {
	const { subject, channel = 'CHAT', visibility = 'PRIVATE' } = input;
	if (subject !== undefined) checkText('subject', subject, LIMITS.subjectCharacters);
	if (channel !== 'CHAT')
		throw new InvalidInputError('channel', 'channel must be CHAT: others begin with a message.');
	const members = await findMembers(domain, viewer.user, input.memberIds ?? []);

	const conversationId = newId();
	const now = new Date();
	return domain.writes.run({
		id: newId(),
		conversationId,
		creates: {
			id: conversationId,
			subject: subject ?? null,
			channel,
			status: 'OPEN',
			visibility,
			creatorId: viewer.user.id,
			lastSequence: 0,
			createdAt: now,
			lastActivityAt: now,
			closedAt: null,
		},
		needs: {},
		decide: (draft) => begin(draft, viewer.user, members),
	});
}

function begin(draft: Draft, creator: User, members: readonly User[]): { conversation: Conversation } {
	if (draft.conversation === undefined) throw new Error('A conversation is created from its draft.');
	const creation = draft.nextSequence;
	draft.changeConversation(draft.conversation, creator);
	joinMember(draft, creator, creator, creation);
	for (const member of members) joinMember(draft, creator, member);
	return { conversation: draft.conversation };
}

async function findMembers(domain: Domain, creator: User, ids: readonly string[]): Promise<readonly User[]> {
	const wanted = new Set(ids);
	wanted.delete(creator.id);
	if (wanted.size > LIMITS.initialMembers)
		throw new InvalidInputError('memberIds', `memberIds must name at most ${LIMITS.initialMembers} users.`);
	if (wanted.size === 0) return [];
	const users = await domain.users.byIds([...wanted]);
	if (users.length < wanted.size) throw new NotFoundError('user');
	const byId = new Map(users.map((user) => [user.id, user]));
	return Array.from(wanted, (id) => byId.get(id)).filter((user) => user !== undefined);
}
