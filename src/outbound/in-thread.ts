import { setTimeout as delay } from 'node:timers/promises';
import type { Command, Needs } from '../conversations/command.ts';
import type { Draft } from '../conversations/draft.ts';
import { ConversationClosedError, ServiceBusyError } from '../conversations/errors.ts';
import { newId } from '../conversations/ids.ts';
import type { Thread } from '../conversations/outside.ts';
import type { User } from '../identity/viewer.ts';
import { beginThread, newThreadConversation, type Pair, requireNewest, ThreadBegun } from './begin-thread.ts';
import type { Outbound } from './outbound.ts';

const MAX_LOOKS = 10;
const PAUSE_MS = 20;

/** What is to be done in the conversation of two addresses. */
export interface ThreadCommand<Result> {
	readonly pair: Pair;
	/** Who begins the conversation, where there is none; undefined for somebody outside. */
	readonly creator: User | undefined;
	readonly needs: Needs;
	/** Answers where it was done before. @throws DomainError to refuse; ConversationClosedError asks for the pair's next one. */
	check(draft: Draft): Result | undefined;
	/** Records the changes. Must not refuse. */
	act(draft: Draft): Result;
}

/**
 * Runs a command in the conversation of two addresses, which it begins where there is none, or where the last one was
 * closed for good. Of several that begin one at the same time one does.
 * @throws what `check` throws but ConversationClosedError; ServiceBusyError.
 */
export async function runInThread<Result>(
	{ store, domain }: Outbound,
	command: ThreadCommand<Result>,
): Promise<Result> {
	for (let look = 0; look < MAX_LOOKS; look++) {
		const thread = await store.thread(command.pair.key);
		try {
			if (thread === undefined) return await domain.writes.run(beginning(command, undefined));
			return await domain.writes.run(continuing(command, thread));
		} catch (error) {
			if (thread !== undefined && error instanceof ConversationClosedError) {
				const result = await domain.writes.run(beginning(command, thread)).catch(isBegun);
				if (result !== BEGUN) return result;
			} else if (!(error instanceof ThreadBegun)) throw error;
		}
		await delay(Math.random() * PAUSE_MS);
	}
	throw new ServiceBusyError();
}

const BEGUN = Symbol('another one began the thread');

function isBegun(error: unknown): typeof BEGUN {
	if (error instanceof ThreadBegun) return BEGUN;
	throw error;
}

function continuing<Result>(command: ThreadCommand<Result>, thread: Thread): Command<Result> {
	return {
		id: newId(),
		conversationId: thread.conversationId,
		needs: command.needs,
		decide: (draft) => {
			const before = command.check(draft);
			if (before !== undefined) return before;
			if (draft.conversation?.closedAt) throw new ConversationClosedError();
			return command.act(draft);
		},
	};
}

function beginning<Result>(command: ThreadCommand<Result>, last: Thread | undefined): Command<Result> {
	const { pair, creator, needs } = command;
	const conversationId = newId();
	return {
		id: newId(),
		conversationId,
		creates: newThreadConversation(conversationId, pair, creator, new Date()),
		needs: { ...needs, pairKey: pair.key },
		decide: (draft) => {
			requireNewest(draft, pair, last);
			const before = command.check(draft);
			if (before !== undefined) return before;
			beginThread(draft, pair, last, creator);
			return command.act(draft);
		},
	};
}
