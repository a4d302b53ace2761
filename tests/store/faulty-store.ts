import { expect } from 'vitest';
import {
	ConnectionLost,
	type ConversationStore,
	StoreAway,
	StoreConflict,
	StoreLocked,
	type StoreTransaction,
	StoreUnavailable,
	UnknownCommit,
} from '../../src/conversations/store.ts';

/**
 * How a transaction goes: `unknown-*` lose the connection while committing, after or before it took effect, or long
 * before: once the next look-up is done.
 */
export type Course =
	| 'well'
	| 'conflict'
	| 'unavailable'
	| 'disconnected'
	| 'unknown-stored'
	| 'unknown-lost'
	| 'unknown-late'
	| Error;

class RolledBack extends Error {}

/** The real store, whose transactions and look-ups go as they are told; well when they are told nothing. */
export class FaultyStore implements Pick<ConversationStore, 'transact' | 'findCommands'> {
	readonly #store: ConversationStore;
	courses: Course[] = [];
	/** Look-ups that fail before one succeeds. */
	failingLookups = 0;
	/** What every transaction waits for before it begins. */
	gate: Promise<void> | undefined;
	/** The database is known to be away: all is refused at once. */
	isAway = false;
	/** Conversations that somebody else holds. */
	readonly held = new Set<string>();
	/** Called once, after the next course that does not go well. */
	afterwards: (() => void) | undefined;
	#late: (() => Promise<unknown>) | undefined;
	/** What was done, in order. */
	readonly done: string[] = [];

	constructor(store: ConversationStore) {
		this.#store = store;
	}

	async transact<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T> {
		await this.gate;
		if (this.isAway) throw new StoreAway();
		const course = this.courses.shift() ?? 'well';
		this.done.push(course instanceof Error ? 'error' : course);
		if (course === 'well') return this.#run(work);
		try {
			return await this.#goWrong(course, work);
		} finally {
			this.afterwards?.();
			this.afterwards = undefined;
		}
	}

	async #goWrong<T>(course: Course, work: (transaction: StoreTransaction) => Promise<T>): Promise<never> {
		if (course === 'unavailable') throw new StoreUnavailable();
		if (course === 'unknown-stored') {
			await this.#run(work);
			throw new UnknownCommit();
		}
		if (course === 'unknown-late') {
			this.#late = () => this.#run(work);
			throw new UnknownCommit();
		}
		const undone = this.#run<never>(async (transaction) => {
			await work(transaction);
			throw new RolledBack();
		});
		await expect(undone).rejects.toBeInstanceOf(RolledBack);
		if (course === 'conflict') throw new StoreConflict();
		if (course === 'disconnected') throw new ConnectionLost();
		throw course === 'unknown-lost' ? new UnknownCommit() : course;
	}

	#run<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T> {
		return this.#store.transact((transaction) =>
			work({
				lock: (ids) =>
					ids.some((id) => this.held.has(id)) ? Promise.reject(new StoreLocked()) : transaction.lock(ids),
				messagesByKey: (keys) => transaction.messagesByKey(keys),
				messages: (ids) => transaction.messages(ids),
				memberships: (keys) => transaction.memberships(keys),
				missed: (queries) => transaction.missed(queries),
				threads: (pairKeys) => transaction.threads(pairKeys),
				threadsOf: (ids) => transaction.threadsOf(ids),
				openDeliveries: (queries) => transaction.openDeliveries(queries),
				receipts: (keys) => transaction.receipts(keys),
				optOuts: (keys) => transaction.optOuts(keys),
				save: (changes) => transaction.save(changes),
			}),
		);
	}

	async findCommands(commands: Parameters<ConversationStore['findCommands']>[0]) {
		this.done.push('look-up');
		if (this.failingLookups-- > 0) throw new StoreUnavailable();
		const found = await this.#store.findCommands(commands);
		await this.#late?.();
		this.#late = undefined;
		return found;
	}
}
