import { CompiledQuery } from 'kysely';
import type { Database } from '../../src/store/database.ts';

/*
 * What the plans are judged over: 20,000 users, 10,000 conversations of very different size with 200,000 messages in
 * all, written interleaved as time does, an agent in half of the conversations and a customer in three. Half of the
 * messages were delivered; 1,000 are queued in one conversation, and one in each of a hundred others. Of two webhooks one
 * was told nearly all of 50,000 events, and the other is to be told 1,000.
 */

const USERS = 20_000;
export const CONVERSATIONS = 10_000;
/** Messages of the first conversation, of each of the next ten, and of each of the rest. */
const SIZES = { first: 100_000, large: 5_000, small: 5 };
/** Of the first conversation; every tenth has left. */
const MEMBERS = 5_000;

/** Deliveries of the first conversation, all finished, and of the second, all queued; of the small ones all messages. */
const FINISHED = 50_000;
export const QUEUED = 1_000;

type Kind = 'user' | 'conversation' | 'message' | 'command' | 'webhook' | 'told';

const PREFIXES: Record<Kind, string> = {
	user: '0190aaaa-0000-7000-8000',
	conversation: '0190bbbb-0000-7000-8000',
	message: '0190cccc-0000-7000-8000',
	command: '0190dddd-0000-7000-8000',
	webhook: '0190eeee-0000-7000-8000',
	told: '0190ffff-0000-7000-8000',
};

export function idOf(kind: Kind, number: number): string {
	return `${PREFIXES[kind]}-${number.toString(16).padStart(12, '0')}`;
}

export const LONG = idOf('conversation', 1);
/** Wrote nothing and has read nothing. */
export const AGENT = idOf('user', USERS);
export const CUSTOMER = idOf('user', USERS - 1);
/** The customer's. */
export const OWN = [3_000, 6_001, 9_001].map((number) => idOf('conversation', number));

/** 2026-01-01, and so many seconds later. */
export function instantAfter(seconds: number): Date {
	return new Date(START_MS + seconds * 1000);
}

const START_MS = Date.UTC(2026, 0, 1);

