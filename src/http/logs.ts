import type { IncomingMessage, ServerResponse } from 'node:http';
import { UnauthenticatedError } from '../identity/tokens.ts';
import type { Viewer } from '../identity/viewer.ts';
import { isLogLevel, LOG_LEVELS } from '../observability/levels.ts';
import type { LogBuffer } from '../observability/log-buffer.ts';
import type { Logger } from '../observability/logger.ts';
import { BodyTooLarge, ClientGone, readBody } from './body.ts';
import { followLogs } from './follow-logs.ts';
import { LogRequestError, parseLogRequest } from './log-request.ts';
import { methodAllowed, requestUrl, sendError, sendJson, sendText } from './respond.ts';
import { acceptsEventStream } from './server-sent-events.ts';

export interface LogsHandlerDeps {
	readonly buffer: LogBuffer;
	/** The root logger: a change of its level holds for its children too. */
	readonly logger: Logger;
	/** Who asks; rejects with an UnauthenticatedError without a valid token. */
	readonly authenticate: (req: IncomingMessage) => Promise<Viewer>;
	/** Aborted when the service stops: ends the streams. */
	readonly signal?: AbortSignal;
}

const MAX_LEVEL_BODY_BYTES = 1024;

/**
 * For admins:
 * - GET /logs?level=warn&text=foo&limit=200: the newest lines, oldest first, as `{ "lines": [ … ] }`;
 * - the same with `Accept: text/event-stream` or `follow=true`: lines as they are written (see `followLogs`);
 * - PUT /logs/level with `{"level":"debug"}`: changes the level, answers `{ "level", "previous" }`.
 * Answers 400 to what it does not understand, 401 without a valid token, 403 to others than admins.
 */
export async function handleLogs(
	req: IncomingMessage,
	res: ServerResponse,
	deps: LogsHandlerDeps,
): Promise<void> {
	const url = requestUrl(req);
	const admin = await authenticateAdmin(req, res, deps);
	if (admin === undefined) return;
	try {
		if (url?.pathname === '/logs') readLogs(req, res, url, deps, admin);
		else if (url?.pathname === '/logs/level') await changeLevel(req, res, deps, admin);
		else sendError(res, 404, 'NOT_FOUND', 'There is /logs and /logs/level.');
	} catch (error) {
		if (error instanceof ClientGone) return;
		if (error instanceof BodyTooLarge) {
			// The rest is read and dropped: a client that is cut off while it sends may never see the answer.
			req.resume();
			const message = `The body must not exceed ${MAX_LEVEL_BODY_BYTES} bytes.`;
			sendError(res, 413, 'BAD_USER_INPUT', message);
		} else if (error instanceof LogRequestError) {
			sendError(res, error.status, 'BAD_USER_INPUT', error.message);
		} else throw error;
	}
}

/** The viewer if it is an admin; otherwise the request has been answered. */
async function authenticateAdmin(
	req: IncomingMessage,
	res: ServerResponse,
	deps: LogsHandlerDeps,
): Promise<Viewer | undefined> {
	let viewer: Viewer;
	try {
		viewer = await deps.authenticate(req);
	} catch (error) {
		if (!(error instanceof UnauthenticatedError)) throw error;
		sendError(res, 401, 'UNAUTHENTICATED', error.message, { 'www-authenticate': 'Bearer' });
		return undefined;
	}
	if (viewer.user.role === 'ADMIN') return viewer;
	sendError(res, 403, 'FORBIDDEN', 'Logs are for admins.');
	return undefined;
}

function readLogs(
	req: IncomingMessage,
	res: ServerResponse,
	url: URL,
	deps: LogsHandlerDeps,
	admin: Viewer,
): void {
	if (!methodAllowed(req, res, ['GET'])) return;
	const { filter, limit, follow } = parseLogRequest(url.searchParams);
	if (follow ?? acceptsEventStream(req)) {
		const signal = deps.signal === undefined ? {} : { signal: deps.signal };
		followLogs(res, deps.buffer, { filter, backlog: limit ?? 0, endsAt: admin.expiresAt, ...signal });
		return;
	}
	const lines = deps.buffer.query({ ...filter, limit: limit ?? 200 });
	sendText(res, 200, `{"lines":[${lines.join(',')}]}`, { 'content-type': 'application/json; charset=utf-8' });
}

async function changeLevel(
	req: IncomingMessage,
	res: ServerResponse,
	deps: LogsHandlerDeps,
	admin: Viewer,
): Promise<void> {
	if (!methodAllowed(req, res, ['PUT'])) return;
	const { level } = await readJsonObject(req);
	if (!isLogLevel(level)) throw new LogRequestError(`level must be one of ${LOG_LEVELS.join(', ')}.`);
	const previous = deps.logger.level;
	deps.logger.level = level;
	// Written by a child with a level of its own: a change to `silent` must leave a trace too.
	const audit = deps.logger.child({}, { level: 'info' });
	const requestId = res.getHeader('x-request-id');
	audit.info({ requestId, user: admin.user.subject, from: previous, to: level }, 'log level changed');
	sendJson(res, 200, { level, previous });
}

async function readJsonObject(req: IncomingMessage): Promise<{ level?: unknown }> {
	if (!/^application\/json\b/i.test(req.headers['content-type'] ?? '')) {
		throw new LogRequestError('The content-type must be application/json.', 415);
	}
	const body = await readBody(req, MAX_LEVEL_BODY_BYTES);
	try {
		const value: unknown = JSON.parse(body.toString('utf8'));
		if (typeof value === 'object' && value !== null) return value;
	} catch {
		// Answered below, like any other value that is no object.
	}
	throw new LogRequestError('The body must be a JSON object: {"level":"debug"}.');
}
