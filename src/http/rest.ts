import type { IncomingMessage, ServerResponse } from 'node:http';
import {
	DomainError,
	type ErrorCode,
	InvalidInputError,
	RateLimitedError,
	ServiceBusyError,
} from '../conversations/errors.ts';
import { UnauthenticatedError } from '../identity/tokens.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { BodyTooLarge, ClientGone } from './body.ts';
import { type ErrorPolicy, statusOf, toPublicError } from './public-errors.ts';
import { sendJson, sendText } from './respond.ts';

/** What is wrong with a request before a use case is asked. */
export class HttpRefusal extends Error {
	readonly status: number;
	readonly code: string;
	readonly headers: Readonly<Record<string, string>>;

	constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
		super(message);
		this.status = status;
		this.code = code;
		this.headers = headers;
	}
}

export interface RestDeps {
	readonly errorPolicy: ErrorPolicy;
	readonly logger: Logger;
	readonly metrics: Pick<Metrics, 'limited'>;
	readonly maxBodyBytes: number;
}

export interface RestRequest {
	readonly req: IncomingMessage;
	readonly res: ServerResponse;
	readonly requestId: string;
	/** As the log shows it: `POST /messages/send`. */
	readonly route: string;
}

/** A JSON value, or a text with its own content type. */
export interface RestAnswer {
	readonly status: number;
	readonly body: unknown;
	readonly contentType?: string;
}

const STATUS: Record<ErrorCode, number> = {
	NOT_FOUND: 404,
	FORBIDDEN: 403,
	INVALID_INPUT: 400,
	IDEMPOTENCY_CONFLICT: 409,
	CONVERSATION_CLOSED: 409,
	CONVERSATION_MOVED: 409,
	CONTACT_OPTED_OUT: 422,
	DELIVERY_CONFLICT: 409,
	RATE_LIMITED: 429,
	SERVICE_BUSY: 503,
};

/**
 * Answers a request outside GraphQL by what `work` makes of it, its faults as
 * `{ "error": { "code", "message", "retryable", "field"?, "requestId" } }`, with one log line that never says what was
 * said; `work` adds to the line what it learns, such as who asks.
 * @returns the fault that was answered; undefined where there was none, or nobody to answer.
 */
export async function serveRest(
	{ req, res, requestId, route }: RestRequest,
	deps: RestDeps,
	work: (line: Record<string, unknown>) => Promise<RestAnswer>,
): Promise<Fault | undefined> {
	const start = performance.now();
	const line: Record<string, unknown> = {};
	let fault: Fault | undefined;
	try {
		const { status, body, contentType } = await work(line);
		if (contentType === undefined) sendJson(res, status, body);
		else sendText(res, status, String(body), { 'content-type': contentType });
	} catch (error) {
		if (error instanceof ClientGone) return undefined;
		// The rest is read and dropped: a client that is cut off while it sends may never see the answer.
		if (error instanceof BodyTooLarge) req.resume();
		fault = faultOf(error, requestId, deps);
		const { status, headers, ...shown } = fault;
		sendJson(res, status, { error: { ...shown, requestId } }, headers);
	}
	const ms = Math.round((performance.now() - start) * 10) / 10;
	const ended = { status: res.statusCode, ms, ...(fault && { errors: [fault.code] }) };
	deps.logger.info({ requestId, route, ...line, ...ended }, 'request');
	return fault;
}

/** What `{ "error": … }` says, and how. */
export interface Fault {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly code: string;
	readonly message: string;
	readonly retryable: boolean;
	/** Of the input, where one is to blame. */
	readonly field?: string;
}

function faultOf(error: unknown, requestId: string, deps: RestDeps): Fault {
	const { errorPolicy, metrics, maxBodyBytes } = deps;
	if (error instanceof DomainError) {
		errorPolicy.onShown(error.code);
		return domainFault(error);
	}
	if (error instanceof BodyTooLarge) {
		metrics.limited('body_bytes');
		const message = `The body has more than ${maxBodyBytes} bytes.`;
		return faultOf(new HttpRefusal(413, 'BODY_TOO_LARGE', message), requestId, deps);
	}
	if (error instanceof HttpRefusal) {
		errorPolicy.onShown(error.code);
		const { status, code, message, headers } = error;
		return { status, code, message, headers, retryable: false };
	}
	const { message, extensions } = toPublicError(error, errorPolicy, requestId);
	const { code, retryAfter } = extensions;
	return {
		status: statusOf(code),
		code: String(code),
		message,
		retryable: code === 'SERVICE_BUSY',
		headers: {
			...(typeof retryAfter === 'number' && { 'retry-after': String(retryAfter) }),
			...(error instanceof UnauthenticatedError && { 'www-authenticate': 'Bearer' }),
		},
	};
}

function domainFault(error: DomainError): Fault {
	const { code, message, retryable } = error;
	const waits = error instanceof RateLimitedError || error instanceof ServiceBusyError;
	return {
		status: STATUS[code],
		code,
		message,
		retryable,
		...(error instanceof InvalidInputError && { field: error.field }),
		headers: waits ? { 'retry-after': String(error.retryAfter) } : {},
	};
}

/** @throws HttpRefusal unless the method is POST (RFC 9110, 15.5.6). */
export function requirePost(req: IncomingMessage): void {
	if (req.method !== 'POST') throw new HttpRefusal(405, 'METHOD_NOT_ALLOWED', 'Use POST.', { allow: 'POST' });
}
