import { MikroORM as PostgreSqlORM } from '@mikro-orm/postgresql';
import type { MikroORM } from '@mikro-orm/sql';
import { MikroORM as SqliteORM } from '@mikro-orm/sqlite';
import { entities } from './entities.ts';
import type { Settings } from './settings.ts';

export type Database = MikroORM;

const OPTIONS = {
	entities,
	// Entities are forked per request; nothing here uses the global identity map.
	allowGlobalContext: false,
};

/** Opens (and creates) what the product would, as durably, with a pool as large as the product's. */
export async function openDatabase({ databaseUrl, poolSize }: Settings): Promise<Database> {
	if (databaseUrl.startsWith('sqlite:')) return openSqlite(databaseUrl.slice('sqlite:'.length));
	const orm = await PostgreSqlORM.init({
		...OPTIONS,
		// The product's tables have none to check either.
		schemaGenerator: { createForeignKeyConstraints: false },
		clientUrl: databaseUrl,
		pool: { min: 0, max: poolSize },
	});
	await orm.schema.update();
	return orm;
}

/** WAL, every commit synced to the disk. */
async function openSqlite(file: string): Promise<Database> {
	const orm = await SqliteORM.init({ ...OPTIONS, dbName: file });
	for (const pragma of [
		'journal_mode = WAL',
		'synchronous = FULL',
		'busy_timeout = 5000',
		'cache_size = -65536',
	]) {
		await orm.em.getConnection().execute(`PRAGMA ${pragma}`);
	}
	await orm.schema.update();
	// As on PostgreSQL; its generator writes no tables without them.
	await orm.em.getConnection().execute('PRAGMA foreign_keys = OFF');
	return orm;
}
