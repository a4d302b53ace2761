import { MikroORM } from '@mikro-orm/mssql';
import type { Compilable } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import type {
	Conversation,
	LogEntry,
	Membership,
	Revision,
	StoredMessage,
} from '../../src/conversations/model.ts';
import {
	changeConversations,
	eraseRevisions,
	insertConversations,
	insertEntries,
	insertMemberships,
	insertMessages,
	insertRevisions,
	messagesById,
} from '../../src/store/append.ts';
import { mssqlDialect } from '../../src/store/dialect.ts';
import { entities } from '../../src/store/entities.ts';
import { fromAttachment, fromIncoming } from '../../src/store/outside-rows.ts';
import { conversationsById, conversationsPage, usersPage } from '../../src/store/read.ts';
import { forgetReceipts } from '../../src/store/read-outbound.ts';
import type { Queries, Tables } from '../../src/store/tables.ts';
import {
	insertQueuedWebhooks,
	insertWebhookAttempts,
	presentWebhooks,
} from '../../src/store/webhook-statements.ts';
import {
	endOptOuts,
	eraseAttachments,
	insertAttachments,
	insertAttempts,
	insertDeliveries,
	insertIncoming,
	insertOptOuts,
	insertReceipts,
	insertThreads,
} from '../../src/store/write-outside.ts';
import { attemptOf, deliveryOf, incomingOf, threadOf } from '../support/outside.ts';
import { HOT_OUTBOUND } from './hot-outbound.ts';
import { HOT_STATEMENTS } from './hot-statements.ts';
import { HOT_WEBHOOKS } from './hot-webhooks.ts';

/**
 * What SQL Server would be asked. None is needed to emit it: the snapshots are read by a person whenever they change,
 * against the subset of T-SQL that SQL Server and its compatible servers share.
 */
const orm = new MikroORM({ entities: [...entities], dbName: 'pendo' });
const db: Queries = orm.em.getKysely<Tables>();

const at = new Date('2026-01-31T12:00:00.000Z');
const ID = (digit: number) => `00000000-0000-7000-8000-00000000000${digit}`;

const conversation: Conversation = {
	id: ID(1),
	subject: 'Ünïcode 😀',
	channel: 'CHAT',
	status: 'OPEN',
	visibility: 'PRIVATE',
	creatorId: ID(2),
	lastSequence: 3,
	createdAt: at,
	lastActivityAt: at,
	closedAt: null,
};
const membership: Membership = {
	conversationId: ID(1),
	userId: ID(2),
	joinedAt: at,
	leftAt: null,
	leftSequence: null,
	lastReadSequence: 1,
	removed: false,
};
const message: StoredMessage = {
	id: ID(3),
	conversationId: ID(1),
	sequence: 3,
	authorId: ID(2),
	body: 'hello',
	createdAt: at,
	editedAt: null,
	editCount: 0,
	deletedAt: null,
	clientMessageId: 'key',
	contentHash: 'hash',
	replyToId: null,
	internal: false,
	channel: 'CHAT',
	outside: null,
};
const entry: LogEntry = {
	conversationId: ID(1),
	sequence: 3,
	type: 'MessageSent',
	occurredAt: at,
	actorId: ID(2),
	messageId: ID(3),
	memberId: null,
	internal: false,
	commandId: ID(4),
};
const revision: Revision = { messageId: ID(3), number: 1, body: 'helo', createdAt: at };

