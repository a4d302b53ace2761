import { setTimeout as delay } from 'node:timers/promises';
import { type Attempt, lockAll, runBatch, type Waiting } from './batch.ts';
import { ServiceBusyError } from './errors.ts';
import type { ConversationEvent } from './model.ts';
import {
	type ConversationStore,
	StoreConflict,
	StoreLocked,
	StoreUnavailable,
	UnknownCommit,
} from './store.ts';

/** What committing asks of the database. */
export type WriteStore = Pick<ConversationStore, 'transact' | 'findCommands'>;

export interface CommitListeners {
	/** Called after the commit with the new events, each conversation's in order. Must not throw. */
	readonly onCommitted: (events: readonly ConversationEvent[]) => void;
	readonly observe?: (batch: { readonly size: number; readonly seconds: number }) => void;
	/** Told why the database took a batch of this size not. */
	readonly onRefused?: (reason: unknown, size: number) => void;
}

const MAX_RUNS = 6;

/** Commits batches, each in one transaction, and answers their commands. */
export class GroupCommit {
	readonly #store: WriteStore;
	readonly #listeners: CommitListeners;

	constructor(store: WriteStore, listeners: CommitListeners) {
		this.#store = store;
		this.#listeners = listeners;
	}

	/**
	 * Runs a batch to its end: stored and answered, or refused. Never rejects. Answers with the commands that are not
	 * at their end, because somebody else holds a conversation, perhaps not theirs: these are to be committed again.
	 */
	async commit(batch: readonly Waiting[], runs = 1): Promise<readonly Waiting[]> {
		let open = batch;
		let start = performance.now();
		try {
			open = await this.#settle(batch);
			if (open.length === 0) return [];
			start = performance.now();
			await this.#store.transact((transaction) => runBatch(transaction, open));
		} catch (error) {
			return this.#recover(open, error, runs);
		}
		this.#listeners.observe?.({ size: open.length, seconds: (performance.now() - start) / 1000 });
		this.#answer(open);
		return [];
	}

	/** Answers commands as busy, and tells why; those that may be stored all the same by UnknownCommit. */
	refuse(batch: readonly Waiting[], reason: unknown): void {
		if (batch.length === 0) return;
		this.#listeners.onRefused?.(reason, batch.length);
		for (const waiting of batch)
			waiting.reject(mayBeStored(waiting) ? new UnknownCommit('Never found out.') : new ServiceBusyError());
	}

	/** Where the last commit's end is unknown, what is in the log was stored and is answered: the rest runs again. */
	async #settle(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
		const unknown = batch.filter((waiting) => waiting.isUnknown);
		if (unknown.length === 0) return batch;
		// The lost transaction may still be under way: its locks are free once it has ended, either way.
		await this.#store.transact((transaction) => lockAll(transaction, unknown));
		const ids = await this.#store.findCommands(
			unknown.filter(mayBeStored).map(({ command: { id, conversationId }, attempt }) => ({
				conversationId,
				commandId: id,
				after: attempt.after,
			})),
		);
		const isStored = ({ isUnknown, command }: Waiting) => isUnknown === true && ids.has(command.id);
		const [stored, open] = [batch.filter(isStored), batch.filter((waiting) => !isStored(waiting))];
		// A creation has no row to lock: its lost transaction may end later than the look, and is then in its own way.
		for (const waiting of unknown) waiting.isUnknown = waiting.command.creates !== undefined;
		this.#answer(stored);
		return open;
	}

	async #recover(batch: readonly Waiting[], error: unknown, runs: number): Promise<readonly Waiting[]> {
		if (error instanceof StoreLocked) return batch;
		const isLost = error instanceof UnknownCommit;
		if (isLost) for (const waiting of batch) waiting.isUnknown = true;
		const isUnknown = batch.some((waiting) => waiting.isUnknown);
		if ((isUnknown || error instanceof StoreConflict) && runs < MAX_RUNS) {
			if (!isLost) await delay(isUnknown ? 100 * 2 ** runs : Math.random() * 5 * 2 ** runs);
			return this.commit(batch, runs + 1);
		}
		if (isUnknown || error instanceof StoreUnavailable) this.refuse(batch, error);
		else if (batch.length > 1) return this.#commitEach(batch, runs);
		else if (error instanceof StoreConflict) this.refuse(batch, error);
		else batch[0]?.reject(error);
		return [];
	}

	/** One bad command must not fail its neighbours: each for itself, in order. */
	async #commitEach(batch: readonly Waiting[], runs: number): Promise<readonly Waiting[]> {
		const locked: Waiting[] = [];
		const held = new Set<string>();
		for (const waiting of batch) {
			const { conversationId } = waiting.command;
			const left = held.has(conversationId) ? [waiting] : await this.commit([waiting], runs);
			if (left.length > 0) held.add(conversationId);
			locked.push(...left);
		}
		return locked;
	}

	#answer(batch: readonly Waiting[]): void {
		const events: ConversationEvent[] = [];
		for (const { attempt, resolve, reject } of batch) {
			if (attempt === undefined) reject(new Error('A batch was committed without this command.'));
			else if (attempt.ok) {
				events.push(...attempt.events);
				resolve(attempt.result as never);
			} else reject(attempt.reason);
		}
		if (events.length > 0) this.#listeners.onCommitted(events);
	}
}

/** Its commit's end is unknown, and it would have left something in the log. */
function mayBeStored(
	waiting: Waiting,
): waiting is Waiting & { readonly attempt: Attempt & { readonly ok: true } } {
	const { isUnknown, attempt } = waiting;
	return isUnknown === true && attempt?.ok === true && attempt.events.length > 0;
}
