/** A channel that leaves the service. */
export type OutsideChannel = 'SMS' | 'MMS' | 'EMAIL';

/** SMS and MMS share their addresses and their conversations. */
export type ChannelFamily = 'PHONE' | 'EMAIL';

/** What a message that travels through a provider has beside its text. Notes and messages in CHAT have none. */
export interface Outside {
	/** How it fares; null where it came in. */
	readonly delivery: Delivery | null;
	/** How it came; null where it goes out. */
	readonly incoming: Incoming | null;
	/** None once the message is deleted. */
	readonly attachments: readonly Attachment[];
}

/** What is not known is null. */
export interface Attachment {
	readonly url: string;
	readonly contentType: string | null;
	/** Bytes. */
	readonly size: number | null;
}

/** Somebody outside, who wrote. */
export interface Incoming {
	readonly contactAddress: string;
	readonly ownAddress: string;
	/** Which provider brought it, and its id there. */
	readonly provider: string;
	readonly providerMessageId: string;
	/** When it was sent, as the provider says. */
	readonly sentAt: Date;
}

/** See delivery.ts for what leads from one to another. */
export type DeliveryStatus =
	| 'QUEUED'
	| 'SENDING'
	| 'RETRYING'
	| 'UNKNOWN'
	| 'SENT'
	| 'DELIVERED'
	| 'UNDELIVERED'
	| 'FAILED'
	| 'DEAD'
	| 'CANCELED';

/** How the sending of one message fares. One row for each message that goes out, written with it. */
export interface Delivery {
	readonly messageId: string;
	readonly conversationId: string;
	/** The message's: the order within the conversation. */
	readonly sequence: number;
	readonly channel: OutsideChannel;
	readonly status: DeliveryStatus;
	readonly from: string;
	readonly to: string;
	/** When the caller says that it was made. */
	readonly requestedAt: Date;
	/** Who was asked last, since it was queued, or queued again by a person; null before. */
	readonly provider: string | null;
	/** Attempts begun, over all rounds. The last one's number is its fencing token: an older attempt changes nothing. */
	readonly attempts: number;
	/** Attempts begun since it was queued, or queued again by a person. */
	readonly tries: number;
	/** When it is due: set while QUEUED or RETRYING. */
	readonly nextAttemptAt: Date | null;
	/** Whose attempt has not ended by then is taken for dead: set while SENDING. */
	readonly leaseUntil: Date | null;
	readonly providerMessageId: string | null;
	/** Why it is not further, for people. */
	readonly error: string | null;
	/** An attempt may have been accepted: it is repeated with `provider` alone, if that is known, and only by its key. */
	readonly uncertain: boolean;
	readonly updatedAt: Date;
}

/** ACCEPTED: the provider has it. RETRY: it has not. REJECTED: it never will. UNKNOWN: nobody can say, or it is under way. */
export type AttemptOutcome = 'ACCEPTED' | 'RETRY' | 'REJECTED' | 'UNKNOWN';

/** One call of a provider, recorded before it is made. */
export interface DeliveryAttempt {
	readonly messageId: string;
	/** 1, 2, 3 … */
	readonly number: number;
	readonly provider: string;
	readonly startedAt: Date;
	/** Null while it is under way, and where its end was never learnt. */
	readonly durationMs: number | null;
	readonly httpStatus: number | null;
	readonly outcome: AttemptOutcome;
}

/**
 * Which conversation two addresses have in a channel family. The pair has the next generation once the conversation of
 * the one before was closed for good.
 */
export interface Thread {
	/** See outside-keys.ts: the same in both directions. */
	readonly pairKey: string;
	/** 1, 2, 3 … */
	readonly generation: number;
	readonly conversationId: string;
	readonly family: ChannelFamily;
	readonly ownAddress: string;
	readonly contactAddress: string;
}

/** A contact who wants no more messages. */
export interface OptOut {
	/** See outside-keys.ts. */
	readonly key: string;
	readonly family: ChannelFamily;
	readonly address: string;
	readonly optedOutAt: Date;
}
