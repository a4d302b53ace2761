import type { ServerResponse } from 'node:http';
import type { LogBuffer, LogFilter } from '../observability/log-buffer.ts';
import { atExpiry } from './expiry.ts';
import { EVENT_STREAM_HEADERS } from './server-sent-events.ts';

export interface FollowLogsOptions {
	readonly filter: LogFilter;
	/** So many of the kept lines come first. */
	readonly backlog: number;
	/** When the reader's token runs out, in milliseconds since the epoch, or Infinity: the stream ends there. */
	readonly endsAt: number;
	/** Ends the stream. */
	readonly signal?: AbortSignal;
	/** Default: 15 s. */
	readonly pingIntervalMs?: number;
	/** What may wait unread beside the backlog; default: 1 MiB. */
	readonly maxPendingBytes?: number;
}

const PING_INTERVAL_MS = 15_000;
const MAX_PENDING_BYTES = 1024 * 1024;

/**
 * Answers with Server-Sent Events: `event: log` with a JSON line as data for each line that passes, a comment as a
 * sign of life. A reader that lets too much wait, or has taken nothing between two pings, is cut off.
 */
export function followLogs(res: ServerResponse, buffer: LogBuffer, options: FollowLogsOptions): void {
	// Gone already: there would be no close to clean up after.
	if (res.destroyed) return;
	res.writeHead(200, EVENT_STREAM_HEADERS);
	res.write(': following\n\n');
	for (const line of buffer.query({ ...options.filter, limit: options.backlog })) res.write(logEvent(line));
	// No line can come in between: all this happens in one turn of the event loop.
	const maxPending = res.writableLength + (options.maxPendingBytes ?? MAX_PENDING_BYTES);
	const stopFollowing = buffer.follow(options.filter, (line) => {
		res.write(logEvent(line));
		if (res.writableLength > maxPending) res.destroy();
	});
	const stopPings = startPings(res, options.pingIntervalMs ?? PING_INTERVAL_MS);
	const stopExpiry = atExpiry(options.endsAt, end);

	/** Before `end`, since what is written after it is an error of the response. */
	function stop(): void {
		stopFollowing();
		stopPings();
		stopExpiry();
		options.signal?.removeEventListener('abort', end);
	}
	function end(): void {
		stop();
		if (res.writableNeedDrain) res.destroy();
		else res.end();
	}
	res.once('close', stop);
	options.signal?.addEventListener('abort', end);
	if (options.signal?.aborted) end();
}

function logEvent(line: string): string {
	return `event: log\ndata: ${line}\n\n`;
}

/** Writes a comment at each beat and destroys a response that has not drained for a whole one. */
function startPings(res: ServerResponse, intervalMs: number): () => void {
	let stalled = false;
	const onDrain = () => {
		stalled = false;
	};
	res.on('drain', onDrain);
	const timer = setInterval(() => {
		if (stalled) {
			res.destroy();
			return;
		}
		stalled = res.writableNeedDrain;
		res.write(': ping\n\n');
	}, intervalMs);
	return () => {
		clearInterval(timer);
		res.off('drain', onDrain);
	};
}
