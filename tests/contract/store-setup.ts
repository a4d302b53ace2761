import { afterAll, beforeAll, expect } from 'vitest';
import { createConversation } from '../../src/conversations/create-conversation.ts';
import type { Domain } from '../../src/conversations/domain.ts';
import { newId } from '../../src/conversations/ids.ts';
import type { Conversation, ConversationEvent } from '../../src/conversations/model.ts';
import { sendMessage } from '../../src/conversations/send-message.ts';
import type { ConversationStore, UserStore } from '../../src/conversations/store.ts';
import { WriteQueue } from '../../src/conversations/write-queue.ts';
import type { Role, Viewer } from '../../src/identity/viewer.ts';
import type { OutboundStore } from '../../src/outbound/store.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import type { WebhookStore } from '../../src/webhooks/store.ts';
import { createTestDatabase, type DatabaseKind, databasesFor, NO_NOTICES } from '../support/databases.ts';

/** Where the contract of the store is tested. */
export const DATABASES = databasesFor('the contract of the store');

/** The order of ids, which decides between equals; how a database orders them is its own affair. */
export function idOrder(kind: DatabaseKind): (a: string, b: string) => number {
	const place = kind === 'mssql' ? lastBytesFirst : (id: string) => id;
	return (a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0);
}

/** SQL Server's order of uniqueidentifiers: the last group first, and of the first three their bytes from behind. */
function lastBytesFirst(id: string): string {
	const [first = '', second = '', third = '', fourth = '', fifth = ''] = id.split('-');
	const reversed = [third, second, first].map((group) => group.match(/../g)?.toReversed().join('') ?? '');
	return [fifth, fourth, ...reversed].join('-');
}

/** A node of the service as far as the database sees it. */
export interface Node {
	readonly conversations: ConversationStore;
	readonly users: UserStore;
	readonly outbound: OutboundStore;
	readonly webhooks: WebhookStore;
	readonly domain: Domain;
	/** How many commands each commit took. */
	readonly batches: readonly number[];
}

export interface Nodes {
	readonly here: Node;
	/** Over connections of its own; the embedded database, which is one node's, is shared. */
	readonly there: Node;
	/** A user whom no other test knows. */
	person(role?: Role, name?: string): Promise<Viewer>;
	conversation(creator: Viewer, input?: Parameters<typeof createConversation>[2]): Promise<Conversation>;
	/** The log, which must have no hole, and end where the conversation says that it ends. */
	log(conversationId: string): Promise<readonly ConversationEvent[]>;
}

/** Two nodes over a database of the calling suite's own. */
export function useNodes(kind: DatabaseKind, maxBatch = 256): Nodes {
	let database: Awaited<ReturnType<typeof createTestDatabase>>;
	const stores: Store[] = [];
	const nodes: Node[] = [];
	beforeAll(async () => {
		database = await createTestDatabase(kind);
		stores.push(await openStore(database.config, NO_NOTICES));
		if (kind !== 'sqlite') stores.push(await openStore(database.config, NO_NOTICES));
		for (const store of [stores[0], stores.at(-1)]) if (store) nodes.push(createNode(store, maxBatch));
	});
	afterAll(async () => {
		for (const { domain } of nodes) await domain.writes.close();
		for (const store of stores) await store.close();
		await database?.drop();
	});
	const node = (index: number): Node => {
		const found = nodes[index];
		if (found === undefined) throw new Error('The nodes start with the suite.');
		return found;
	};
	return {
		get here() {
			return node(0);
		},
		get there() {
			return node(1);
		},
		person: (role = 'CUSTOMER', name = 'Somebody') => viewer(node(0), role, name),
		conversation: async (creator, input = {}) =>
			(await createConversation(node(0).domain, creator, input)).conversation,
		log: (conversationId) => readLog(node(0), conversationId),
	};
}

function createNode(store: Store, maxBatch: number): Node {
	const batches: number[] = [];
	const writes = new WriteQueue(store.conversations, {
		maxQueued: 10_000,
		maxBatch,
		onCommitted: () => {},
		observe: ({ size }) => batches.push(size),
	});
	const domain: Domain = {
		store: store.conversations,
		users: store.users,
		writes,
		attempts: (messageIds) => store.outbound.attempts(messageIds),
		epoch: () => 'epoch',
		observeSend: () => {},
		announceRead: () => {},
	};
	const { conversations, users, outbound, webhooks } = store;
	return { conversations, users, outbound, webhooks, domain, batches };
}

async function viewer({ users }: Node, role: Role, name: string): Promise<Viewer> {
	return {
		user: await users.ensure({ subject: `subject-${newId()}`, name, role }),
		expiresAt: Number.POSITIVE_INFINITY,
	};
}

async function readLog({ conversations }: Node, id: string): Promise<readonly ConversationEvent[]> {
	const log = await conversations.eventsAfter(id, 0, 10_000);
	expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_, index) => index + 1));
	expect(await conversations.heads([id])).toEqual(new Map([[id, log.length]]));
	return log;
}

export const sent = (log: readonly ConversationEvent[]) =>
	log.flatMap(({ type, message }) => (type === 'MessageSent' && message ? [message.body] : []));

/** Sends by one who is a member. */
export function send(
	{ domain }: Node,
	by: Viewer,
	conversationId: string,
	body: string,
	more: Omit<Parameters<typeof sendMessage>[2], 'conversationId' | 'body'> = {},
) {
	return sendMessage(domain, by, { conversationId, body, ...more });
}
