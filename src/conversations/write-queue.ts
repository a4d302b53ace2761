import { Draft } from './draft.ts';
import { ServiceBusyError } from './errors.ts';
import type { Conversation, ConversationEvent } from './model.ts';
import {
	type Changes,
	type ConversationStore,
	type MissedQuery,
	StoreConflict,
	type StoreTransaction,
	StoreUnavailable,
	UnknownCommit,
} from './store.ts';

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

export interface WriteQueueOptions {
	readonly maxQueued: number;
	readonly maxBatch: number;
	/** Called after the commit with the new events, each conversation's in order. Must not throw. */
	readonly onCommitted: (events: readonly ConversationEvent[]) => void;
	readonly observe?: (batch: { readonly size: number; readonly seconds: number }) => void;
	/** Told why the database took a batch of this size not. */
	readonly onRefused?: (reason: unknown, size: number) => void;
}

interface Waiting {
	readonly command: Command<unknown>;
	readonly resolve: (result: never) => void;
	readonly reject: (reason: unknown) => void;
	/** Of the last attempt, kept for a commit whose end is unknown. */
	attempt?: Attempt;
}

type Attempt =
	| {
			readonly ok: true;
			readonly result: unknown;
			readonly events: readonly ConversationEvent[];
			readonly after: number;
	  }
	| { readonly ok: false; readonly reason: unknown };

/** What the queue asks of the database. */
export type WriteStore = Pick<ConversationStore, 'transact' | 'findCommands'>;

const MAX_RUNS = 6;

/**
 * Group commit. While one transaction is being committed further commands wait; the next transaction takes all that
 * wait, up to the batch's bound. A command alone waits for nothing but the turn of the event loop in which it came.
 */
export class WriteQueue {
	readonly #store: WriteStore;
	readonly #options: WriteQueueOptions;
	readonly #waiting: Waiting[] = [];
	#storing = 0;
	#running = false;
	#closed = false;
	#idle: (() => void)[] = [];

	constructor(store: WriteStore, options: WriteQueueOptions) {
		this.#store = store;
		this.#options = options;
	}

	/**
	 * Answers after the commit that stored the command's changes.
	 * @throws what `decide` throws; ServiceBusyError when the queue is full, closing, or the database is away.
	 */
	run<Result>(command: Command<Result>): Promise<Result> {
		if (this.#closed || this.#waiting.length >= this.#options.maxQueued)
			return Promise.reject(new ServiceBusyError());
		return new Promise<Result>((resolve, reject) => {
			this.#waiting.push({ command, resolve: resolve as (result: never) => void, reject });
			if (this.#running) return;
			this.#running = true;
			// Not at once: a synchronous driver would commit before the other requests of this turn are read.
			setImmediate(() => void this.#drain());
		});
	}

	/** Commands that wait for a transaction, and those whose transaction is under way. */
	get load(): { readonly waiting: number; readonly storing: number } {
		return { waiting: this.#waiting.length, storing: this.#storing };
	}

	/** Takes no more commands; answers when all that were taken are done. */
	async close(): Promise<void> {
		this.#closed = true;
		if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve));
	}

	async #drain(): Promise<void> {
		while (this.#waiting.length > 0) {
			const batch = this.#waiting.splice(0, this.#options.maxBatch);
			this.#storing = batch.length;
			await this.#commit(batch);
			// Lets a synchronous driver's callers be heard between two commits.
			if (this.#waiting.length > 0) await new Promise<void>((resolve) => setImmediate(resolve));
		}
		this.#storing = 0;
		this.#running = false;
		for (const resolve of this.#idle.splice(0)) resolve();
	}

	/** Runs a batch to its end: stored and answered, or refused. Never rejects. */
	async #commit(batch: readonly Waiting[], runs = 1): Promise<void> {
		const start = performance.now();
		try {
			await this.#store.transact((transaction) => this.#attempt(transaction, batch));
		} catch (error) {
			return this.#recover(batch, error, runs);
		}
		this.#options.observe?.({ size: batch.length, seconds: (performance.now() - start) / 1000 });
		this.#answer(batch);
	}

	async #attempt(transaction: StoreTransaction, batch: readonly Waiting[]): Promise<void> {
		const drafts = await openDrafts(
			transaction,
			batch.map((waiting) => waiting.command),
		);
		for (const waiting of batch) {
			const draft = drafts.get(waiting.command.conversationId) as Draft;
			const after = draft.conversation?.lastSequence ?? 0;
			draft.commandId = waiting.command.id;
			draft.events = [];
			try {
				const result = waiting.command.decide(draft);
				waiting.attempt = { ok: true, result, events: draft.events, after };
			} catch (reason) {
				// A refusal that has changed the draft is a defect: nothing of it may be stored with the others.
				if (draft.events.length > 0) throw reason;
				waiting.attempt = { ok: false, reason };
			}
		}
		const changed = [...drafts.values()].filter((draft) => draft.hasChanges);
		if (changed.length > 0) await transaction.save(merge(changed.map((draft) => draft.changes())));
	}

	async #recover(batch: readonly Waiting[], error: unknown, runs: number): Promise<void> {
		if (error instanceof UnknownCommit) return this.#resolveUnknown(batch, error, runs);
		if (error instanceof StoreUnavailable) return this.#refuse(batch, error);
		if (error instanceof StoreConflict && runs < MAX_RUNS) {
			await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * 2 ** runs));
			return this.#commit(batch, runs + 1);
		}
		if (batch.length === 1) {
			if (error instanceof StoreConflict) return this.#refuse(batch, error);
			return batch[0]?.reject(error);
		}
		// One bad command must not fail its neighbours: each for itself, in order.
		for (const waiting of batch) await this.#commit([waiting], runs);
	}

	#refuse(batch: readonly Waiting[], reason: unknown): void {
		this.#options.onRefused?.(reason, batch.length);
		for (const waiting of batch) waiting.reject(new ServiceBusyError());
	}

	/** The commit's end is unknown: what is in the log was stored, only the rest runs again. */
	async #resolveUnknown(batch: readonly Waiting[], error: UnknownCommit, runs: number): Promise<void> {
		const asked = batch.flatMap(({ command, attempt }) =>
			attempt?.ok && attempt.events.length > 0
				? [{ conversationId: command.conversationId, commandId: command.id, after: attempt.after }]
				: [],
		);
		let stored: ReadonlySet<string>;
		try {
			// The lost transaction may still be under way: its locks are free once it has ended, either way.
			await this.#store.transact((transaction) => lockAll(transaction, batch));
			stored = await this.#store.findCommands(asked);
		} catch {
			if (runs < MAX_RUNS) {
				await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** runs));
				return this.#resolveUnknown(batch, error, runs + 1);
			}
			return this.#refuse(batch, error);
		}
		this.#answer(batch.filter((waiting) => stored.has(waiting.command.id)));
		const absent = batch.filter((waiting) => !stored.has(waiting.command.id));
		if (absent.length === 0) return;
		if (runs >= MAX_RUNS) this.#refuse(absent, error);
		else await this.#commit(absent, runs + 1);
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
		if (events.length > 0) this.#options.onCommitted(events);
	}
}

