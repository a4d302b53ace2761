/**
 * Loaded into a server with `--expose-gc --import`: answers the message "report-memory" with what the process
 * holds after a full collection.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { MemoryReport } from './server.ts';

async function report(): Promise<MemoryReport> {
	// Finalizers run between collections and free what the next one can then take.
	for (let pass = 0; pass < 6; pass += 1) {
		globalThis.gc?.();
		await delay(100);
	}
	const { rss, heapUsed, external } = process.memoryUsage();
	return { rss, heapUsed, external };
}

process.on('message', (message) => {
	if (message === 'report-memory') void report().then((held) => process.send?.(held));
});
// Listening must not keep a server alive that has stopped.
process.channel?.unref();
