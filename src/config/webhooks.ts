import { z } from 'zod';
import { integer, milliseconds, type Refusal, refuse, setting } from './values.ts';

const DAY_MS = 86_400_000;
const MAX_WAITS = 20;
const MAX_WAIT_SECONDS = 86_400;

/** Seconds with commas between: 5, 60, 300. Fractions are for tests. */
function readWaits(text: string): readonly number[] | Refusal {
	const parts = text.split(',').map((part) => part.trim());
	const waits = parts.map((part) => (/^\d{1,5}(\.\d{1,3})?$/.test(part) ? Number(part) : Number.NaN));
	if (waits.length <= MAX_WAITS && waits.every((wait) => wait <= MAX_WAIT_SECONDS)) return waits;
	return refuse(`must be 1 to ${MAX_WAITS} waits of 0 to ${MAX_WAIT_SECONDS} seconds, separated by commas`);
}

const WAITS = [5, 60, 300, 1_500, 5_400, 10_800, 18_000];

/** How customers' systems are told of events. */
export const webhooksModel = z.object({
	WEBHOOK_TIMEOUT_MS: milliseconds(10_000, 50, 600_000),
	WEBHOOK_RETRY_SECONDS: setting(readWaits).default(WAITS),
	WEBHOOK_MAX_IN_FLIGHT: integer(8, { min: 1, max: 1_000, unit: 'calls' }),
	WEBHOOK_KEEP_DAYS: integer(30, { min: 1, max: 3_650, unit: 'days' }),
});

type Values = z.output<typeof webhooksModel>;

/** As the webhooks take it, durations in milliseconds. */
export function webhooksConfig(values: Values) {
	return {
		/** Of one call, whole. */
		timeoutMs: values.WEBHOOK_TIMEOUT_MS,
		/** Between the attempts of a delivery: one less than there are attempts. */
		waitsMs: values.WEBHOOK_RETRY_SECONDS.map((seconds) => Math.round(seconds * 1000)),
		/** Of each webhook and node. */
		maxInFlight: values.WEBHOOK_MAX_IN_FLIGHT,
		/** How long a delivery that has ended is kept. */
		keepMs: values.WEBHOOK_KEEP_DAYS * DAY_MS,
	} as const;
}

/** What an operator may read of them. */
export function describeWebhooks(values: Values) {
	return { WEBHOOK_RETRY_SECONDS: values.WEBHOOK_RETRY_SECONDS.join(',') };
}
