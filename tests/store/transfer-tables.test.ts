import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Maintenance, maintain } from '../../src/store/maintenance.ts';
import { pagesOf } from '../../src/store/transfer/pages.ts';
import { transferTables } from '../../src/store/transfer/tables.ts';
import { createTestDatabase, databasesFor, NO_NOTICES, type TestDatabase } from '../support/databases.ts';
import { converse, mutate, range, send, userId } from '../support/live.ts';
import { startService } from '../support/service.ts';
import { exportText, importText, linesOf } from '../support/transfer.ts';

const ON_SERVERS = `select table_name as "table", column_name as "column" from information_schema.columns
	where table_name in (select table_name from information_schema.tables where table_type = 'BASE TABLE')
	and table_schema = `;
/** Every column of every table that the database has. */
const COLUMNS = {
	sqlite: `select t.name as "table", c.name as "column" from sqlite_master t join pragma_table_info(t.name) c
		where t.type = 'table' and t.name not like 'sqlite%'`,
	postgresql: `${ON_SERVERS} current_schema()`,
	mssql: `${ON_SERVERS} schema_name()`,
};

describe.each(databasesFor('exported tables'))('%s', (kind) => {
	let database: TestDatabase;

	beforeEach(async () => {
		database = await createTestDatabase(kind);
	});
	afterEach(() => database.drop());

	const onDatabase = <T>(work: (open: Maintenance) => Promise<T>) =>
		maintain(database.config, { patienceMs: 5_000, notices: NO_NOTICES }, work);

	it('an export carries every column of every table', async () => {
		await onDatabase(async ({ orm, queries }) => {
			const carried = transferTables(orm).flatMap(({ name, columns }) =>
				columns.map((column) => `${name}.${column.name}`),
			);
			const { rows } = await sql
				.raw<{ readonly table: string; readonly column: string }>(COLUMNS[kind])
				.execute(queries);
			const there = rows
				.filter(({ table }) => !table.startsWith('mikro_orm_migrations'))
				.map(({ table, column }) => `${table}.${column}`);
			expect(carried.toSorted()).toEqual(there.toSorted());
		});
	});

	it.each([1, 2, 3, 7, 50])(
		'pages of %i rows are all rows in the order of the key, each once',
		async (size) => {
			await onDatabase(async ({ orm, queries, dialect }) => {
				const ids = [1, 2, 3].map((n) => `00000000-0000-7000-8000-00000000000${n}`);
				const numbers = [range(1, 7), [5], range(2, 6)];
				const values = ids.flatMap((message_id, index) =>
					(numbers[index] ?? []).map((number) => ({ message_id, number, body: '', created_at: new Date() })),
				);
				await queries.insertInto('message_revisions').values(values.toReversed()).execute();
				const table = transferTables(orm).find(({ name }) => name === 'message_revisions');
				const read: (readonly [string, unknown])[] = [];
				const sizes: number[] = [];
				if (table)
					for await (const page of pagesOf(queries, dialect, table, size)) {
						sizes.push(page.length);
						read.push(
							...page.map((row) => [String(row['message_id']).toLowerCase(), row['number']] as const),
						);
					}
				expect(read).toEqual(values.map(({ message_id, number }) => [message_id, number]));
				expect(Math.max(...sizes)).toBe(Math.min(size, values.length));
			});
		},
	);

	it('an export is the state at its beginning, whatever a service writes meanwhile', async () => {
		const service = await startService({ DATABASE_URL: database.url });
		const alice = await service.client('Alice');
		const bob = await service.client('Bob');
		const { id } = await converse(alice, [bob]);
		const { id: messageId } = await send(alice, id, 'before');
		const text = await exportText(database, async () => {
			await send(alice, id, 'meanwhile');
			await mutate(alice, 'editMessage', { messageId, body: 'meanwhile' });
			await mutate(alice, 'removeMember', { conversationId: id, userId: await userId(bob) });
			await converse(await service.client('Carol'));
		});
		await service.stop();
		expect(text).toContain('"body":"before"');
		expect(text).not.toMatch(/meanwhile|Carol|MemberLeft/);
		const copy = await createTestDatabase('sqlite');
		try {
			await importText(copy, text);
			expect(linesOf(await exportText(copy)).toSorted()).toEqual(linesOf(text).toSorted());
		} finally {
			await copy.drop();
		}
	});
});