/** Fills empty tables, and lets the server look at them where it would do so by and by. */
export async function fillTables(database: Database): Promise<void> {
	const run = (text: string) => database.queries.executeQuery(CompiledQuery.raw(text));
	const small = CONVERSATIONS - 11;
	const isSqlite = database.dialect.name === 'sqlite';
	const id = (kind: Kind, number: string) =>
		isSqlite
			? `printf('${PREFIXES[kind]}-%012x', ${number})`
			: `('${PREFIXES[kind]}-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
	const instant = (seconds: string) =>
		isSqlite ? `(${START_MS} + (${seconds}) * 1000)` : `to_timestamp(${START_MS / 1000} + (${seconds}))`;
	const series = (to: number) =>
		`with recursive series (n) as (select 1 union all select n + 1 from series where n < ${to})`;
	if (isSqlite) await run('pragma synchronous = off');
	await run(`insert into users (id, subject, name, role, created_at) ${series(USERS)}
		select ${id('user', 'n')}, 'subject-' || n, 'name-' || ((n * 7919) % ${USERS}), 'CUSTOMER', ${instant('n')}
		from series`);
	await run(`insert into conversations (id, subject, channel, status, visibility, creator_id, last_sequence,
			created_at, last_activity_at, closed_at) ${series(CONVERSATIONS)}
		select ${id('conversation', 'n')}, 'Parcel ' || n, case when n % 500 = 0 then 'EMAIL' else 'CHAT' end,
			case when n % 3 = 0 then 'OPEN' else 'RESOLVED' end, 'PRIVATE', ${id('user', '(n * 2)')}, ${sizeOf('n')},
			${instant('n')}, ${instant(`(n * 7919) % ${CONVERSATIONS}`)},
			case when n % 100 = 0 then null else ${instant('n')} end
		from series`);
	await run(`insert into memberships (conversation_id, user_id, joined_at, left_at, left_sequence, last_read_sequence,
			removed) ${series(CONVERSATIONS)}
		select ${id('conversation', '1')}, ${id('user', 'n')}, ${instant(`(n * 7919) % ${MEMBERS}`)},
			case when n % 10 = 0 then ${instant(String(MEMBERS))} end, cast(null as integer), 0, false from series where n <= ${MEMBERS}
		union all select ${id('conversation', 'n')}, ${id('user', '(n * 2 - 2)')}, ${instant('n')}, null, null, 0, false
			from series where n > 1
		union all select ${id('conversation', 'n')}, ${id('user', '(n * 2 - 3)')}, ${instant('n')}, null, null, 0, false
			from series where n > 1
		union all select ${id('conversation', 'n')}, ${id('user', String(USERS))}, ${instant('n')}, null, null, 0, false
			from series where n % 2 = 0
		union all select ${id('conversation', 'n')}, ${id('user', String(USERS - 1))}, ${instant('n')}, null, null, 0,
			false from series where n in (3000, 6001, 9001)`);
	await run(`create table places as ${series(SIZES.first)}
		select sequence, number from (
			select n as sequence, 1 as number, 1.0 * n / ${SIZES.first} as share from series
			union all select (n - 1) / 10 + 1, (n - 1) % 10 + 2, 0.1 * n / ${SIZES.large} from series
				where n <= 10 * ${SIZES.large}
			union all select (n - 1) / ${small} + 1, (n - 1) % ${small} + 12, 1.0 * n / ${small * SIZES.small} from series
				where n <= ${small * SIZES.small}) as places
		order by share`);
	await run(`insert into messages (conversation_id, sequence, id, author_id, body, created_at, edited_at, edit_count,
			deleted_at, client_message_id, send_key, content_hash, reply_to_id, internal, channel)
		select ${id('conversation', 'number')}, sequence, ${id('message', '(number * 100000 + sequence)')},
			${id('user', '(number * 2)')}, 'The parcel left the depot this morning and is on its way to you.',
			${instant('sequence')}, null, 0, null, 'key', 'key-' || sequence, 'hash', null, sequence % 5 = 0, 'CHAT'
		from places`);
	await run(`insert into events (conversation_id, sequence, type, occurred_at, actor_id, message_id, member_id,
			internal, command_id)
		select ${id('conversation', 'number')}, sequence, 'MessageSent', ${instant('sequence')},
			${id('user', '(number * 2)')}, ${id('message', '(number * 100000 + sequence)')}, null, sequence % 5 = 0,
			${id('command', '(number * 100000 + sequence)')}
		from places`);
	await run(`insert into message_revisions (message_id, number, body, created_at) ${series(MEMBERS)}
		select ${id('message', '(100000 + n)')}, 1, 'The parcel left.', ${instant('n')} from series`);
	await run(`insert into deliveries (message_id, conversation_id, sequence, channel, status, from_address, to_address,
			requested_at, provider, attempts, tries, next_attempt_at, lease_until, provider_message_id, error, uncertain,
			updated_at, open_sequence, due_at)
		select ${id('message', '(number * 100000 + sequence)')}, ${id('conversation', 'number')}, sequence,
			case when number % 500 = 0 then 'EMAIL' else 'SMS' end, status,
			'+11234567890', '+10987654321', ${instant('sequence')}, 'webhook', 1, 1,
			case when status in ('QUEUED', 'RETRYING') then ${instant('sequence')} end,
			case when status = 'SENDING' then ${instant('number')} end,
			case when status = 'DELIVERED' then 'provider-' || (number * 100000 + sequence) end, null, false,
			${instant('number + sequence')},
			case when status in ('QUEUED', 'SENDING', 'RETRYING') then sequence end,
			case when status in ('QUEUED', 'RETRYING') and (number > 2 or sequence = 1) then ${instant('sequence')} end
		from (select number, sequence, case
				when number = 2 then 'QUEUED'
				when number > 11 and sequence = 5 and number % 100 < 3 then
					case number % 100 when 0 then 'QUEUED' when 1 then 'RETRYING' else 'SENDING' end
				when number % 100 = 3 then 'DEAD'
				else 'DELIVERED' end as status
			from places where number > 11 or number = 1 and sequence <= ${FINISHED} or number = 2 and sequence <= ${QUEUED})
			as chosen`);
	await run(`insert into delivery_attempts (message_id, number, provider, started_at, duration_ms, http_status, outcome)
		select message_id, 1, provider, requested_at, 20, 200, 'ACCEPTED' from deliveries`);
	await run(`insert into attachments (message_id, position, url, content_type, size)
		select message_id, 0, 'https://example.com/parcel.png', null, null from deliveries`);
	await run(`insert into threads (pair_key, generation, conversation_id, family, own_address, contact_address)
		${series(CONVERSATIONS)} select 'pair-' || (n / 2), n % 2, ${id('conversation', 'n')}, 'PHONE', '+11234567890',
			'+10987654321' from series`);
	await run(`insert into webhook_receipts (receipt_key, received_at) ${series(20_000)}
		select 'receipt-' || n, ${instant('n')} from series`);
	await run(`insert into opt_outs (opt_out_key, family, address, opted_out_at) ${series(20_000)}
		select 'contact-' || n, 'PHONE', '+10987654321', ${instant('n')} from series`);
	await run(`insert into webhook_deliveries (id, webhook_id, conversation_id, sequence, event, status, attempts, tries,
			next_attempt_at, lease_until, error, created_at, updated_at)
		select ${id('told', '(number * 100000 + sequence)')}, ${id('webhook', 'number')}, ${id('conversation', 'number')},
			sequence, 'MESSAGE_SENT', status, 1, 1,
			case when status in ('QUEUED', 'RETRYING') then ${instant('sequence')} end,
			case when status = 'SENDING' then ${instant('sequence')} end, null, ${instant('sequence')},
			${instant('sequence')}
		from (select number, sequence, case
				when number = 2 then 'QUEUED'
				when sequence % 500 = 0 then 'DEAD'
				when sequence % 500 = 1 then 'SENDING'
				when sequence % 500 = 2 then 'RETRYING'
				else 'DELIVERED' end as status
			from places where number = 1 and sequence <= ${FINISHED} or number = 2 and sequence <= ${QUEUED}) as chosen`);
	await run(`insert into webhook_attempts (delivery_id, number, started_at, duration_ms, http_status, outcome)
		select id, 1, created_at, 20, 200, 'ACCEPTED' from webhook_deliveries`);
	await run('drop table places');
	// PostgreSQL does so by itself now and then; SQLite has no statistics unless it is asked to.
	if (!isSqlite) await run('vacuum analyze');
}

function sizeOf(number: string): string {
	return `(case when ${number} = 1 then ${SIZES.first} when ${number} <= 11 then ${SIZES.large} else ${SIZES.small} end)`;
}