async function lockAll(transaction: StoreTransaction, batch: readonly Waiting[]): Promise<void> {
	const ids = new Set(batch.map(({ command }) => command.conversationId));
	await transaction.lock([...ids].sort());
}

/** Locks the batch's conversations, then reads what its commands need: one query each. */
async function openDrafts(
	transaction: StoreTransaction,
	commands: readonly Command<unknown>[],
): Promise<ReadonlyMap<string, Draft>> {
	const now = new Date();
	const created = new Map(
		commands.flatMap((command) => (command.creates ? [[command.conversationId, command.creates]] : [])),
	);
	const ids = new Set(commands.map((command) => command.conversationId));
	const existing = Array.from(ids)
		.filter((id) => !created.has(id))
		.sort();
	const locked = existing.length > 0 ? await transaction.lock(existing) : new Map<string, Conversation>();
	const drafts = new Map(
		Array.from(ids, (id) => [id, new Draft(locked.get(id) ?? created.get(id), now, created.has(id))]),
	);
	const present = commands.filter((command) => locked.has(command.conversationId));
	const take = <Key, Row extends { readonly conversationId: string }>(
		keys: readonly Key[],
		read: (keys: readonly Key[]) => Promise<readonly Row[]>,
		load: (draft: Draft, row: Row) => void,
	) =>
		keys.length === 0
			? undefined
			: read(keys).then((rows) => {
					for (const row of rows) {
						const draft = drafts.get(row.conversationId);
						if (draft) load(draft, row);
					}
				});
	await take(
		present.flatMap(({ conversationId, needs }) =>
			needs.sendKey ? [{ conversationId, key: needs.sendKey }] : [],
		),
		(keys) => transaction.messagesByKey(keys),
		(draft, message) => draft.load({ messages: [message] }),
	);
	await take(
		unique(
			present.flatMap((c) =>
				(c.needs.userIds ?? []).map((userId) => ({ conversationId: c.conversationId, userId })),
			),
		),
		(keys) => transaction.memberships(keys),
		(draft, membership) => draft.load({ memberships: [membership] }),
	);
	await take(
		[...new Set(present.flatMap((command) => command.needs.messageIds ?? []))],
		(messageIds) => transaction.messages(messageIds),
		(draft, message) => draft.load({ messages: [message] }),
	);
	for (const { id, conversationId, needs } of present) {
		if (needs.missed === undefined) continue;
		drafts.get(conversationId)?.loadMissed(id, await transaction.missed({ conversationId, ...needs.missed }));
	}
	return drafts;
}

function unique(keys: readonly { conversationId: string; userId: string }[]) {
	return [...new Map(keys.map((key) => [`${key.conversationId} ${key.userId}`, key])).values()];
}

function merge(all: readonly Changes[]): Changes {
	return {
		newConversations: all.flatMap((changes) => changes.newConversations),
		changedConversations: all.flatMap((changes) => changes.changedConversations),
		entries: all.flatMap((changes) => changes.entries),
		newMessages: all.flatMap((changes) => changes.newMessages),
		changedMessages: all.flatMap((changes) => changes.changedMessages),
		newRevisions: all.flatMap((changes) => changes.newRevisions),
		erasedRevisions: all.flatMap((changes) => changes.erasedRevisions),
		newMemberships: all.flatMap((changes) => changes.newMemberships),
		changedMemberships: all.flatMap((changes) => changes.changedMemberships),
	};
}
