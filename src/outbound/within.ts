import { setTimeout as delay } from 'node:timers/promises';

/** Answers when the promise does, and at the latest after so long. @throws what it rejects with until then. */
export async function within(milliseconds: number, promise: Promise<unknown>): Promise<void> {
	const patience = new AbortController();
	const over = delay(milliseconds, undefined, { signal: patience.signal }).catch(() => {});
	try {
		await Promise.race([promise, over]);
	} finally {
		patience.abort();
	}
}
