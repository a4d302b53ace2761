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

/** Something to deliver, with what was made of it already: one text for all who asked the same, by whatever stands for them. */
export interface Delivery {
	readonly event: ConversationEvent | HistoryReset;
	readonly rendered: Map<object, string | Promise<string>>;
}

export function delivery(event: ConversationEvent | HistoryReset): Delivery {
	return { event, rendered: new Map() };
}

/** The newest events of a log, without gaps, bounded by number. A resume within it reads no database. */
export class Ring {
	readonly #capacity: number;
	readonly #slots: Delivery[] = [];
	#head: number;
	#size = 0;

	constructor(capacity: number, head: number) {
		this.#capacity = capacity;
		this.#head = head;
	}

	/** The newest sequence known; its event need not be held. */
	get head(): number {
		return this.#head;
	}

	/** @throws RangeError unless it is the head's next. */
	push(event: ConversationEvent): void {
		if (event.sequence !== this.#head + 1)
			throw new RangeError(`The ring ends at ${this.#head}, so ${event.sequence} cannot follow.`);
		this.#rewrite(event);
		this.#head = event.sequence;
		this.#slots[event.sequence % this.#capacity] = delivery(event);
		this.#size = Math.min(this.#size + 1, this.#capacity);
	}

	get(sequence: number): Delivery | undefined {
		if (sequence > this.#head || sequence <= this.#head - this.#size) return undefined;
		return this.#slots[sequence % this.#capacity];
	}

	/** Forgets all events: another log, or nobody to keep them for. */
	reset(head: number): void {
		this.#head = head;
		this.#size = 0;
		this.#slots.length = 0;
	}

	/** Earlier events of a message that was edited or deleted must not bring its old body back. */
	#rewrite({ type, message }: ConversationEvent): void {
		if (message === null || type === 'MessageSent') return;
		for (let sequence = this.#head - this.#size + 1; sequence <= this.#head; sequence++) {
			const { event } = this.#slots[sequence % this.#capacity] as Delivery;
			if (event.type === 'HistoryReset' || event.messageId !== message.id) continue;
			this.#slots[sequence % this.#capacity] = delivery({ ...event, message });
		}
	}
}
