import type { Compilable } from 'kysely';
import type { Message } from '../conversations/model.ts';
import type { Outside } from '../conversations/outside.ts';
import { toAttachment, toDelivery, toIncoming } from './outside-rows.ts';
import { uuid } from './rows.ts';
import type { Queries } from './tables.ts';

/*
 * What messages have outside, beside their own rows. Only those that travel are asked for: CHAT costs no statement.
 */

/** Runs a statement for these ids; `name` and their number say what its text is. */
export type ReadByIds = <Row>(
	name: string,
	ids: readonly string[],
	build: (ids: readonly string[]) => Compilable<Row>,
) => Promise<readonly Row[]>;

const DELIVERY_COLUMNS = [
	'message_id',
	'conversation_id',
	'sequence',
	'channel',
	'status',
	'from_address',
	'to_address',
	'requested_at',
	'provider',
	'attempts',
	'tries',
	'next_attempt_at',
	'lease_until',
	'provider_message_id',
	'error',
	'uncertain',
	'updated_at',
] as const;

export function deliveriesOf(db: Queries, messageIds: readonly string[]) {
	return db.selectFrom('deliveries').select(DELIVERY_COLUMNS).where('message_id', 'in', messageIds);
}

export function incomingOf(db: Queries, messageIds: readonly string[]) {
	return db.selectFrom('incoming_messages').selectAll().where('message_id', 'in', messageIds);
}

/** Of each message in their order. */
export function attachmentsOf(db: Queries, messageIds: readonly string[]) {
	return db
		.selectFrom('attachments')
		.selectAll()
		.where('message_id', 'in', messageIds)
		.orderBy('message_id')
		.orderBy('position');
}

/** The same messages in the same order, with what they have outside as it stands then. */
export async function withOutside<M extends Message>(
	db: Queries,
	messages: readonly M[],
	read: ReadByIds,
): Promise<readonly M[]> {
	const travelling = messages.filter(({ channel, internal }) => channel !== 'CHAT' && !internal);
	const ids = [...new Set(travelling.map(({ id }) => id))];
	if (ids.length === 0) return messages;
	const found = await readOutside(db, ids, read);
	return messages.map((message) => ({ ...message, outside: found.get(message.id) ?? null }));
}

/** By message; one that neither went out nor came in is absent. */
async function readOutside(
	db: Queries,
	ids: readonly string[],
	read: ReadByIds,
): Promise<ReadonlyMap<string, Outside>> {
	const deliveries = (await read('deliveries', ids, (some) => deliveriesOf(db, some))).map(toDelivery);
	const outgoing = new Set(deliveries.map(({ messageId }) => messageId));
	const others = ids.filter((id) => !outgoing.has(id));
	const incoming = others.length > 0 ? await read('incoming', others, (some) => incomingOf(db, some)) : [];
	const attachments = await read('attachments', ids, (some) => attachmentsOf(db, some));
	const attached = Map.groupBy(attachments, (row) => uuid(row.message_id));
	const attachmentsTo = (id: string) => (attached.get(id) ?? []).map(toAttachment);
	const outside = new Map<string, Outside>();
	for (const delivery of deliveries) {
		const { messageId: id } = delivery;
		outside.set(id, { delivery, incoming: null, attachments: attachmentsTo(id) });
	}
	for (const row of incoming) {
		const id = uuid(row.message_id);
		outside.set(id, { delivery: null, incoming: toIncoming(row), attachments: attachmentsTo(id) });
	}
	return outside;
}
