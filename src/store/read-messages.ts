import type { Message } from '../conversations/model.ts';
import type { Database } from './database.ts';
import { messagesRead } from './read.ts';
import { withOutside } from './read-outside.ts';
import { toMessage, uuid } from './rows.ts';

type Reading = Pick<Database, 'queries' | 'statements'>;

/** Whole messages as readers see them, in no order, without what is not there. At least one id. */
export async function readMessages(database: Reading, ids: readonly string[]): Promise<readonly Message[]> {
	const rows = await messagesRead(database.queries, ids).execute();
	return completed(
		database,
		rows.map((row) => toMessage(row, uuid(row.conversation_id))),
	);
}

/** The same messages, with what they have outside. */
export function completed(
	{ queries, statements }: Reading,
	messages: readonly Message[],
): Promise<readonly Message[]> {
	return withOutside(queries, messages, (name, ids, build) =>
		statements.rows(`${name} of ${ids.length}`, ids, () => build(ids)),
	);
}
