import type { MikroORM } from '@mikro-orm/sql';
import { DatabaseError } from './errors.ts';
import type { Queries, Tables } from './tables.ts';

/** Runs `work` while no other node migrates the same database. */
export type MigrationLock = (queries: Queries, work: () => Promise<void>) => Promise<void>;

export interface Migrations {
	/** In the order in which they were applied. */
	readonly applied: readonly { readonly name: string; readonly at: Date }[];
	/** In the order in which they are to be applied. */
	readonly pending: readonly string[];
	/** Applied by another version of the service, which knows more. */
	readonly unknown: readonly string[];
}

export async function readMigrations(orm: MikroORM): Promise<Migrations> {
	const { migrator } = orm;
	const applied = await migrator.getExecuted();
	const pending = await migrator.getPending();
	const known = new Set((orm.config.get('migrations').migrationsList ?? []).map(nameOf));
	return {
		applied: applied.map(({ name, executed_at: at }) => ({ name, at: new Date(at) })),
		pending: pending.map(({ name }) => name),
		unknown: applied.map(({ name }) => name).filter((name) => !known.has(name)),
	};
}

function nameOf(migration: { readonly name: string } | (new (...args: never[]) => unknown)): string {
	return migration.name;
}

/** Applies what is missing, one node at a time; answers with the names of what it applied. */
export async function migrateUp(orm: MikroORM, lock: MigrationLock): Promise<readonly string[]> {
	const names: string[] = [];
	await lock(orm.em.getKysely<Tables>(), async () => {
		for (const { name } of await orm.migrator.up()) names.push(name);
	});
	return names;
}

/** Undoes the last one; answers with its name, if there was one. Its tables' data is lost. */
export async function migrateDown(orm: MikroORM, lock: MigrationLock): Promise<string | undefined> {
	let undone: string | undefined;
	await lock(orm.em.getKysely<Tables>(), async () => {
		undone = (await orm.migrator.down())[0]?.name;
	});
	return undone;
}

/** @throws DatabaseError when the tables are not those that this version works with. */
export async function requireCurrentSchema(orm: MikroORM): Promise<void> {
	const { pending, unknown } = await readMigrations(orm);
	if (unknown.length > 0)
		throw new DatabaseError(
			`The database was migrated by a newer version of the service (${unknown.join(', ')}): start that one.`,
		);
	if (pending.length > 0)
		throw new DatabaseError(
			`The database's tables are older than this service (missing: ${pending.join(', ')}). ` +
				'Run "pendo-message migrate up", or set DATABASE_MIGRATE=auto.',
		);
}
