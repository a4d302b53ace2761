import type { ConversationEvent } from '../conversations/model.ts';

/** `after` cannot be served from the log: the client loads the history again and goes on after `resumeFrom`. */
export interface HistoryReset {
	readonly type: 'HistoryReset';
	readonly conversationId: string;
	/** The head at that moment, as is resumeFrom. */
	readonly sequence: number;
	readonly occurredAt: Date;
	readonly actorId: null;
	readonly reason: 'AHEAD' | 'PURGED' | 'REPLACED';
	readonly resumeFrom: number;
}

/** Something to deliver. Whoever makes a text of it keeps that under its id. */
export interface Delivery {
	readonly event: ConversationEvent | HistoryReset;
	/** Another one for each state of an event, so that no text of an earlier state is found again. */
	readonly id: number;
	/** Milliseconds since the epoch; undefined where it was read from the log. */
	readonly committedAt: number | undefined;
	/** Whether its lag was told already: the first follower's counts. */
	isMeasured: boolean;
}

let nextId = 0;

/** An event as something to deliver. */
export function delivery(event: ConversationEvent | HistoryReset, committedAt?: number): Delivery {
	return { event, id: nextId++, committedAt, isMeasured: false };
}

/** What an event holds beside its body, roughly. */
const EVENT_BYTES = 1_000;

/** The newest events of a log, without gaps, bounded by number and bytes. A resume within it reads no database. */
export class Ring {
	readonly #capacity: number;
	readonly #maxBytes: number;
	readonly #slots: Delivery[] = [];
	#head: number;
	#size = 0;
	#bytes = 0;

	constructor(capacity: number, maxBytes: number, head: number) {
		this.#capacity = capacity;
		this.#maxBytes = maxBytes;
		this.#head = head;
	}

	/** The newest sequence known; its event need not be held. */
	get head(): number {
		return this.#head;
	}

	/** @throws RangeError unless it is the head's next. */
	push(event: ConversationEvent, committedAt?: number): void {
		if (event.sequence !== this.#head + 1)
			throw new RangeError(`The ring ends at ${this.#head}, so ${event.sequence} cannot follow.`);
		this.#rewrite(event);
		if (this.#size === this.#capacity) this.#dropOldest();
		this.#head = event.sequence;
		this.#slots[event.sequence % this.#capacity] = delivery(event, committedAt);
		this.#size++;
		this.#bytes += bytesOf(event);
		while (this.#bytes > this.#maxBytes && this.#size > 1) this.#dropOldest();
	}

	get(sequence: number): Delivery | undefined {
		if (sequence > this.#head || sequence <= this.#head - this.#size) return undefined;
		return this.#slots[sequence % this.#capacity];
	}

	/** Forgets all events: another log, or nobody to keep them for. */
	reset(head: number): void {
		this.#head = head;
		this.#size = 0;
		this.#bytes = 0;
		this.#slots.length = 0;
	}

	#dropOldest(): void {
		const index = (this.#head - this.#size + 1) % this.#capacity;
		const oldest = this.#slots[index];
		if (oldest !== undefined) this.#bytes -= bytesOf(oldest.event);
		delete this.#slots[index];
		this.#size--;
	}

	/**
	 * No earlier event may bring back the body that an edit or a deletion replaced: neither one of that message, nor
	 * one whose text shows it by a reply.
	 */
	#rewrite({ type, message }: ConversationEvent): void {
		if (message === null || type === 'MessageSent' || type === 'DeliveryChanged') return;
		for (let sequence = this.#head - this.#size + 1; sequence <= this.#head; sequence++) {
			const index = sequence % this.#capacity;
			const { event, committedAt, isMeasured } = this.#slots[index] as Delivery;
			const isOfMessage = event.type !== 'HistoryReset' && event.messageId === message.id;
			if (isOfMessage) this.#bytes += bytesOf({ ...event, message }) - bytesOf(event);
			const rewritten = delivery(isOfMessage ? { ...event, message } : event, committedAt);
			rewritten.isMeasured = isMeasured;
			this.#slots[index] = rewritten;
		}
	}
}

function bytesOf(event: ConversationEvent | HistoryReset): number {
	const body = event.type === 'HistoryReset' ? '' : (event.message?.body ?? '');
	return EVENT_BYTES + 2 * body.length;
}
