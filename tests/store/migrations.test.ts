import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MikroORM } from '@mikro-orm/sql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectSqlite } from '../../src/store/sqlite.ts';

let directory: string;
let orm: MikroORM;

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'pendo-message-'));
	orm = await connectSqlite(join(directory, 'test.db'));
});

afterEach(async () => {
	await orm.close();
	await rm(directory, { recursive: true, force: true });
});

test('the migrations make exactly the tables that the entities describe', async () => {
	await orm.migrator.up();
	const drift = await orm.schema.getUpdateSchemaSQL({ wrap: false, dropTables: false });
	expect(drift.trim()).toBe('');
});

test('the comparison would see a missing column', async () => {
	await orm.migrator.up();
	await orm.em.execute('alter table conversations drop column closed_at');
	expect(await orm.schema.getUpdateSchemaSQL({ wrap: false, dropTables: false })).toContain('closed_at');
});

test('applied twice they change nothing, and they can be undone', async () => {
	await orm.migrator.up();
	expect(await orm.migrator.up()).toEqual([]);
	await orm.migrator.down();
	const tables = await orm.em.execute<{ name: string }[]>(
		"select name from sqlite_master where type = 'table' and name not like 'sqlite%' and name not like 'mikro%'",
	);
	expect(tables).toEqual([]);
});
