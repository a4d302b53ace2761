import type { Command } from './command.ts';
import { Draft, type DraftChanges } from './draft.ts';
import type { Conversation, ConversationEvent, LogEntry } from './model.ts';
import type { Thread } from './outside.ts';
import { optOutKey } from './outside-keys.ts';
import { OutsideState } from './outside-state.ts';
import type {
	Changes,
	MembershipKey,
	MissedQuery,
	OpenQuery,
	QueuedWebhook,
	SendKey,
	StoreTransaction,
} from './store.ts';

/** A command that was taken and is not answered yet. */
export interface Waiting {
	readonly command: Command<unknown>;
	readonly resolve: (result: never) => void;
	readonly reject: (reason: unknown) => void;
	/** Of the last run. */
	attempt?: Attempt;
	/** The commit of the last run was not acknowledged: it may have been stored. */
	isUnknown?: boolean;
}

export type Attempt =
	| {
			readonly ok: true;
			readonly result: unknown;
			readonly events: readonly ConversationEvent[];
			/** The conversation's last sequence before. */
			readonly after: number;
	  }
	| { readonly ok: false; readonly reason: unknown };

/** What is to be told of these entries. Asked again when the transaction runs again. */
export type QueueWebhooks = (entries: readonly LogEntry[]) => readonly QueuedWebhook[];

/** What one transaction does for a batch: locks, reads, decides command by command, and saves what they changed. */
export async function runBatch(
	transaction: StoreTransaction,
	batch: readonly Waiting[],
	queueWebhooks: QueueWebhooks = () => [],
): Promise<void> {
	const { drafts, outside } = await openDrafts(
		transaction,
		batch.map(({ command }) => command),
	);
	for (const waiting of batch) {
		const draft = drafts.get(waiting.command.conversationId) as Draft;
		waiting.attempt = decide(waiting.command, draft);
	}
	const changed = [...drafts.values()].filter((draft) => draft.hasChanges);
	if (changed.length === 0 && !outside.hasChanges) return;
	const changes = changed.map((draft) => draft.changes());
	await transaction.save(merge(changes, outside, queueWebhooks));
}

/** @throws what is not a refusal of this command alone. */
function decide(command: Command<unknown>, draft: Draft): Attempt {
	const after = draft.conversation?.lastSequence ?? 0;
	draft.commandId = command.id;
	draft.events = [];
	try {
		const result = command.decide(draft);
		return { ok: true, result, events: draft.events, after };
	} catch (reason) {
		// A refusal that has changed the draft is a defect: nothing of it may be stored with the others.
		if (draft.events.length > 0) throw reason;
		return { ok: false, reason };
	}
}

/** Waits until nobody else has the batch's conversations. */
export async function lockAll(transaction: StoreTransaction, batch: readonly Waiting[]): Promise<void> {
	const ids = new Set(batch.map(({ command }) => command.conversationId));
	await transaction.lock([...ids].sort());
}

/** Locks the batch's conversations, then reads what its commands need: one query for each kind. */
async function openDrafts(
	transaction: StoreTransaction,
	commands: readonly Command<unknown>[],
): Promise<{ readonly drafts: ReadonlyMap<string, Draft>; readonly outside: OutsideState }> {
	const created = new Map(
		commands.flatMap((command) => (command.creates ? [[command.conversationId, command.creates]] : [])),
	);
	const ids = new Set(commands.map((command) => command.conversationId));
	const existing = [...ids].filter((id) => !created.has(id)).sort();
	const locked = existing.length > 0 ? await transaction.lock(existing) : new Map<string, Conversation>();
	// Not before: others write as long as they hold the rows.
	const now = new Date();
	const threads = await threadsOf(transaction, locked, commands);
	const outside = await readOutside(transaction, commands, threads);
	const drafts = new Map(
		Array.from(ids, (id) => [
			id,
			new Draft(locked.get(id) ?? created.get(id), now, outside, created.has(id)),
		]),
	);
	for (const thread of threads) {
		const draft = drafts.get(thread.conversationId);
		if (draft !== undefined) draft.thread = thread;
	}
	const present = commands.filter((command) => locked.has(command.conversationId));
	const messages = [
		...(await transaction.messagesByKey(keysOf(present))),
		...(await transaction.messages([...new Set(present.flatMap(({ needs }) => needs.messageIds ?? []))])),
		...(await transaction.missed(missedBy(present))),
	];
	for (const message of messages) drafts.get(message.conversationId)?.loadMessage(message);
	for (const membership of await transaction.memberships(membersOf(present)))
		drafts.get(membership.conversationId)?.loadMembership(membership);
	const queries = openBefore(present);
	if (queries.length > 0)
		for (const open of await transaction.openDeliveries(queries))
			drafts.get(open.conversationId)?.loadOpenDelivery(open);
	return { drafts, outside };
}

