import { isOpen } from '../conversations/delivery.ts';
import type {
	Attachment,
	AttemptOutcome,
	ChannelFamily,
	Delivery,
	DeliveryAttempt,
	DeliveryStatus,
	Incoming,
	OptOut,
	OutsideChannel,
	Thread,
} from '../conversations/outside.ts';
import type { OpenDelivery, Receipt } from '../conversations/store.ts';
import type { DueDelivery } from '../outbound/store.ts';
import { flag, instant, instantOrNull, type Nullable, type Row, uuid } from './rows.ts';

/*
 * Rows of what goes out and comes in to the domain (`to…`) and back (`from…`), as in rows.ts.
 */

export function toThread(row: Row<'threads'>): Thread {
	return {
		pairKey: row.pair_key,
		generation: row.generation,
		conversationId: uuid(row.conversation_id),
		family: row.family as ChannelFamily,
		ownAddress: row.own_address,
		contactAddress: row.contact_address,
	};
}

export function fromThread(thread: Thread) {
	return {
		pair_key: thread.pairKey,
		generation: thread.generation,
		conversation_id: thread.conversationId,
		family: thread.family,
		own_address: thread.ownAddress,
		contact_address: thread.contactAddress,
	};
}

/** Without the columns that only indexes need. */
export type DeliveryRow = Omit<Row<'deliveries'>, 'open_sequence' | 'due_at'>;

export function toDelivery(row: DeliveryRow): Delivery {
	return {
		messageId: uuid(row.message_id),
		conversationId: uuid(row.conversation_id),
		sequence: row.sequence,
		channel: row.channel as OutsideChannel,
		status: row.status as DeliveryStatus,
		from: row.from_address,
		to: row.to_address,
		requestedAt: instant(row.requested_at),
		provider: row.provider ?? null,
		attempts: row.attempts,
		tries: row.tries,
		nextAttemptAt: instantOrNull(row.next_attempt_at),
		leaseUntil: instantOrNull(row.lease_until),
		providerMessageId: row.provider_message_id ?? null,
		error: row.error ?? null,
		uncertain: flag(row.uncertain),
		updatedAt: instant(row.updated_at),
	};
}

/** What changes of a delivery, with the key that it is found by. `markDue` says afterwards which are due. */
export function fromChangedDelivery(delivery: Delivery) {
	return {
		message_id: delivery.messageId,
		status: delivery.status,
		provider: delivery.provider,
		attempts: delivery.attempts,
		tries: delivery.tries,
		next_attempt_at: delivery.nextAttemptAt,
		lease_until: delivery.leaseUntil,
		provider_message_id: delivery.providerMessageId,
		error: delivery.error,
		uncertain: delivery.uncertain,
		updated_at: delivery.updatedAt,
		open_sequence: isOpen(delivery.status) ? delivery.sequence : null,
		due_at: null,
	};
}

export function fromDelivery(delivery: Delivery) {
	return {
		...fromChangedDelivery(delivery),
		conversation_id: delivery.conversationId,
		sequence: delivery.sequence,
		channel: delivery.channel,
		from_address: delivery.from,
		to_address: delivery.to,
		requested_at: delivery.requestedAt,
	};
}

/** The columns that tell where a delivery is. */
export type DueRow = Pick<
	DeliveryRow,
	'message_id' | 'conversation_id' | 'sequence' | 'channel' | 'provider' | 'uncertain'
>;

export function toDueDelivery(row: DueRow): DueDelivery {
	return {
		messageId: uuid(row.message_id),
		conversationId: uuid(row.conversation_id),
		sequence: row.sequence,
		channel: row.channel as OutsideChannel,
		provider: row.provider ?? null,
		uncertain: flag(row.uncertain),
	};
}

/** None of a row of nulls. */
export function toOpenDelivery(
	row: Nullable<Pick<DeliveryRow, 'message_id' | 'conversation_id' | 'sequence'>>,
): readonly OpenDelivery[] {
	const { message_id: messageId, conversation_id: conversationId, sequence } = row;
	if (messageId === null || conversationId === null || sequence === null) return [];
	return [{ messageId: uuid(messageId), conversationId: uuid(conversationId), sequence }];
}

export function toAttempt(row: Row<'delivery_attempts'>): DeliveryAttempt {
	return {
		messageId: uuid(row.message_id),
		number: row.number,
		provider: row.provider,
		startedAt: instant(row.started_at),
		durationMs: row.duration_ms ?? null,
		httpStatus: row.http_status ?? null,
		outcome: row.outcome as AttemptOutcome,
	};
}

export function fromAttempt(attempt: DeliveryAttempt) {
	return {
		message_id: attempt.messageId,
		number: attempt.number,
		provider: attempt.provider,
		started_at: attempt.startedAt,
		duration_ms: attempt.durationMs,
		http_status: attempt.httpStatus,
		outcome: attempt.outcome,
	};
}

export function toAttachment(row: Row<'attachments'>): Attachment {
	return { url: row.url, contentType: row.content_type ?? null, size: row.size ?? null };
}

/** The largest size that the column takes. */
const MAX_SIZE = 2 ** 31 - 1;

export function fromAttachment(messageId: string, position: number, attachment: Attachment) {
	const { url, contentType, size } = attachment;
	return {
		message_id: messageId,
		position,
		url,
		content_type: contentType,
		size: size === null || size > MAX_SIZE ? null : size,
	};
}

export function toIncoming(row: Row<'incoming_messages'>): Incoming {
	return {
		contactAddress: row.contact_address,
		ownAddress: row.own_address,
		provider: row.provider,
		providerMessageId: row.provider_message_id,
		sentAt: instant(row.sent_at),
	};
}

export function fromIncoming(messageId: string, incoming: Incoming) {
	return {
		message_id: messageId,
		contact_address: incoming.contactAddress,
		own_address: incoming.ownAddress,
		provider: incoming.provider,
		provider_message_id: incoming.providerMessageId,
		sent_at: incoming.sentAt,
	};
}

export function fromReceipt({ key, receivedAt }: Receipt) {
	return { receipt_key: key, received_at: receivedAt };
}

export function fromOptOut({ key, family, address, optedOutAt }: OptOut) {
	return { opt_out_key: key, family, address, opted_out_at: optedOutAt };
}
