import { MikroORM } from '@mikro-orm/mssql';
import { afterAll, describe, expect, test } from 'vitest';
import { entities } from '../../src/store/entities.ts';
import { mssqlMigrations } from '../../src/store/migrations/mssql.ts';
import { parseTables } from './parse-tables.ts';

/** What the migrations tell SQL Server, without one: held to what the entities make, and read by a person. */
const orm = new MikroORM({ entities: [...entities], dbName: 'pendo' });

afterAll(() => orm.close());

function statementsOf(direction: 'up' | 'down'): readonly { name: string; statements: readonly string[] }[] {
	return mssqlMigrations.map(({ name, class: Migration }) => {
		const migration = new Migration(orm.em.getDriver(), orm.config);
		migration[direction]();
		return { name, statements: migration.getQueries().map((query) => String(query).replace(/\s+/g, ' ')) };
	});
}

const up = statementsOf('up').flatMap(({ statements }) => statements);

describe("SQL Server's migrations", () => {
	test('make the tables that the entities describe', async () => {
		const ddl = await orm.schema.getCreateSchemaSQL({ wrap: false });
		expect(parseTables(up)).toEqual(parseTables(ddl.split(/;\n/)));
	});

	test.each([
		['column', 'reply_to_id uniqueidentifier null, ', ''],
		['type', 'name nvarchar(200)', 'name nvarchar(100)'],
		['collation', 'send_key nvarchar(43) collate Latin1_General_100_BIN2', 'send_key nvarchar(43)'],
		['nullability', 'body nvarchar(max) not null', 'body nvarchar(max) null'],
		[
			'primary key',
			'messages_pkey primary key (conversation_id, sequence)',
			'messages_pkey primary key (id)',
		],
		['index', 'create unique index messages_id_unique', 'create index messages_id_unique'],
		['condition', ' where conversation_id is not null and send_key is not null', ''],
	])('would be caught with another %s', (_, text, other) => {
		const changed = up.map((statement) => statement.replace(text, other));
		expect(changed).not.toEqual(up);
		expect(parseTables(changed)).not.toEqual(parseTables(up));
	});

	test('undo what they do', () => {
		const down = statementsOf('down').toReversed();
		expect(parseTables([...up, ...down.flatMap(({ statements }) => statements)])).toEqual({});
	});

	test('are these statements', async () => {
		const text = (['up', 'down'] as const).flatMap((direction) =>
			statementsOf(direction).map(
				({ name, statements }) => `-- ${name} ${direction}\n${statements.join(';\n')};\n`,
			),
		);
		await expect(text.join('\n')).toMatchFileSnapshot('snapshots/mssql-migrations.sql');
	});

	test('use nothing outside the shared subset of T-SQL', () => {
		for (const statement of up)
			expect(statement).not.toMatch(/\bmerge\b|\bgo\b|##|\b(varchar|n?text|datetime)\b(?!2)/i);
	});
});
