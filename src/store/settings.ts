import { randomBytes } from 'node:crypto';
import { DatabaseError } from './errors.ts';
import { setDeliveriesAside } from './set-aside.ts';
import type { Queries } from './tables.ts';

/** Which database this is, for ever; a copy of it has another epoch. */
export async function readDatabaseId(db: Queries): Promise<string> {
	const row = await db
		.selectFrom('settings')
		.select('value')
		.where('name', '=', 'database')
		.executeTakeFirst();
	if (row === undefined)
		throw new DatabaseError('The database has no id: it was not set up by this service.');
	return row.value;
}

const NO_EPOCH = 'The database has no epoch: it was not set up by this service.';

/** Which log this is: followers of another one begin again. */
export async function readEpoch(db: Queries): Promise<string> {
	const row = await db.selectFrom('settings').select('value').where('name', '=', 'epoch').executeTakeFirst();
	if (row === undefined) throw new DatabaseError(NO_EPOCH);
	return row.value;
}

/**
 * Declares the log to be another one, and with it what was to be sent to be unknown; answers with the log's new name.
 * Running nodes find out by themselves.
 */
export async function renewEpoch(db: Queries): Promise<string> {
	const epoch = randomBytes(8).toString('hex');
	return db.transaction().execute(async (transaction) => {
		const { numUpdatedRows } = await transaction
			.updateTable('settings')
			.set({ value: epoch })
			.where('name', '=', 'epoch')
			.executeTakeFirst();
		if (Number(numUpdatedRows) !== 1) throw new DatabaseError(NO_EPOCH);
		await setDeliveriesAside(transaction);
		return epoch;
	});
}
