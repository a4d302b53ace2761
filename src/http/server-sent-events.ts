import type { IncomingMessage } from 'node:http';

/** Of an answer that goes on for as long as it is read: kept by nobody, held up and altered by no proxy. */
export const EVENT_STREAM_HEADERS = {
	'content-type': 'text/event-stream; charset=utf-8',
	'cache-control': 'no-store, no-transform',
	'x-accel-buffering': 'no',
	'x-content-type-options': 'nosniff',
} as const;

export function acceptsEventStream(req: IncomingMessage): boolean {
	return /\btext\/event-stream\b/i.test(req.headers.accept ?? '');
}
