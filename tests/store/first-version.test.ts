import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../../src/store/database.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import { createTestDatabase, databasesFor, NO_NOTICES, type TestDatabase } from '../support/databases.ts';
import { type Dump, dump, loadFirstVersion, open } from './migrated-database.ts';

const ID = (suffix: string) => `00000000-0000-7000-8000-0000000000${suffix}`;
const CONVERSATION = ID('10');
const at = (milliseconds: number) => new Date(Date.parse('2026-01-01T00:00:00.123Z') + milliseconds);

describe.each(databasesFor('data of the first version'))('data of the first version on %s', (kind) => {
	let database: TestDatabase;
	let before: Dump;
	let store: Store;

	beforeEach(async () => {
		database = await createTestDatabase(kind, { migrated: false });
		await open(database, async (opened) => {
			await opened.orm.migrator.up({ to: '0001-first-tables' });
			await loadFirstVersion(opened, kind);
			before = await dump(opened);
			await migrateUp(opened.orm, opened.exclusively);
		});
		store = await openStore({ ...database.config, migrate: false }, NO_NOTICES);
	});
	afterEach(async () => {
		await store.close();
		await database.drop();
	});

	test('is there to the last column of each table', async () => {
		const after = await open(database, dump);
		expect(Object.keys(before)).toHaveLength(7);
		for (const [table, rows] of Object.entries(before)) {
			expect(rows, table).not.toEqual([]);
			expect(after[table], table).toMatchObject(rows);
		}
	});

	test('is read as users', async () => {
		const users = await store.users.byIds([ID('01'), ID('02'), ID('03'), ID('04')]);
		expect(users.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
			{ id: ID('01'), subject: 'alice', name: 'Alice', role: 'CUSTOMER' },
			{ id: ID('02'), subject: 'ALICE', name: 'O\'Hara \\ "quoted" ? % $1', role: 'CUSTOMER' },
			{ id: ID('03'), subject: 'agent|7', name: 'שלום 👩‍👩‍👧 العربية', role: 'AGENT' },
			{ id: ID('04'), subject: ' blanks ', name: 'é é 𝒳', role: 'ADMIN' },
		]);
		expect((await store.users.bySubject('ALICE'))?.id).toBe(ID('02'));
	});

	test('is read as conversations with memberships', async () => {
		const { conversations } = store;
		expect(await conversations.epoch()).toBe('of-the-first');
		const [seen] = await conversations.conversations([CONVERSATION], ID('02'));
		expect(seen).toEqual({
			conversation: {
				id: CONVERSATION,
				subject: "😀 Ünïcode, 'quoted' ",
				channel: 'CHAT',
				status: 'OPEN',
				visibility: 'PRIVATE',
				creatorId: ID('01'),
				lastSequence: 7,
				createdAt: at(0),
				lastActivityAt: at(7),
				closedAt: null,
			},
			membership: {
				conversationId: CONVERSATION,
				userId: ID('02'),
				joinedAt: at(0),
				leftAt: at(6),
				leftSequence: 6,
				lastReadSequence: 0,
				removed: true,
			},
		});
		const [closed] = await conversations.conversations([ID('11')], ID('01'));
		expect(closed?.conversation).toMatchObject({ subject: null, status: 'RESOLVED', closedAt: at(5_000) });
		expect(closed?.membership).toBeUndefined();
	});

	test('is read as history and log', async () => {
		const { conversations } = store;
		const history = await conversations.history(CONVERSATION, { notes: true }, { limit: 10, fromEnd: false });
		expect(history.rows).toMatchObject([
			{
				id: ID('20'),
				sequence: 2,
				body: 'It\'s 👩‍👩‍👧, \\ and "both"\n\tlines ?',
				clientMessageId: 'key Ü',
				authorId: ID('01'),
			},
			{ id: ID('21'), body: ' from outside ', authorId: null, editedAt: at(5), replyToId: ID('20') },
			{ id: ID('22'), body: '', internal: true, deletedAt: at(7) },
		]);
		expect(await conversations.revisions(ID('21'))).toEqual([
			{ messageId: ID('21'), number: 1, body: 'شكرا before the edit', createdAt: at(3) },
		]);
		const log = await conversations.eventsAfter(CONVERSATION, 0, 100);
		expect(log.map(({ sequence, type, occurredAt }) => [sequence, type, occurredAt])).toEqual([
			[1, 'MemberJoined', at(1)],
			[2, 'MessageSent', at(2)],
			[3, 'MessageSent', at(3)],
			[4, 'MessageSent', at(4)],
			[5, 'MessageEdited', at(5)],
			[6, 'MemberLeft', at(6)],
			[7, 'MessageDeleted', at(7)],
		]);
	});
});
