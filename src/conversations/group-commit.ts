import { setTimeout as delay } from 'node:timers/promises';
import { type Attempt, lockAll, type QueueWebhooks, runBatch, type Waiting } from './batch.ts';
import { ServiceBusyError } from './errors.ts';
import type { ConversationEvent } from './model.ts';
import {
	ConnectionLost,
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
	/** Called for what was stored, however that was found out. */
	readonly observe?: (batch: { readonly size: number; readonly seconds: number }) => void;
	/** Told why the database took a batch of this size not. */
	readonly onRefused?: (reason: unknown, size: number) => void;
}

export interface GroupCommitOptions extends CommitListeners {
	/** Asked in each transaction whom to tell of its entries; that is stored along with them. */
	readonly queueWebhooks?: QueueWebhooks;
}

/** Commits batches, each in one transaction, and answers their commands. */
export class GroupCommit {
	readonly #store: WriteStore;
	readonly #listeners: CommitListeners;
	readonly #queueWebhooks: QueueWebhooks | undefined;

	constructor(store: WriteStore, options: GroupCommitOptions) {
		this.#store = store;
		this.#listeners = options;
		this.#queueWebhooks = options.queueWebhooks;
	}

	/**
	 * Commits a batch and answers its commands: stored, or refused. Never rejects. Answers with those that are to be
	 * committed again, and not along with others: somebody else holds a conversation of the batch, perhaps not theirs, or
	 * whether they were stored is not known.
	 */
	async commit(batch: readonly Waiting[], runs = 1): Promise<readonly Waiting[]> {
		let open: readonly Waiting[];
		try {
			open = await this.#settle(batch);
		} catch (error) {
			return isPassing(error) ? batch : this.#refuseKnown(batch, error);
		}
		if (open.length === 0) return [];
		const start = performance.now();
		try {
			await this.#store.transact((transaction) => runBatch(transaction, open, this.#queueWebhooks));
		} catch (error) {
			return this.#recover(open, error, runs);
		}
		this.#answer(open, start);
		return [];
	}

	/** Answers commands as busy, and tells why; those that may be stored all the same by UnknownCommit. */
	refuse(batch: readonly Waiting[], reason: unknown): void {
		if (batch.length === 0) return;
		this.#listeners.onRefused?.(reason, batch.length);
		for (const waiting of batch)
			waiting.reject(mayBeStored(waiting) ? new UnknownCommit('Never found out.') : new ServiceBusyError());
	}

	/** Answers with those that may have been stored. */
	#refuseKnown(batch: readonly Waiting[], reason: unknown): readonly Waiting[] {
		this.refuse(
			batch.filter((waiting) => !waiting.isUnknown),
			reason,
		);
		return batch.filter((waiting) => waiting.isUnknown);
	}

	/** Where the last commit's end is unknown, what is in the log was stored and is answered: the rest runs again. */
	async #settle(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
		const unknown = batch.filter((waiting) => waiting.isUnknown);
		if (unknown.length === 0) return batch;
		const start = performance.now();
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
		if (stored.length > 0) this.#answer(stored, start);
		return open;
	}

	async #recover(batch: readonly Waiting[], error: unknown, runs: number): Promise<readonly Waiting[]> {
		if (error instanceof StoreLocked) return batch;
		if (error instanceof UnknownCommit) {
			for (const waiting of batch) waiting.isUnknown = true;
			return batch;
		}
		if (runs < maxRuns(error)) {
			await delay(Math.random() * 5 * 2 ** runs);
			return this.commit(batch, runs + 1);
		}
		if (error instanceof StoreUnavailable) return this.#refuseKnown(batch, error);
		if (batch.length > 1) return this.#commitEach(batch, runs);
		if (error instanceof StoreConflict) return this.#refuseKnown(batch, error);
		batch[0]?.reject(error);
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

	#answer(batch: readonly Waiting[], start: number): void {
		this.#listeners.observe?.({ size: batch.length, seconds: (performance.now() - start) / 1000 });
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

/** Another moment may do, for all who wait for the look. It changes nothing, so that its own commit does not matter. */
function isPassing(error: unknown): boolean {
	return error instanceof StoreConflict || error instanceof ConnectionLost || error instanceof UnknownCommit;
}

/** How often a transaction is run before this fault of it is final. */
function maxRuns(error: unknown): number {
	if (error instanceof StoreConflict) return 6;
	return error instanceof ConnectionLost ? 3 : 1;
}
