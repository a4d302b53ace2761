import { randomBytes } from 'node:crypto';
import { Migration } from '@mikro-orm/migrations';
import type { MikroORM } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { DatabaseError } from '../../src/store/errors.ts';
import { migrateDown, migrateUp, readMigrations } from '../../src/store/migrate.ts';
import { createTestDatabase, databasesFor, NO_NOTICES, type TestDatabase } from '../support/databases.ts';
import { startPostgresProxy } from '../support/postgres-proxy.ts';
import { runSql } from '../support/run-sql.ts';
import { drift, dump, open } from './migrated-database.ts';

/** Fails at its second statement. */
class Broken extends Migration {
	override up(): void {
		this.addSql('create table half_done (id int)');
		this.addSql('create table users (id int)');
	}
}

/** The migrations of this version and one more. */
function addLast(orm: MikroORM, name: string, migration: typeof Broken): void {
	const migrations = orm.config.get('migrations');
	const migrationsList = [...(migrations.migrationsList ?? []), { name, class: migration }];
	orm.config.set('migrations', { ...migrations, migrationsList });
}

const addBroken = (orm: MikroORM) => addLast(orm, '9999-broken', Broken);

const namesOf = (orm: MikroORM) =>
	(orm.config.get('migrations').migrationsList ?? []).map(({ name }) => name);

describe.each(databasesFor('the migrations'))('the migrations on %s', (kind) => {
	let database: TestDatabase;

	beforeEach(async () => {
		database = await createTestDatabase(kind, { migrated: false });
	});
	afterEach(() => database.drop());

	test('make exactly the tables that the entities describe', () =>
		open(database, async ({ orm, exclusively }) => {
			expect(await migrateUp(orm, exclusively)).toEqual(namesOf(orm));
			expect((await drift(orm)).trim()).toBe('');
		}));

	test.each([
		['column', 'alter table messages drop column reply_to_id', /reply_to_id/],
		['index', 'drop index memberships_user_index', /create index .?memberships_user_index/],
		['unique index', 'drop index messages_id_unique', /messages_id_unique/],
		['table', 'drop table message_revisions', /create table .?message_revisions/],
	])('would be caught without a %s', (_, damage, found) =>
		open(database, async ({ orm, queries, exclusively }) => {
			await migrateUp(orm, exclusively);
			const statement = kind === 'postgresql' ? asConstraint(damage) : damage;
			await sql.raw(kind === 'mssql' ? asOnTable(statement) : statement).execute(queries);
			expect(await drift(orm)).toMatch(found);
		}),
	);

	test('applied twice change nothing, and can be undone one by one', () =>
		open(database, async ({ orm, exclusively }) => {
			const names = await migrateUp(orm, exclusively);
			expect(await migrateUp(orm, exclusively)).toEqual([]);
			for (const name of names.toReversed()) expect(await migrateDown(orm, exclusively)).toBe(name);
			expect(await migrateDown(orm, exclusively)).toBeUndefined();
			expect(await readMigrations(orm)).toEqual({ applied: [], pending: names, unknown: [] });
			// Nothing of them is in the way.
			expect(await migrateUp(orm, exclusively)).toEqual(names);
		}));

	test('are told with the moment at which they were applied, and telling changes nothing', () =>
		open(database, async ({ orm, exclusively }) => {
			const names = namesOf(orm);
			expect(await readMigrations(orm)).toEqual({ applied: [], pending: names, unknown: [] });
			expect(await drift(orm)).toMatch(/create table .?users/);
			const before = Date.now() - 2_000;
			await migrateUp(orm, exclusively);
			const { applied, pending } = await readMigrations(orm);
			expect(applied.map(({ name }) => name)).toEqual(names);
			expect(pending).toEqual([]);
			for (const { at } of applied) {
				expect(at.getTime()).toBeGreaterThan(before);
				expect(at.getTime()).toBeLessThan(Date.now() + 2_000);
			}
		}));

	test('keep nothing of an attempt in which one fails', () =>
		open(database, async ({ orm, exclusively }) => {
			addBroken(orm);
			const failure = await migrateUp(orm, exclusively).catch((error: unknown) => error);
			expect(failure).toBeInstanceOf(DatabaseError);
			expect(String(failure)).toMatch(
				/The migration 9999-broken failed: .*users.*already.*\. The database is as it was before\.$/,
			);
			expect(await readMigrations(orm)).toEqual({ applied: [], pending: namesOf(orm), unknown: [] });
			expect(await drift(orm)).toMatch(/create table .?users/);
		}));

	test('keep the data when a later one fails', () =>
		open(database, async (opened) => {
			const { orm, exclusively } = opened;
			await migrateUp(orm, exclusively);
			const before = await dump(opened);
			await open(database, async (again) => {
				addBroken(again.orm);
				await expect(migrateUp(again.orm, again.exclusively)).rejects.toThrow('9999-broken');
			});
			expect(await dump(opened)).toEqual(before);
			await expect(sql`select * from half_done`.execute(opened.queries)).rejects.toThrow('half_done');
		}));

	test('of a newer version are left alone', () =>
		open(database, async ({ orm, queries, exclusively }) => {
			await migrateUp(orm, exclusively);
			await sql`insert into mikro_orm_migrations (name) values ('9998-of-tomorrow')`.execute(queries);
			expect((await readMigrations(orm)).unknown).toEqual(['9998-of-tomorrow']);
			const newer = 'migrated by a newer version of the service (9998-of-tomorrow): use that one.';
			await expect(migrateDown(orm, exclusively)).rejects.toThrow(newer);
			await expect(migrateUp(orm, exclusively)).rejects.toThrow(newer);
			for (const migrate of [true, false])
				await expect(openDatabase({ ...database.config, migrate }, NO_NOTICES)).rejects.toThrow(newer);
		}));
});

