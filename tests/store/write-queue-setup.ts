import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { createConversation } from '../../src/conversations/create-conversation.ts';
import type { Domain } from '../../src/conversations/domain.ts';
import type { ConversationEvent } from '../../src/conversations/model.ts';
import { sendMessage } from '../../src/conversations/send-message.ts';
import { WriteQueue, type WriteQueueOptions } from '../../src/conversations/write-queue.ts';
import type { Viewer } from '../../src/identity/viewer.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import {
	createTestDatabase,
	type DatabaseKind,
	NO_NOTICES,
	type TestDatabase,
} from '../support/databases.ts';
import { FaultyStore } from './faulty-store.ts';

export let database: TestDatabase;
export let store: Store;
export let alice: Viewer;
export let agent: Viewer;
export let faulty: FaultyStore;
export let announced: ConversationEvent[];
export let batches: number[];
export let queue: WriteQueue;
export let domain: Domain;
export let conversationId: string;

/** A queue over a store of its own for each test, with a conversation of Alice's whose log has two events. */
export function useWriteQueue(kind: DatabaseKind = 'sqlite'): void {
	beforeAll(async () => {
		database = await createTestDatabase(kind);
		const { config } = database;
		store = await openStore(config.kind === 'sqlite' ? config : { ...config, lockTimeoutMs: 50 }, NO_NOTICES);
		const viewer = async (subject: string, role: 'CUSTOMER' | 'AGENT') => ({
			user: await store.users.ensure({ subject, name: subject, role }),
			expiresAt: Number.POSITIVE_INFINITY,
		});
		alice = await viewer('alice', 'CUSTOMER');
		agent = await viewer('agent', 'AGENT');
	});

	afterAll(async () => {
		await store.close();
		await database.drop();
	});

	beforeEach(async () => {
		faulty = new FaultyStore(store.conversations);
		open({});
		({ id: conversationId } = (await createConversation(domain, alice, {})).conversation);
		announced.length = 0;
		batches.length = 0;
		faulty.done.length = 0;
	});

	afterEach(() => queue.close());
}

export function open(bounds: Partial<Pick<WriteQueueOptions, 'maxQueued' | 'maxBatch' | 'held'>>): void {
	announced = [];
	batches = [];
	queue = new WriteQueue(faulty, {
		maxQueued: 1_000,
		maxBatch: 100,
		...bounds,
		onCommitted: (events) => announced.push(...events),
		observe: ({ size }) => batches.push(size),
	});
	domain = {
		store: store.conversations,
		users: store.users,
		writes: queue,
		epoch: () => 'epoch',
		observeSend: () => {},
		attempts: async () => [],
		announceRead: () => {},
	};
}

export function send(body: string, more: { clientMessageId?: string; to?: string; by?: Viewer } = {}) {
	const { to = conversationId, by = alice, ...rest } = more;
	return sendMessage(domain, by, { conversationId: to, body, ...rest });
}

/** The log, which must have no hole, and end where the conversation says that it ends. */
export async function readLog(id = conversationId): Promise<readonly ConversationEvent[]> {
	const log = await store.conversations.eventsAfter(id, 0, 10_000);
	const [seen] = await store.conversations.conversations([id], id);
	const conversation = seen?.conversation;
	expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_, index) => index + 1));
	expect(conversation?.lastSequence).toBe(log.length);
	return log;
}

export const sent = (log: readonly ConversationEvent[]) =>
	log.flatMap(({ type, message }) => (type === 'MessageSent' && message ? [message.body] : []));

/** What was announced is what was stored, each once and in order, and it is what the callers were answered with. */
export async function expectAnnounced(before: number, id = conversationId): Promise<void> {
	const log = await readLog(id);
	const told = announced.filter((event) => event.conversationId === id);
	expect(told.map(({ sequence, commandId }) => ({ sequence, commandId }))).toEqual(
		log.slice(before).map(({ sequence, commandId }) => ({ sequence, commandId })),
	);
}
