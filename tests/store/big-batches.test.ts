import {
	type CompiledQuery,
	DummyDriver,
	Kysely,
	MssqlAdapter,
	MssqlIntrospector,
	MssqlQueryCompiler,
} from 'kysely';
import { describe, expect, test } from 'vitest';
import { newId } from '../../src/conversations/ids.ts';
import type { Conversation, LogEntry, Membership, StoredMessage } from '../../src/conversations/model.ts';
import { mssqlDialect, postgresqlDialect, sqliteDialect } from '../../src/store/dialect.ts';
import type { Tables } from '../../src/store/tables.ts';
import { KyselyTransaction } from '../../src/store/transaction.ts';
import { attemptOf, deliveryOf, incomingOf, threadOf } from '../support/outside.ts';

/** Above the largest batch, and above what one statement takes. */
const COUNT = 1_500;

const at = new Date();
const ids = Array.from({ length: COUNT }, newId);
const conversations = ids.map(
	(id): Conversation => ({
		id,
		subject: null,
		channel: 'CHAT',
		status: 'OPEN',
		visibility: 'OPEN',
		creatorId: id,
		lastSequence: 1,
		createdAt: at,
		lastActivityAt: at,
		closedAt: null,
	}),
);
const memberships = ids.map(
	(id): Membership => ({
		conversationId: id,
		userId: id,
		joinedAt: at,
		leftAt: null,
		leftSequence: null,
		lastReadSequence: 0,
		removed: false,
	}),
);
const attachment = { url: 'https://example.com/a.png', contentType: null, size: null };
const deliveredBy = (id: string) => ({ id, conversationId: id, sequence: 1 });
const deliveries = ids.map((id) => deliveryOf(deliveredBy(id)));
const attempts = ids.map((id) => attemptOf(id));
const keys = ids.map((id) => `key ${id}`);
const messages = ids.map(
	(id): StoredMessage => ({
		id,
		conversationId: id,
		sequence: 1,
		authorId: id,
		body: 'hello',
		createdAt: at,
		editedAt: null,
		editCount: 0,
		deletedAt: null,
		clientMessageId: 'k',
		contentHash: 'hash',
		replyToId: null,
		internal: false,
		channel: 'SMS',
		outside: { delivery: deliveryOf(deliveredBy(id)), incoming: incomingOf(), attachments: [attachment] },
	}),
);
const entries = ids.map(
	(id, index): LogEntry => ({
		conversationId: id,
		sequence: 1,
		type: index % 2 === 0 ? 'MessageSent' : 'ConversationChanged',
		occurredAt: at,
		actorId: id,
		messageId: id,
		memberId: null,
		internal: false,
		commandId: id,
	}),
);

describe.each([sqliteDialect, postgresqlDialect, mssqlDialect])('a big batch on $name', (dialect) => {
	test('is as many statements as its parameters, rows and unions need', async () => {
		const statements: CompiledQuery[] = [];
		const db = new Kysely<Tables>({
			dialect: {
				createAdapter: () => new MssqlAdapter(),
				createDriver: () => new DummyDriver(),
				createIntrospector: (kysely) => new MssqlIntrospector(kysely),
				createQueryCompiler: () => new MssqlQueryCompiler(),
			},
			log: ({ query }) => {
				statements.push(query);
			},
		});
		const transaction = new KyselyTransaction(db, dialect);
		await transaction.lock(ids);
		await transaction.messages(ids);
		await transaction.messagesByKey(ids.map((id) => ({ conversationId: id, key: id })));
		await transaction.memberships(memberships);
		await transaction.missed(
			ids.map((id) => ({ conversationId: id, after: 0, exceptAuthorId: id, limit: 100 })),
		);
		await transaction.threads(keys);
		await transaction.threadsOf(ids);
		await transaction.openDeliveries(ids.map((id) => ({ conversationId: id, before: 9 })));
		await transaction.receipts(keys);
		await transaction.optOuts(keys);
		await transaction.save({
			newConversations: conversations,
			changedConversations: conversations,
			entries,
			newMessages: messages,
			changedMessages: messages,
			newRevisions: ids.map((id) => ({ messageId: id, number: 1, body: '', createdAt: at })),
			erasedRevisions: ids,
			newMemberships: memberships,
			changedMemberships: memberships,
			newThreads: ids.map((id) => threadOf(id, { pairKey: id })),
			changedDeliveries: deliveries,
			newAttempts: attempts,
			changedAttempts: attempts,
			newReceipts: keys.map((key) => ({ key, receivedAt: at })),
			newOptOuts: keys.map((key) => ({ key, family: 'PHONE', address: '+10987654321', optedOutAt: at })),
			endedOptOuts: keys,
			queuedWebhooks: ids.map((id) => ({
				id,
				webhookId: id,
				conversationId: id,
				sequence: 1,
				event: 'MessageSent',
				queuedAt: at,
			})),
		});

		for (const { sql, parameters } of statements) {
			expect(parameters.length, sql.slice(0, 80)).toBeLessThanOrEqual(dialect.maxParameters);
			expect(sql.match(/union all/g) ?? [], sql.slice(0, 80)).toSatisfy((all: string[]) => all.length < 500);
			const rows = /^insert .* values (.*)$/.exec(sql)?.[1]?.split('), (') ?? [];
			expect(rows.length, sql.slice(0, 80)).toBeLessThanOrEqual(1_000);
		}
		const inserted = statements.filter(({ sql }) => sql.startsWith('insert into "messages"'));
		expect(inserted.flatMap(({ parameters }) => parameters)).toHaveLength(COUNT * 15);
		for (const [table, columns] of Object.entries({ deliveries: 19, incoming_messages: 6, attachments: 5 })) {
			const rows = statements.filter(({ sql }) => sql.startsWith(`insert into "${table}"`));
			expect(rows.flatMap(({ parameters }) => parameters)).toHaveLength(COUNT * columns);
		}
		expect(statements.filter(({ sql }) => sql.startsWith('delete from "attachments"'))).not.toEqual([]);
	});
});