/** Nothing is asked for conversations that are all in CHAT. */
async function threadsOf(
	transaction: StoreTransaction,
	locked: ReadonlyMap<string, Conversation>,
	commands: readonly Command<unknown>[],
): Promise<readonly Thread[]> {
	const wanted = commands.filter(({ needs }) => needs.thread).map(({ conversationId }) => conversationId);
	const ids = [...new Set(wanted)].filter((id) => (locked.get(id)?.channel ?? 'CHAT') !== 'CHAT');
	return ids.length === 0 ? [] : transaction.threadsOf(ids);
}

/** Only what the commands need. */
async function readOutside(
	transaction: StoreTransaction,
	commands: readonly Command<unknown>[],
	threads: readonly Thread[],
): Promise<OutsideState> {
	const pairKeys = [...new Set(commands.flatMap(({ needs }) => needs.pairKey ?? []))];
	const receiptKeys = [...new Set(commands.flatMap(({ needs }) => needs.receiptKeys ?? []))];
	const optOutKeys = new Set(commands.flatMap(({ needs }) => needs.optOutKeys ?? []));
	for (const { family, ownAddress, contactAddress } of threads)
		for (const address of [ownAddress, contactAddress]) optOutKeys.add(optOutKey(family, address));
	return new OutsideState({
		threads: pairKeys.length === 0 ? [] : await transaction.threads(pairKeys),
		receipts: receiptKeys.length === 0 ? new Set() : await transaction.receipts(receiptKeys),
		optOuts: optOutKeys.size === 0 ? new Set() : await transaction.optOuts([...optOutKeys]),
	});
}

function openBefore(commands: readonly Command<unknown>[]): readonly OpenQuery[] {
	return commands.flatMap(({ conversationId, needs: { openBefore: before } }) =>
		before === undefined ? [] : [{ conversationId, before }],
	);
}

function keysOf(commands: readonly Command<unknown>[]): readonly SendKey[] {
	return commands.flatMap(({ conversationId, needs }) =>
		needs.sendKey === undefined ? [] : [{ conversationId, key: needs.sendKey }],
	);
}

function missedBy(commands: readonly Command<unknown>[]): readonly MissedQuery[] {
	return commands.flatMap(({ conversationId, needs }) =>
		needs.missed === undefined ? [] : [{ conversationId, ...needs.missed }],
	);
}

/** Each once: many commands of a batch are the same user's. */
function membersOf(commands: readonly Command<unknown>[]): readonly MembershipKey[] {
	const keys = commands.flatMap(({ conversationId, needs }) =>
		(needs.userIds ?? []).map((userId) => ({ conversationId, userId })),
	);
	return [...new Map(keys.map((key) => [`${key.conversationId} ${key.userId}`, key])).values()];
}

function merge(all: readonly DraftChanges[], outside: OutsideState, queueWebhooks: QueueWebhooks): Changes {
	const entries = all.flatMap((changes) => changes.entries);
	return {
		...outside.changes(),
		newConversations: all.flatMap((changes) => changes.newConversations),
		changedConversations: all.flatMap((changes) => changes.changedConversations),
		entries,
		newMessages: all.flatMap((changes) => changes.newMessages),
		changedMessages: all.flatMap((changes) => changes.changedMessages),
		newRevisions: all.flatMap((changes) => changes.newRevisions),
		erasedRevisions: all.flatMap((changes) => changes.erasedRevisions),
		newMemberships: all.flatMap((changes) => changes.newMemberships),
		changedMemberships: all.flatMap((changes) => changes.changedMemberships),
		changedDeliveries: all.flatMap((changes) => changes.changedDeliveries),
		newAttempts: all.flatMap((changes) => changes.newAttempts),
		changedAttempts: all.flatMap((changes) => changes.changedAttempts),
		queuedWebhooks: queueWebhooks(entries),
	};
}
