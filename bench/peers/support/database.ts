import { MikroORM } from '@mikro-orm/sqlite';
import { entities } from './entities.ts';

export type Database = Awaited<ReturnType<typeof openDatabase>>;

/** Opens (and creates) the file as durably as the product does: WAL, every commit synced to the disk. */
export async function openDatabase(file: string) {
	const orm = await MikroORM.init({
		entities,
		dbName: file,
		// Entities are forked per request; nothing here uses the global identity map.
		allowGlobalContext: false,
	});
	for (const pragma of [
		'journal_mode = WAL',
		'synchronous = FULL',
		'busy_timeout = 5000',
		'cache_size = -65536',
	]) {
		await orm.em.getConnection().execute(`PRAGMA ${pragma}`);
	}
	await orm.schema.update();
	// The product's tables have none to check either.
	await orm.em.getConnection().execute('PRAGMA foreign_keys = OFF');
	return orm;
}