const asked = { queries: db, dialect: mssqlDialect };
const statements: Readonly<Record<string, Compilable>> = {
	...Object.fromEntries(
		Object.entries({ ...HOT_STATEMENTS, ...HOT_OUTBOUND, ...HOT_WEBHOOKS }).map(([name, { build }]) => [
			name,
			build(asked),
		]),
	),
	'messages with their keys, by id': messagesById(db, [ID(3)]),
	'conversations by id': conversationsById(db, [ID(1)]),
	'conversations, by every filter': conversationsPage(
		db,
		mssqlDialect,
		{ status: ['OPEN'], channel: ['CHAT'], visibility: 'OPEN', closed: false, search: '50%_[x]' },
		[ID(2)],
		{ after: { lastActivityAt: at, id: ID(1) }, limit: 50, fromEnd: false },
	),
	'users, by a text': usersPage(db, mssqlDialect, '50%_[x]', { limit: 50, fromEnd: false }),
	'insert conversations': insertConversations(db, [conversation]),
	'insert memberships': insertMemberships(db, [membership, membership]),
	'insert messages': insertMessages(db, [message, message]),
	'insert events': insertEntries(db, [entry, entry]),
	'insert revisions': insertRevisions(db, [revision]),
	'erase revisions': eraseRevisions(db, [ID(3)]),
	'change conversations': {
		compile: () => changeConversations(db, mssqlDialect, [conversation, { ...conversation, id: ID(2) }]),
	},
	'insert threads': insertThreads(db, [threadOf(ID(1))]),
	'insert deliveries': insertDeliveries(db, [deliveryOf(message), deliveryOf(message)]),
	'insert attempts': insertAttempts(db, [attemptOf(ID(3))]),
	'insert incoming messages': insertIncoming(db, [fromIncoming(ID(3), incomingOf())]),
	'insert attachments': insertAttachments(db, [
		fromAttachment(ID(3), 0, { url: 'https://example.com/a', contentType: 'image/png', size: 2 ** 31 }),
	]),
	'erase attachments': eraseAttachments(db, [ID(3)]),
	'insert receipts': insertReceipts(db, [{ key: 'key', receivedAt: at }]),
	'forget receipts': forgetReceipts(db, mssqlDialect, at, 1_000),
	'insert opt-outs': insertOptOuts(db, [
		{ key: 'key', family: 'PHONE', address: '+10987654321', optedOutAt: at },
	]),
	'end opt-outs': endOptOuts(db, ['key']),
	"lock a provider's row": { compile: () => mssqlDialect.lockRows(db, 'provider_limits', ['webhook']) },
	'insert what webhooks are told': insertQueuedWebhooks(db, [
		{ id: ID(1), webhookId: ID(2), conversationId: ID(3), sequence: 1, event: 'MESSAGE_SENT', queuedAt: at },
	]),
	"insert webhooks' attempts": insertWebhookAttempts(db, [
		{
			deliveryId: ID(1),
			number: 1,
			startedAt: at,
			durationMs: null,
			httpStatus: null,
			outcome: 'UNKNOWN',
		},
	]),
	'the webhooks': presentWebhooks(db).orderBy('created_at').orderBy('id'),
};

/** For a reader: what is said for each of many values stands there once. */
function shortened(sql: string): string {
	return sql
		.replaceAll(/@\d+/g, '@')
		.replaceAll(/( union all .+?)\1{14,}/gs, '$1 …')
		.replaceAll(/((?:, | or ).+?)\1{14,}/gs, '$1 …');
}

afterAll(() => orm.close());

describe('what SQL Server is asked', () => {
	test('the tables', async () => {
		const ddl = await orm.schema.getCreateSchemaSQL({ wrap: false });
		await expect(`${ddl.trim()}\n`).toMatchFileSnapshot('snapshots/mssql-tables.sql');
	});

	test('the statements of the hot paths', async () => {
		const text = Object.entries(statements).map(([name, statement]) => {
			const { sql, parameters } = statement.compile();
			const values = JSON.stringify(parameters.slice(0, 32));
			return `-- ${name}\n${shortened(sql)};\n-- ${parameters.length} parameters: ${values}\n`;
		});
		await expect(text.join('\n')).toMatchFileSnapshot('snapshots/mssql-statements.sql');
	});

	test('nothing outside the shared subset of T-SQL', () => {
		for (const [name, statement] of Object.entries(statements)) {
			const { sql } = statement.compile();
			expect(sql, name).not.toMatch(/\b(merge|limit|returning|on conflict|waitfor|for update)\b|##/i);
			expect(sql, name).not.toMatch(/^(update|delete)\b.*\bwith\s*\(/is);
		}
	});

	test('all text is Unicode, instants have milliseconds, and client keys compare by code point', async () => {
		const ddl = await orm.schema.getCreateSchemaSQL({ wrap: false });
		expect(ddl).not.toMatch(/\b(varchar|text|ntext|datetime)\b(?!2)/);
		expect(ddl.match(/datetime2\(\d\)/g)).toSatisfy((all: string[]) =>
			all.every((type) => type === 'datetime2(3)'),
		);
		expect(ddl).toMatch(/\[send_key\] nvarchar\(43\) collate Latin1_General_100_BIN2/);
		expect(ddl).toMatch(/\[subject\] nvarchar\(255\) collate Latin1_General_100_BIN2/);
	});
});
