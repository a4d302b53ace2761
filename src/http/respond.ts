import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Answers with JSON that must not be cached; to HEAD with the headers alone. */
export function sendJson(
	res: ServerResponse,
	status: number,
	body: unknown,
	headers: OutgoingHttpHeaders = {},
): void {
	sendText(res, status, JSON.stringify(body), {
		'content-type': 'application/json; charset=utf-8',
		...headers,
	});
}

/** The one shape of errors outside GraphQL: `{ "error": { "code", "message" } }`. */
export function sendError(
	res: ServerResponse,
	status: number,
	code: string,
	message: string,
	headers: OutgoingHttpHeaders = {},
): void {
	sendJson(res, status, { error: { code, message } }, headers);
}

/** Answers with a body that is ready to be sent; `headers` name its content-type. */
export function sendText(
	res: ServerResponse,
	status: number,
	body: string,
	headers: OutgoingHttpHeaders,
): void {
	// One pass over the text: the length and what is written come from the same bytes.
	const bytes = Buffer.from(body);
	res.writeHead(status, {
		'cache-control': 'no-store',
		'content-length': bytes.length,
		'x-content-type-options': 'nosniff',
		...headers,
	});
	res.end(bytes);
}

/** Whether the method is among `allowed`; otherwise the request has been answered with 405 (RFC 9110, 15.5.6). */
export function methodAllowed(
	req: IncomingMessage,
	res: ServerResponse,
	allowed: readonly string[],
): boolean {
	if (allowed.includes(req.method ?? '')) return true;
	const allow = allowed.join(', ');
	sendError(res, 405, 'METHOD_NOT_ALLOWED', `Use ${allow}.`, { allow });
	return false;
}

/** The request's URL; only its path and query are the client's. Undefined when they are malformed. */
export function requestUrl(req: IncomingMessage): URL | undefined {
	return URL.parse(req.url ?? '/', 'http://localhost') ?? undefined;
}
