import type { MikroORM } from '@mikro-orm/sql';
import { type Kysely, sql } from 'kysely';
import { StoreUnavailable } from '../conversations/store.ts';
import { DatabaseError, findCause, messageOf } from './errors.ts';
import type { Tables } from './tables.ts';

/** Runs `work` while nobody else migrates the same database. */
export type Exclusively = <T>(work: () => Promise<T>) => Promise<T>;

export interface Migrations {
	/** In the order in which they were applied. */
	readonly applied: readonly { readonly name: string; readonly at: Date }[];
	/** In the order in which they are to be applied. */
	readonly pending: readonly string[];
	/** Applied by another version of the service, which knows more. */
	readonly unknown: readonly string[];
}

/** Only reads: a database that was never migrated stays as it is. */
export async function readMigrations(orm: MikroORM): Promise<Migrations> {
	const applied = await readApplied(orm);
	const names = applied.map(({ name }) => name);
	const known = (orm.config.get('migrations').migrationsList ?? []).map(({ name }) => name);
	return {
		applied,
		pending: known.filter((name) => !names.includes(name)),
		unknown: names.filter((name) => !known.includes(name)),
	};
}

async function readApplied(orm: MikroORM): Promise<Migrations['applied']> {
	const { tableName = '' } = orm.config.get('migrations');
	const queries: Kysely<Tables> = orm.em.getKysely<Tables>();
	try {
		// Not by way of the information schema, which hides tables that the user may not read.
		const { rows } = await sql<{ readonly name: string; readonly executed_at: Date | number | string }>`
			select name, executed_at from ${sql.table(tableName)} order by id`.execute(queries);
		return rows.map(({ name, executed_at: at }) => ({ name, at: new Date(at) }));
	} catch (error) {
		if (isUndefinedTable(error)) return [];
		throw error;
	}
}

/** As PostgreSQL, SQL Server and SQLite say it. */
function isUndefinedTable(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	const isOfServer =
		('code' in error && error.code === '42P01') || ('number' in error && error.number === 208);
	return isOfServer || error.message.startsWith('no such table: ');
}

/**
 * Applies what is missing, all of it or nothing; answers with the names of what it applied.
 * @throws DatabaseError when one of them fails, or the tables are those of a newer version.
 */
export async function migrateUp(orm: MikroORM, exclusively: Exclusively): Promise<readonly string[]> {
	const { pending, unknown } = await readMigrations(orm);
	requireKnown(unknown);
	if (pending.length === 0) return [];
	return exclusively(() => run(orm, 'up'));
}

/**
 * Undoes the last one; answers with its name, if there was one. What stood in its tables and columns is lost.
 * @throws DatabaseError when that fails, or it is one of a newer version.
 */
export async function migrateDown(orm: MikroORM, exclusively: Exclusively): Promise<string | undefined> {
	requireKnown((await readMigrations(orm)).unknown);
	return (await exclusively(() => run(orm, 'down')))[0];
}

/** @throws DatabaseError when the tables are not those that this version works with. */
export async function requireCurrentSchema(orm: MikroORM): Promise<void> {
	const { applied, pending, unknown } = await readMigrations(orm);
	requireKnown(unknown);
	if (pending.length === 0) return;
	const state =
		applied.length === 0
			? 'The database has no tables yet'
			: `The database's tables are older than this service (missing: ${pending.join(', ')})`;
	throw new DatabaseError(`${state}. Run "pendo-message migrate up", or set DATABASE_MIGRATE=auto.`);
}

function requireKnown(unknown: readonly string[]): void {
	if (unknown.length === 0) return;
	throw new DatabaseError(
		`The database was migrated by a newer version of the service (${unknown.join(', ')}): use that one.`,
	);
}

const DONE = { up: 'applied', down: 'undone' } as const;

/** All in one transaction, with the list of what is applied. */
async function run({ migrator }: MikroORM, direction: 'up' | 'down'): Promise<readonly string[]> {
	let current = '';
	const note = ({ name }: { readonly name: string }) => {
		current = name;
	};
	migrator.on('migrating', note).on('reverting', note);
	try {
		return (await migrator[direction]()).map(({ name }) => name);
	} catch (error) {
		const unavailable = findCause(error, StoreUnavailable);
		const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
		const reason = messageOf(unavailable ?? cause).replace(/\.$/, '');
		if (current === '')
			throw new DatabaseError(`The migrations cannot be ${DONE[direction]}: ${reason}.`, { cause: error });
		const outcome =
			unavailable === undefined
				? 'The database is as it was before'
				: `"pendo-message migrate status" tells whether it was ${DONE[direction]}`;
		throw new DatabaseError(`The migration ${current} failed: ${reason}. ${outcome}.`, { cause: error });
	} finally {
		migrator.off('migrating', note).off('reverting', note);
	}
}
