import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The id under which a request stands in logs, in its answer's header and in its errors: the client's own, if it is sound. */
export function requestIdOf(req: IncomingMessage): string {
	const given = req.headers['x-request-id'];
	return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}
