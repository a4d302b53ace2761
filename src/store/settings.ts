import type { Queries } from './tables.ts';

/** Which log this is: followers of another one begin again. */
export async function readEpoch(db: Queries): Promise<string> {
	const row = await db.selectFrom('settings').select('value').where('name', '=', 'epoch').executeTakeFirst();
	if (row === undefined) throw new Error('The database has no epoch: it was not set up by this service.');
	return row.value;
}
