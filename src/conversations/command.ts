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
	/** Between which addresses the conversation is, unless it is in CHAT, and whether these are opted out. */
	readonly thread?: boolean;
	/** Two addresses whose thread is looked up, also for a conversation that is new. */
	readonly pairKey?: string;
	/** Which of these were received before, also for a conversation that is new. */
	readonly receiptKeys?: readonly string[];
	/** Whether these are opted out, also for a conversation that is new. */
	readonly optOutKeys?: readonly string[];
	/** The deliveries before this sequence that are still to be sent. */
	readonly openBefore?: number;
}
