import type { Draft } from './draft.ts';
import type { Conversation } from './model.ts';
import type { MissedQuery } from './store.ts';

/** A change of one conversation. Its ids are made before the first attempt and kept over re-runs. */
export interface Command<Result> {
	readonly id: string;
	readonly conversationId: string;
	/** The conversation itself is new: there is nothing to lock. */
	readonly creates?: Conversation;
	/** What `decide` asks the draft for. */
	readonly needs: Needs;
	/**
	 * First checks everything, then records its changes on the draft. Runs again when the batch does.
	 * @throws DomainError to refuse; the draft must be untouched then.
	 */
	decide(draft: Draft): Result;
}

export interface Needs {
	readonly userIds?: readonly string[];
	readonly messageIds?: readonly string[];
	readonly sendKey?: string;
	readonly missed?: Omit<MissedQuery, 'conversationId'>;
}
