import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';

type Row = Record<string, SQLInputValue>;

/**
 * Lengthens the history of the database's only conversation to `total` messages, by copying its newest ones under new
 * ids and sequences straight into the tables of a product that is stopped. Columns that are not keys are copied as they
 * are, so that the tables may grow; a key that is missing is an error of the database that names it.
 */
export async function lengthenHistory(url: string, total: number): Promise<void> {
	if (url.startsWith('sqlite:')) lengthenFile(url.slice('sqlite:'.length), total);
	else await lengthenOnServer(url, total);
}

async function lengthenOnServer(connectionString: string, total: number): Promise<void> {
	const client = new pg.Client({ connectionString });
	await client.connect();
	try {
		const { rows } = await client.query<{ id: string; last_sequence: number }>(
			'select id, last_sequence from conversations limit 2',
		);
		const conversation = only(rows);
		const held = await client.query<{ n: string }>('select count(*) as n from messages');
		const missing = total - Number(held.rows[0]?.n);
		await client.query(`create temp table newest as
			select *, row_number() over (order by sequence) as source
			from (select * from messages order by sequence desc limit 64) as newest`);
		await client.query(`create temp table copies as
			select n, gen_random_uuid() as new_id, 1 + n % (select count(*) from newest) as source
			from generate_series(1, ${missing}) as n`);
		const sequence = `${conversation.last_sequence} + n`;
		const key = "'copy-' || n";
		const message = { id: 'new_id', sequence, client_message_id: key, send_key: key };
		await copy(client, 'messages', 'newest', message);
		await client.query(`create temp table events_of_newest as
			select events.*, source from events join newest on newest.id = events.message_id`);
		const event = { message_id: 'new_id', sequence, command_id: 'gen_random_uuid()' };
		await copy(client, 'events', 'events_of_newest', event);
		await client.query(`update conversations set last_sequence = last_sequence + ${missing}`);
		// As it would be by and by.
		await client.query('vacuum analyze messages, events');
	} finally {
		await client.end();
	}
}

/** A row for each of `copies`, with what `changed` says in the place of the source's. */
async function copy(
	client: pg.Client,
	table: string,
	sources: string,
	changed: Readonly<Record<string, string>>,
): Promise<void> {
	const { fields } = await client.query(`select * from ${table} limit 0`);
	const columns = fields.map(({ name }) => name);
	const values = columns.map((name) => changed[name] ?? `${sources}.${name}`);
	await client.query(`insert into ${table} (${columns.join(', ')})
		select ${values.join(', ')} from copies join ${sources} using (source) order by n`);
}

function lengthenFile(file: string, total: number): void {
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
	const conversation = only(database.prepare('SELECT id FROM conversations LIMIT 2').all());
	return String(conversation['id']);
}

function only<Conversation>([conversation, another]: readonly Conversation[]): Conversation {
	if (!conversation || another) throw new Error('There must be exactly one conversation to lengthen.');
	return conversation;
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
