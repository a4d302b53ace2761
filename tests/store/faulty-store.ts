import { expect } from 'vitest';
import {
	type ConversationStore,
	StoreConflict,
	type StoreTransaction,
	StoreUnavailable,
	UnknownCommit,
} from '../../src/conversations/store.ts';

/** How a transaction goes: `unknown-*` lose the connection while committing, after or before it took effect. */
export type Course = 'well' | 'conflict' | 'unavailable' | 'unknown-stored' | 'unknown-lost' | Error;

class RolledBack extends Error {}

/** The real store, whose transactions and look-ups go as they are told; well when they are told nothing. */
export class FaultyStore implements Pick<ConversationStore, 'transact' | 'findCommands'> {
	readonly #store: ConversationStore;
	courses: Course[] = [];
	/** Look-ups that fail before one succeeds. */
	failingLookups = 0;
	/** What every transaction waits for before it begins. */
	gate: Promise<void> | undefined;
	/** What was done, in order. */
	readonly done: string[] = [];

	constructor(store: ConversationStore) {
		this.#store = store;
	}

	async transact<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T> {
		await this.gate;
		const course = this.courses.shift() ?? 'well';
		this.done.push(course instanceof Error ? 'error' : course);
		if (course === 'unavailable') throw new StoreUnavailable();
		if (course === 'unknown-stored') {
			await this.#store.transact(work);
			throw new UnknownCommit();
		}
		if (course === 'well') return this.#store.transact(work);
		const undone = this.#store.transact<never>(async (transaction) => {
			await work(transaction);
			throw new RolledBack();
		});
		await expect(undone).rejects.toBeInstanceOf(RolledBack);
		if (course === 'conflict') throw new StoreConflict();
		throw course === 'unknown-lost' ? new UnknownCommit() : course;
	}

	findCommands(commands: Parameters<ConversationStore['findCommands']>[0]) {
		this.done.push('look-up');
		if (this.failingLookups-- > 0) return Promise.reject(new StoreUnavailable());
		return this.#store.findCommands(commands);
	}
}
