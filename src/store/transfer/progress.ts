import { DatabaseError } from '../errors.ts';
import type { Queries } from '../tables.ts';
import { TransferError } from './format.ts';

/** The setting that a database has while it is not whole. */
const NAME = 'import';

/** How far an import came: its first `line` lines are in the database, and their rows have this checksum. */
export interface ImportProgress {
	readonly line: number;
	readonly sha256: string;
	readonly asCopy: boolean;
}

const write = ({ line, sha256, asCopy }: ImportProgress) => `${line} ${sha256}${asCopy ? ' copy' : ''}`;

/** Undefined when no import is under way. */
export async function readProgress(db: Queries): Promise<ImportProgress | undefined> {
	const row = await db.selectFrom('settings').select('value').where('name', '=', NAME).executeTakeFirst();
	if (row === undefined) return undefined;
	const [line, sha256 = '', copy] = row.value.split(' ');
	return { line: Number(line), sha256, asCopy: copy !== undefined };
}

export async function beginProgress(db: Queries, progress: ImportProgress): Promise<void> {
	await db
		.insertInto('settings')
		.values({ name: NAME, value: write(progress) })
		.execute();
}

/**
 * Moves it on in the transaction that writes the rows; `undefined` says that the database is whole.
 * @throws TransferError when it does not stand at `from`: another import runs into the same database.
 */
export async function moveProgress(
	db: Queries,
	from: ImportProgress,
	to: ImportProgress | undefined,
): Promise<void> {
	const changed =
		to === undefined
			? (
					await db
						.deleteFrom('settings')
						.where('name', '=', NAME)
						.where('value', '=', write(from))
						.executeTakeFirst()
				).numDeletedRows
			: (
					await db
						.updateTable('settings')
						.set({ value: write(to) })
						.where('name', '=', NAME)
						.where('value', '=', write(from))
						.executeTakeFirst()
				).numUpdatedRows;
	if (Number(changed) !== 1)
		throw new TransferError('Another import runs into the same database: let one of them end.');
}

/** @throws DatabaseError when an import into this database was begun and not ended. */
export async function requireWhole(db: Queries): Promise<void> {
	if ((await readProgress(db)) !== undefined)
		throw new DatabaseError(
			'An import into this database was begun and is not done. Run the same "pendo-message import" again: it goes on where it stopped.',
		);
}
