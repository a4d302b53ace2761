import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { v7 as uuidv7 } from 'uuid';

type Row = Record<string, SQLInputValue>;

/**
 * Lengthens the history of the file's only conversation to `total` messages, by copying its newest ones under new
 * ids and sequences straight into the SQLite file of a product that is stopped. Columns that are not keys are copied
 * as they are, so that the tables may grow; a key that is missing is an error of SQLite that names it.
 */
export function lengthenHistory(file: string, total: number): void {
	const database = new DatabaseSync(file);
	try {
		database.exec('PRAGMA synchronous = OFF; BEGIN IMMEDIATE');
		const conversationId = onlyConversation(database);
		const newest = (table: string): Row[] =>
			database
				.prepare(`SELECT * FROM ${table} WHERE conversation_id = ? ORDER BY sequence DESC LIMIT 64`)
				.all(conversationId) as Row[];
		const messages = newest('messages');
		const events = new Map(newest('events').map((event) => [event['message_id'], event]));
		const held = count(database, conversationId);
		let sequence = Number(messages[0]?.['sequence'] ?? 0);
		const insertMessage = inserter(database, 'messages', messages[0]);
		const insertEvent = inserter(database, 'events', [...events.values()][0]);
		for (let copied = held; copied < total; copied += 1) {
			const message = messages[copied % messages.length] ?? {};
			const event = events.get(message['id'] ?? null);
			if (!event) throw new Error(`A message of ${file} has no event.`);
			sequence += 1;
			const id = uuidv7();
			insertMessage({
				...message,
				id,
				sequence,
				client_message_id: `copy-${copied}`,
				send_key: `copy-${copied}`,
			});
			insertEvent({ ...event, sequence, message_id: id, command_id: uuidv7() });
		}
		database.prepare('UPDATE conversations SET last_sequence = ? WHERE id = ?').run(sequence, conversationId);
		database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
	} finally {
		database.close();
	}
}

/** Its key in the tables; the API's ids are opaque. */
function onlyConversation(database: DatabaseSync): string {
	const [conversation, another] = database.prepare('SELECT id FROM conversations LIMIT 2').all();
	if (!conversation || another) throw new Error('There must be exactly one conversation to lengthen.');
	return String(conversation['id']);
}

function count(database: DatabaseSync, conversationId: string): number {
	const counted = database
		.prepare('SELECT count(*) AS n FROM messages WHERE conversation_id = ?')
		.get(conversationId);
	return Number(counted?.['n']);
}

function inserter(database: DatabaseSync, table: string, sample: Row | undefined): (row: Row) => void {
	if (!sample) throw new Error(`There is nothing in ${table} to copy.`);
	const columns = Object.keys(sample);
	const places = columns.map(() => '?').join(', ');
	const statement = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
	return (row) => {
		statement.run(...columns.map((column) => row[column] ?? null));
	};
}
