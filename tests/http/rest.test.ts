import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
	ContactOptedOutError,
	ConversationClosedError,
	ConversationMovedError,
	DeliveryConflictError,
	ForbiddenError,
	IdempotencyConflictError,
	InvalidInputError,
	NotFoundError,
	RateLimitedError,
	ServiceBusyError,
} from '../../src/conversations/errors.ts';
import { StoreAway, StoreConflict, StoreUnavailable, UnknownCommit } from '../../src/conversations/store.ts';
import { readBody } from '../../src/http/body.ts';
import { HttpRefusal, type RestDeps, requirePost, serveRest } from '../../src/http/rest.ts';
import { UnauthenticatedError } from '../../src/identity/tokens.ts';
import { createLogger } from '../../src/observability/logger.ts';

const MAX_BODY_BYTES = 64;

let server: Server;
let url: string;
let work: Parameters<typeof serveRest>[2];
let lines: Record<string, unknown>[];
let shown: string[];
let defects: unknown[];
let limited: string[];

const deps: RestDeps = {
	errorPolicy: {
		suggestions: false,
		onDefect: (error) => defects.push(error),
		onShown: (code) => shown.push(code),
	},
	logger: createLogger({
		level: 'info',
		format: 'json',
		destination: { write: (line) => void lines.push(JSON.parse(line)) },
	}),
	metrics: { limited: (limit) => limited.push(limit) },
	maxBodyBytes: MAX_BODY_BYTES,
};

/** Ended once the request was served, answered or not. */
let served: Promise<unknown>;

beforeAll(async () => {
	server = createServer((req, res) => {
		served = serveRest({ req, res, requestId: 'r-1', route: 'POST /here' }, deps, async (line) => {
			requirePost(req);
			await readBody(req, MAX_BODY_BYTES);
			return work(line);
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
	server.closeAllConnections();
	server.close();
});

beforeEach(() => {
	[lines, shown, defects, limited] = [[], [], [], []];
	work = async () => ({ status: 200, body: {} });
});

async function post(body = '{}'): Promise<{ status: number; headers: Headers; body: unknown }> {
	const response = await fetch(url, { method: 'POST', body });
	const text = await response.text();
	await served;
	return { status: response.status, headers: response.headers, body: JSON.parse(text) };
}

test('an answer is JSON that nobody keeps, and leaves one line in the log', async () => {
	work = async (line) => {
		line['user'] = 'sam';
		return { status: 202, body: { text: 'Grüße 😀' } };
	};
	const { status, headers, body } = await post();
	expect({ status, body }).toEqual({ status: 202, body: { text: 'Grüße 😀' } });
	expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
	expect(headers.get('cache-control')).toBe('no-store');
	expect(lines).toEqual([
		expect.objectContaining({
			requestId: 'r-1',
			route: 'POST /here',
			user: 'sam',
			status: 202,
			msg: 'request',
		}),
	]);
	expect(lines[0]).not.toHaveProperty('errors');
	expect(shown).toEqual([]);
});

test('an answer may be a text of another type', async () => {
	work = async () => ({ status: 200, body: '<Response/>', contentType: 'text/xml' });
	const response = await fetch(url, { method: 'POST' });
	expect(await response.text()).toBe('<Response/>');
	expect(response.headers.get('content-type')).toBe('text/xml');
});

test.each([
	[new NotFoundError('message'), 404, 'NOT_FOUND'],
	[new ForbiddenError(), 403, 'FORBIDDEN'],
	[new IdempotencyConflictError(), 409, 'IDEMPOTENCY_CONFLICT'],
	[new ConversationClosedError(), 409, 'CONVERSATION_CLOSED'],
	[new ConversationMovedError([]), 409, 'CONVERSATION_MOVED'],
	[new DeliveryConflictError('SENT'), 409, 'DELIVERY_CONFLICT'],
	[new ContactOptedOutError(), 422, 'CONTACT_OPTED_OUT'],
	[new HttpRefusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send application/json.'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
])('%o is answered with %i', async (fault, status, code) => {
	work = () => Promise.reject(fault);
	const answered = await post();
	expect(answered).toMatchObject({
		status,
		body: { error: { code, message: fault.message, retryable: false, requestId: 'r-1' } },
	});
	expect(lines).toEqual([expect.objectContaining({ status, errors: [code] })]);
	expect(shown).toEqual([code]);
	expect(defects).toEqual([]);
});

test('input that is not valid is told with its field', async () => {
	work = () => Promise.reject(new InvalidInputError('to', 'to must be a text.'));
	expect((await post()).body).toEqual({
		error: {
			code: 'INVALID_INPUT',
			message: 'to must be a text.',
			retryable: false,
			field: 'to',
			requestId: 'r-1',
		},
	});
});

test.each([
	[new RateLimitedError(7), 429, '7', 'RATE_LIMITED'],
	[new ServiceBusyError(3), 503, '3', 'SERVICE_BUSY'],
	[new StoreUnavailable('away'), 503, '1', 'SERVICE_BUSY'],
	[new StoreAway('away'), 503, '1', 'SERVICE_BUSY'],
	[new StoreConflict('locked'), 503, '1', 'SERVICE_BUSY'],
])('%o is answered with %i and when to try again', async (fault, status, retryAfter, code) => {
	work = () => Promise.reject(fault);
	const answered = await post();
	expect(answered).toMatchObject({ status, body: { error: { code, retryable: true } } });
	expect(answered.headers.get('retry-after')).toBe(retryAfter);
	expect(JSON.stringify(answered.body)).not.toMatch(/away|locked/);
	expect(shown).toEqual([code]);
});

test('who is not known is asked for a token', async () => {
	work = () => Promise.reject(new UnauthenticatedError('the secret reason'));
	const { status, headers, body } = await post();
	expect({ status, body }).toMatchObject({
		status: 401,
		body: { error: { code: 'UNAUTHENTICATED', retryable: false } },
	});
	expect(headers.get('www-authenticate')).toBe('Bearer');
});

test.each([[new Error('SELECT secret')], [new UnknownCommit('the connection to 10.0.0.1 was lost')]])(
	'of %o nothing is told but where it was logged',
	async (fault) => {
		work = () => Promise.reject(fault);
		const { status, body } = await post();
		expect({ status, body }).toMatchObject({
			status: 500,
			body: { error: { code: 'INTERNAL', retryable: false, requestId: 'r-1' } },
		});
		expect(JSON.stringify(body)).not.toContain(fault.message);
		expect(defects).toEqual([fault]);
	},
);

test('a body that is too large is read to its end and answered with 413', async () => {
	const { status, body } = await post('x'.repeat(MAX_BODY_BYTES + 1));
	expect({ status, body }).toMatchObject({
		status: 413,
		body: { error: { code: 'BODY_TOO_LARGE', message: 'The body has more than 64 bytes.' } },
	});
	expect(limited).toEqual(['body_bytes']);
});

test('any other method is told the one that there is', async () => {
	for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
		const response = await fetch(url, { method });
		expect({ status: response.status, allow: response.headers.get('allow') }).toEqual({
			status: 405,
			allow: 'POST',
		});
		expect(await response.json()).toMatchObject({ error: { code: 'METHOD_NOT_ALLOWED' } });
	}
});

test('a client that leaves before it has sent everything is no fault', async () => {
	const socket = connect(Number(new URL(url).port), '127.0.0.1');
	await once(socket, 'connect');
	const requested = once(server, 'request');
	socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nhalf');
	await requested;
	socket.destroy();
	expect(await served).toBeUndefined();
	expect(lines).toEqual([]);
	expect(defects).toEqual([]);
});
