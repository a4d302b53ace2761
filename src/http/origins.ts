import type { IncomingMessage, ServerResponse } from 'node:http';

const METHODS = 'GET, POST, OPTIONS';
const HEADERS = 'authorization, content-type, accept, x-request-id, last-event-id, idempotency-key';
const PREFLIGHT_SECONDS = 600;

/** Which web pages may use the service: its own, and those that the settings name. One rule for HTTP and WebSockets. */
export class Origins {
	readonly #allowed: ReadonlySet<string>;
	readonly #trustProxy: boolean;

	/** `trustProxy`: a proxy sets X-Forwarded-Host to the host that the browser asked for; it is the service's own too. */
	constructor(allowed: readonly string[], trustProxy: boolean) {
		this.#allowed = new Set(allowed);
		this.#trustProxy = trustProxy;
	}

	/** True without an Origin, since that is no browser, or from the service's own pages. */
	admits(req: IncomingMessage): boolean {
		const { origin, host } = req.headers;
		if (origin === undefined || this.#allowed.has(origin)) return true;
		const from = URL.parse(origin)?.host;
		if (from === undefined) return false;
		return from === host || (this.#trustProxy && from === forwardedHost(req));
	}

	/** Sets what lets another origin's page read the answer. Says nothing to origins that are not allowed. */
	setHeaders(req: IncomingMessage, res: ServerResponse): void {
		const { origin } = req.headers;
		if (origin === undefined) return;
		res.setHeader('vary', 'origin');
		if (!this.admits(req)) return;
		res.setHeader('access-control-allow-origin', origin);
		res.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
	}

	/** Answers a preflight (Fetch, CORS-preflight request). */
	answerPreflight(req: IncomingMessage, res: ServerResponse): void {
		if (this.admits(req)) {
			res.setHeader('access-control-allow-methods', METHODS);
			res.setHeader('access-control-allow-headers', HEADERS);
			res.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
		}
		res.writeHead(204).end();
	}
}

/** The first value is the outermost proxy's, which the browser spoke to. */
function forwardedHost(req: IncomingMessage): string | undefined {
	return String(req.headers['x-forwarded-host'] ?? '')
		.split(',', 1)[0]
		?.trim();
}