describe.each(databasesFor('other columns').filter((kind) => kind === 'postgresql'))('on %s', (kind) => {
	test.each([
		['collation', 'alter table users alter column name type varchar(200) collate "default"', /name/],
		['length', 'alter table users alter column name type varchar(100) collate "C"', /name/],
		['type', 'alter table messages alter column edit_count type bigint', /edit_count/],
		['nullability', 'alter table messages alter column body drop not null', /body/],
	])('a column of another %s would be caught', async (_, damage, found) => {
		const database = await createTestDatabase(kind);
		try {
			await open(database, async ({ orm, queries }) => {
				await sql.raw(damage).execute(queries);
				expect(await drift(orm)).toMatch(found);
			});
		} finally {
			await database.drop();
		}
	});
});

describe.each(databasesFor('migrations and their rights').filter((kind) => kind === 'postgresql'))(
	'migrations on %s',
	(kind) => {
		let database: TestDatabase;
		const role = `reader_${randomBytes(6).toString('hex')}`;

		beforeEach(async () => {
			database = await createTestDatabase(kind, { migrated: false });
		});
		afterEach(() => database.drop());

		/** The database as a user without any rights sees it. */
		async function asNobody(check: (nobody: TestDatabase) => Promise<void>): Promise<void> {
			await runSql(database.config, `create role ${role} login; revoke create on schema public from public`);
			const url = new URL(database.url);
			url.username = role;
			if (database.config.kind === 'sqlite') throw new Error('Not a server.');
			try {
				await check({ ...database, url: url.href, config: { ...database.config, url: url.href } });
			} finally {
				await runSql(database.config, `drop owned by ${role}; drop role ${role}`);
			}
		}

		test('that may not be read are not told to be missing', async () => {
			await (await openDatabase({ ...database.config, migrate: true }, NO_NOTICES)).close();
			await asNobody(async ({ config }) => {
				await expect(openDatabase({ ...config, migrate: false }, NO_NOTICES)).rejects.toThrow(
					/permission denied for table mikro_orm_migrations/,
				);
			});
		});

		test('that may make no table say so', () =>
			asNobody((nobody) =>
				open(nobody, async ({ orm, exclusively }) => {
					await expect(migrateUp(orm, exclusively)).rejects.toThrow(
						/^The migrations cannot be applied: .*permission denied for schema public\.$/,
					);
				}),
			));

		test('whose COMMIT is lost claim nothing of what became of them', async () => {
			const proxy = await startPostgresProxy(Number(new URL(database.url).port || 5432));
			if (database.config.kind === 'sqlite') throw new Error('Not a server.');
			const url = new URL(database.url);
			url.hostname = '127.0.0.1';
			url.port = String(proxy.port);
			const config = { ...database.config, url: url.href };
			await open({ ...database, config }, async ({ orm, exclusively }) => {
				void proxy.loseCommit('unanswered');
				await expect(migrateUp(orm, exclusively)).rejects.toThrow(
					/^The migration \S+ failed: .+\. "pendo-message migrate status" tells whether it was applied\.$/,
				);
				expect((await readMigrations(orm)).pending).toEqual([]);
			});
			await proxy.close();
		});
	},
);

/** What is an index elsewhere is a constraint on PostgreSQL. */
function asConstraint(statement: string): string {
	return statement === 'drop index messages_id_unique'
		? 'alter table messages drop constraint messages_id_unique'
		: statement;
}

/** SQL Server names the table of an index. */
function asOnTable(statement: string): string {
	return statement.replace(/^drop index ([a-z]+)(_\w+)$/, 'drop index $1$2 on $1');
}
