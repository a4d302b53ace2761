import { MikroORM } from '@mikro-orm/mssql';
import type { Compilable, CompiledQuery } from 'kysely';
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
	changeMemberships,
	changeMessages,
	eraseRevisions,
	insertConversations,
	insertEntries,
	insertMemberships,
	insertMessages,
	insertRevisions,
	membershipsByKey,
	messagesById,
	messagesByKey,
	missedMessages,
	raiseConversations,
} from '../../src/store/append.ts';
import { mssqlDialect } from '../../src/store/dialect.ts';
import { entities } from '../../src/store/entities.ts';
import {
	commandsAfter,
	conversationsById,
	conversationsPage,
	conversationsSeen,
	entriesAfter,
	headsById,
	historyPage,
	membersPage,
	revisionsOf,
	unreadCounts,
} from '../../src/store/read.ts';
import type { Queries, Tables } from '../../src/store/tables.ts';

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
const key = { conversationId: ID(1), key: 'send-key' };
const page = { limit: 50, fromEnd: true };

const built = (statement: CompiledQuery): Compilable => ({ compile: () => statement });

const statements: Record<string, Compilable> = {
	'lock conversations': built(mssqlDialect.lockConversations(db, [ID(1), ID(2)])),
	'messages by key': built(messagesByKey(db, mssqlDialect, [key, key])),
	'messages by id': messagesById(db, [ID(3)]),
	'memberships by key': built(membershipsByKey(db, mssqlDialect, [membership, membership])),
	'missed messages': missedMessages(db, mssqlDialect, [
		{ conversationId: ID(1), after: 2, exceptAuthorId: ID(2), limit: 100 },
		{ conversationId: ID(2), after: 0, exceptAuthorId: ID(3), limit: 100 },
	]),
	'insert conversations': insertConversations(db, [conversation]),
	'insert memberships': insertMemberships(db, [membership, membership]),
	'insert messages': insertMessages(db, [message, message]),
	'insert events': insertEntries(db, [entry, entry]),
	'insert revisions': insertRevisions(db, [revision]),
	'erase revisions': eraseRevisions(db, [ID(3)]),
	'change memberships': built(changeMemberships(db, [membership, { ...membership, userId: ID(3) }])),
	'change messages': built(changeMessages(db, [message, { ...message, sequence: 4 }])),
	'change conversations': built(changeConversations(db, [conversation, { ...conversation, id: ID(2) }])),
	'raise conversations': built(raiseConversations(db, [conversation, { ...conversation, id: ID(2) }])),
	'commands after': commandsAfter(db, ID(1), 2, [ID(4)]),
	heads: headsById(db, [ID(1)]),
	'conversations by id': conversationsById(db, [ID(1)]),
	'conversations by id, with a membership': conversationsSeen(db, [ID(1)], ID(2)),
	'log after': entriesAfter(db, mssqlDialect, ID(1), 2, 100),
	'history, newest page, without notes': historyPage(
		db,
		mssqlDialect,
		ID(1),
		{ notes: false, memberId: ID(2) },
		page,
	),
	'history, a page from the start': historyPage(
		db,
		mssqlDialect,
		ID(1),
		{ notes: true },
		{
			after: 3,
			limit: 50,
			fromEnd: false,
		},
	),
	'members page': membersPage(db, mssqlDialect, ID(1), {
		after: { joinedAt: at, userId: ID(2) },
		limit: 50,
		fromEnd: false,
	}),
	'conversations page': conversationsPage(
		db,
		mssqlDialect,
		{ status: ['OPEN'], channel: ['CHAT'], visibility: 'OPEN', closed: false, search: '50%_[x]' },
		[ID(2)],
		{ after: { lastActivityAt: at, id: ID(1) }, limit: 50, fromEnd: false },
	),
	'unread counts': unreadCounts(db, [membership, membership], ID(2)),
	'revisions of a message': revisionsOf(db, ID(3)),
};

afterAll(() => orm.close());

describe('what SQL Server is asked', () => {
	test('the tables', async () => {
		const ddl = await orm.schema.getCreateSchemaSQL({ wrap: false });
		await expect(`${ddl.trim()}\n`).toMatchFileSnapshot('snapshots/mssql-tables.sql');
	});

	test('the statements of the hot paths', async () => {
		const text = Object.entries(statements).map(([name, statement]) => {
			const { sql, parameters } = statement.compile();
			return `-- ${name}\n${sql};\n-- ${JSON.stringify(parameters)}\n`;
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
