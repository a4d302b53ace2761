import { z } from 'zod';
import { bytes, integer, milliseconds } from './values.ts';

/** The feeds that carry events to their followers, and what is not kept: who types. */
export const liveModel = z.object({
	FEED_RING_EVENTS: integer(512, { min: 1, max: 100_000, unit: 'events' }),
	FEED_RING_BYTES: bytes(1_048_576, 1024 ** 3),
	FEED_CHECK_INTERVAL_MS: milliseconds(5000, 10),
	FEED_IDLE_MS: milliseconds(30_000, 0),
	TYPING_TTL_MS: milliseconds(6000, 10),
});

/** As `Live` takes it; durations are in milliseconds. */
export function liveConfig(values: z.output<typeof liveModel>) {
	return {
		/** The newest events of a conversation that its feed keeps in memory. */
		ringEvents: values.FEED_RING_EVENTS,
		/** What these may weigh, roughly; the newest is kept in any case. */
		ringBytes: values.FEED_RING_BYTES,
		/** How often a feed compares itself with the log's head. */
		checkIntervalMs: values.FEED_CHECK_INTERVAL_MS,
		/** How long a feed outlives its last follower. */
		idleMs: values.FEED_IDLE_MS,
		/** How long a sign of typing holds when it is not renewed. */
		typingTtlMs: values.TYPING_TTL_MS,
	} as const;
}

/** How much the write queue takes. */
export const writeQueueModel = z.object({
	MAX_QUEUED_SENDS: integer(10_000, { min: 1, max: 1_000_000, unit: 'sends' }),
	MAX_BATCH_SIZE: integer(256, { min: 1, max: 1024, unit: 'sends' }),
});

/** As the write queue takes it, in sends. */
export function writeQueueConfig(values: z.output<typeof writeQueueModel>) {
	return {
		/** Above it a send is refused at once. */
		maxQueuedSends: values.MAX_QUEUED_SENDS,
		/** Sends that share one transaction at most. */
		maxBatchSize: values.MAX_BATCH_SIZE,
	} as const;
}
