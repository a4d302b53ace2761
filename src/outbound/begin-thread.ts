import type { Draft } from '../conversations/draft.ts';
import { NOBODY } from '../conversations/ids.ts';
import { joinMember } from '../conversations/membership.ts';
import type { Conversation } from '../conversations/model.ts';
import type { ChannelFamily, Thread } from '../conversations/outside.ts';
import type { User } from '../identity/viewer.ts';
import { threadChannel } from './addresses.ts';

/** Two addresses, and which of them is ours. */
export interface Pair {
	readonly key: string;
	readonly family: ChannelFamily;
	readonly ownAddress: string;
	readonly contactAddress: string;
}

/** Somebody else began the thread meanwhile: look it up again. */
export class ThreadBegun extends Error {}

/** A conversation that is about to begin between two addresses. `creator` is undefined where somebody outside began it. */
export function newThreadConversation(
	id: string,
	{ family }: Pair,
	creator: User | undefined,
	now: Date,
): Conversation {
	return {
		id,
		subject: null,
		channel: threadChannel(family),
		status: 'OPEN',
		visibility: 'PRIVATE',
		creatorId: creator?.id ?? NOBODY,
		lastSequence: 0,
		createdAt: now,
		lastActivityAt: now,
		closedAt: null,
	};
}

/** @throws ThreadBegun unless `before`, which was closed for good, is the pair's newest generation. */
export function requireNewest(draft: Draft, pair: Pair, before: Thread | undefined): void {
	const newest = draft.outside.thread(pair.key);
	if ((newest?.generation ?? 0) > (before?.generation ?? 0)) throw new ThreadBegun();
}

/** Makes a conversation that is being created the pair's next one. Its creator joins it. */
export function beginThread(
	draft: Draft,
	pair: Pair,
	before: Thread | undefined,
	creator: User | undefined,
): void {
	if (draft.conversation === undefined) throw new Error('A conversation is created from its draft.');
	const { key: pairKey, ...addresses } = pair;
	const generation = (before?.generation ?? 0) + 1;
	const thread: Thread = { ...addresses, pairKey, generation, conversationId: draft.conversation.id };
	draft.outside.addThread(thread);
	draft.thread = thread;
	const creation = draft.nextSequence;
	draft.changeConversation(draft.conversation, creator ?? null);
	if (creator !== undefined) joinMember(draft, creator, creator, creation);
}
