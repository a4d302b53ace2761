import type { Message } from '../conversations/model.ts';
import type { DeliveryAttempt, DeliveryStatus, OutsideChannel, Thread } from '../conversations/outside.ts';
import type { Page, PageRequest } from '../conversations/pages.ts';

/** A delivery that can be claimed, or whose lease is over. */
export interface DueDelivery {
	readonly messageId: string;
	readonly conversationId: string;
	readonly sequence: number;
	readonly channel: OutsideChannel;
	/** Who was asked last; null where a person's word came after. */
	readonly provider: string | null;
	readonly uncertain: boolean;
}

/** Where a page of dead letters goes on: newest first. */
export interface DeadLetterCursor {
	readonly updatedAt: Date;
	readonly messageId: string;
}

export interface DeadLetter {
	readonly message: Message;
	readonly cursor: DeadLetterCursor;
}

/** What is read of deliveries outside the write queue, and what all nodes share of a provider. */
export interface OutboundStore {
	/** The newest generation of a pair. */
	thread(pairKey: string): Promise<Thread | undefined>;
	isOptedOut(optOutKey: string): Promise<boolean>;
	/** Where a provider's message is. */
	findByProviderId(
		provider: string,
		providerMessageId: string,
	): Promise<{ readonly conversationId: string; readonly messageId: string } | undefined>;
	/**
	 * QUEUED or RETRYING, due at `now`, of these channels (at least one), and with no earlier open delivery (QUEUED, SENDING,
	 * RETRYING) in its conversation; longest due first. Left out is what is uncertain and was last asked of one of
	 * `exceptProviders`: it can go nowhere else.
	 */
	due(
		now: Date,
		wanted: {
			readonly channels: readonly OutsideChannel[];
			readonly exceptProviders: readonly string[];
			readonly limit: number;
		},
	): Promise<readonly DueDelivery[]>;
	/**
	 * When the next one after `now` of these channels (at least one) is due that waits for no earlier one; perhaps too early.
	 */
	nextDueAt(now: Date, channels: readonly OutsideChannel[]): Promise<Date | undefined>;
	/** SENDING with a lease that is over. */
	expired(now: Date, limit: number): Promise<readonly DueDelivery[]>;
	/** Of each message, by number. */
	attempts(messageIds: readonly string[]): Promise<readonly DeliveryAttempt[]>;
	/** How many deliveries have each of these statuses (at least one); one that none has is absent. */
	counts(statuses: readonly DeliveryStatus[]): Promise<ReadonlyMap<DeliveryStatus, number>>;
	/** How many deliveries of these channels wait to be sent: QUEUED or RETRYING. For the preview. */
	countWaiting(channels: readonly OutsideChannel[]): Promise<number>;
	deadLetters(
		statuses: readonly DeliveryStatus[],
		page: PageRequest<DeadLetterCursor>,
	): Promise<Page<DeadLetter>>;

	/**
	 * Takes up to `count` turns of a provider that takes `perSecond` messages a second from all nodes together: the times of
	 * the turns, evenly spaced, none later than `horizonMs` after `now`. A turn is gone, used or not.
	 */
	reserveTurns(
		provider: string,
		turns: {
			readonly count: number;
			readonly perSecond: number;
			readonly now: Date;
			readonly horizonMs: number;
		},
	): Promise<readonly Date[]>;
	/** No node asks the provider before then. An earlier end does not shorten a pause. */
	pause(provider: string, until: Date): Promise<void>;
	/** Until when each provider is paused; those that never were are absent. */
	pauses(): Promise<ReadonlyMap<string, Date>>;
	/** When a provider's next free turn is; undefined where none was ever taken. For the preview. */
	nextTurnAt(provider: string): Promise<Date | undefined>;

	/** Forgets which webhooks were received before then. */
	forgetReceipts(before: Date): Promise<void>;
}
