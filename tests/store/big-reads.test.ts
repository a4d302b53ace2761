import {
	type CompiledQuery,
	DummyDriver,
	Kysely,
	MssqlAdapter,
	MssqlIntrospector,
	MssqlQueryCompiler,
} from 'kysely';
import { expect, test } from 'vitest';
import { newId } from '../../src/conversations/ids.ts';
import type { Conversation } from '../../src/conversations/model.ts';
import { RequestReader } from '../../src/conversations/request-reader.ts';
import { WriteQueue } from '../../src/conversations/write-queue.ts';
import type { User } from '../../src/identity/viewer.ts';
import { KyselyConversationStore } from '../../src/store/conversation-store.ts';
import type { Database } from '../../src/store/database.ts';
import { mssqlDialect } from '../../src/store/dialect.ts';
import { Statements } from '../../src/store/statements.ts';
import type { Tables } from '../../src/store/tables.ts';
import { KyselyUserStore } from '../../src/store/users.ts';

/** More than SQL Server takes parameters. */
const COUNT = 3_000;
const BATCH = 500;

const user: User = { id: newId(), subject: 'agent', name: 'Agent', role: 'AGENT' };
const at = new Date();
const conversations = Array.from(
	{ length: COUNT },
	(): Conversation => ({
		id: newId(),
		subject: null,
		channel: 'CHAT',
		status: 'OPEN',
		visibility: 'OPEN',
		creatorId: user.id,
		lastSequence: 1,
		createdAt: at,
		lastActivityAt: at,
		closedAt: null,
	}),
);

/** A reader over an empty SQL Server that notes what it is asked. */
function makeReader(statements: CompiledQuery[]): RequestReader {
	const queries = new Kysely<Tables>({
		dialect: {
			createAdapter: () => new MssqlAdapter(),
			createDriver: () => new DummyDriver(),
			createIntrospector: (db) => new MssqlIntrospector(db),
			createQueryCompiler: () => new MssqlQueryCompiler(),
		},
		log: ({ query }) => {
			statements.push(query);
		},
	});
	const run = async (statement: CompiledQuery) => (await queries.executeQuery(statement)).rows;
	const database: Pick<Database, 'queries' | 'dialect' | 'statements'> = {
		queries,
		dialect: mssqlDialect,
		statements: new Statements(run),
	};
	const store = new KyselyConversationStore(database as Database, () => {});
	const domain = {
		store,
		users: new KyselyUserStore(database as Database),
		writes: new WriteQueue(store, { maxQueued: 1, maxBatch: 1, onCommitted: () => {} }),
		epoch: () => 'epoch',
		observeSend: () => {},
		attempts: async () => [],
		announceRead: () => {},
	};
	return new RequestReader(domain, { user, expiresAt: Number.POSITIVE_INFINITY });
}

type Read = (reader: RequestReader, conversation: Conversation) => unknown;

test.each<{ readonly name: string; readonly read: Read }>([
	{ name: 'conversations', read: (reader, { id }) => reader.conversation(id) },
	{ name: 'memberships', read: (reader, conversation) => reader.membership(conversation) },
	{ name: 'messages', read: (reader, { id }) => reader.message(id) },
	{ name: 'users', read: async (reader, { id }) => expect(reader.user(id)).rejects.toThrow(id) },
	{
		name: 'unread counts',
		read: (reader, conversation) => {
			const membership = {
				conversationId: conversation.id,
				userId: user.id,
				joinedAt: at,
				leftAt: null,
				leftSequence: null,
				lastReadSequence: 0,
				removed: false,
			};
			reader.remember({ membership });
			return reader.unreadCount(conversation);
		},
	},
])('thousands of $name in one request are statements of some hundred each', async ({ read }) => {
	const statements: CompiledQuery[] = [];
	const reader = makeReader(statements);
	await Promise.all(conversations.map((conversation) => read(reader, conversation)));
	expect(statements).toHaveLength(COUNT / BATCH);
	for (const { parameters } of statements)
		expect(parameters.length).toBeLessThanOrEqual(mssqlDialect.maxParameters);
});
