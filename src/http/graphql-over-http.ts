import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ExecutionResult, GraphQLError, type OperationTypeNode } from 'graphql';
import type { GraphQLContext } from '../../schema/context.ts';
import { UnauthenticatedError } from '../identity/tokens.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Authentication } from './authentication.ts';
import { BodyTooLarge, ClientGone, readBody } from './body.ts';
import type { GraphQLServer } from './graphql.ts';
import { type OperationRequest, type Prepared, toOperationRequest } from './operations.ts';
import { publicError, statusOf, toPublicError } from './public-errors.ts';
import { requestUrl, sendText } from './respond.ts';
import { acceptsEventStream, EVENT_STREAM_HEADERS } from './server-sent-events.ts';
import type { SseFollowing } from './sse-following.ts';

export interface GraphQLHandlerDeps {
	readonly graphql: GraphQLServer;
	readonly authentication: Authentication;
	readonly following: Pick<SseFollowing, 'takes' | 'follow'>;
	readonly maxBodyBytes: number;
	/** How long a stream's reader may take nothing. */
	readonly slowReaderMaxMs: number;
	readonly hasGraphiQL: boolean;
	readonly createContext: (viewer: Viewer, requestId: string) => GraphQLContext;
}

/**
 * /graphql over HTTP. A plain POST of JSON goes straight through the operation pipeline, and so does whoever follows
 * conversation events by server-sent events; other streams, GET and the page for people are yoga's.
 */
export async function handleGraphQL(
	req: IncomingMessage,
	res: ServerResponse,
	requestId: string,
	deps: GraphQLHandlerDeps,
): Promise<void> {
	const refuse = (status: number, message: string, headers: Record<string, string> = {}) => {
		const shown = toPublicError(publicError('BAD_USER_INPUT', message), deps.graphql.errorPolicy, requestId);
		send(req, res, status, { errors: [shown] }, headers);
	};
	try {
		if (isForPeople(req) && deps.hasGraphiQL) return await passToYoga(req, res, undefined, undefined, deps);
		if (req.method !== 'GET' && req.method !== 'POST')
			return refuse(405, 'Use GET or POST.', { allow: 'GET, POST' });
		const viewer = await deps.authentication.ofRequest(req);
		const context = deps.createContext(viewer, requestId);
		if (req.method === 'GET') {
			// Asked before yoga is, which answers 200 to whoever accepts a stream of events.
			if (asksForMutation(req, deps.graphql))
				return refuse(405, 'Send mutations by POST.', { allow: 'POST' });
			const request = toOperationRequest(readQuery(req));
			if (!(request instanceof GraphQLError) && (await follow(req, res, context, request, deps))) return;
			return await passToYoga(req, res, context, undefined, deps);
		}
		// Other content types are what a foreign page's form can send without being asked (CSRF).
		if (!isJson(req)) return refuse(415, 'Send application/json.');
		const body = await readBody(req, deps.maxBodyBytes);
		const request = toOperationRequest(parseJson(body));
		if (request instanceof GraphQLError) return refuseOperation(req, res, [request], requestId, deps);
		if (acceptsEventStream(req)) {
			if (await follow(req, res, context, request, deps)) return;
			return await passToYoga(req, res, context, body, deps);
		}
		await answer(req, res, context, request, deps);
	} catch (error) {
		if (error instanceof ClientGone) return;
		if (error instanceof BodyTooLarge) {
			// The rest is read and dropped: a client that is cut off while it sends may never see the answer.
			req.resume();
			refuse(413, `The body has more than ${deps.maxBodyBytes} bytes.`);
		} else if (!res.headersSent) {
			const shown = toPublicError(error, deps.graphql.errorPolicy, requestId);
			const headers = error instanceof UnauthenticatedError ? { 'www-authenticate': 'Bearer' } : {};
			send(req, res, statusOf(shown.extensions['code']), { errors: [shown] }, headers);
		} else res.destroy();
	}
}

/** Whether it was for a stream of conversation events, which is then under way. */
async function follow(
	req: IncomingMessage,
	res: ServerResponse,
	context: GraphQLContext,
	{ variables, ...request }: OperationRequest,
	{ graphql, following }: GraphQLHandlerDeps,
): Promise<boolean> {
	if (!acceptsEventStream(req)) return false;
	const prepared = graphql.operations.prepare(request);
	if (kindOf(prepared) !== 'subscription' || !('operation' in prepared)) return false;
	const { operation } = prepared;
	if (!following.takes(operation, variables)) return false;
	const lastEventId = req.headers['last-event-id']?.toString();
	await following.follow({ operation, variables, context, lastEventId, res });
	return true;
}

async function answer(
	req: IncomingMessage,
	res: ServerResponse,
	context: GraphQLContext,
	request: OperationRequest,
	deps: GraphQLHandlerDeps,
): Promise<void> {
	const { operations } = deps.graphql;
	const prepared = operations.prepare(request);
	if ('errors' in prepared) return refuseOperation(req, res, prepared.errors, context.requestId, deps);
	const { operation } = prepared;
	if (operation.definition.operation === 'subscription')
		return refuseOperation(
			req,
			res,
			[publicError('BAD_USER_INPUT', 'Subscribe over the WebSocket, or with Accept: text/event-stream.')],
			context.requestId,
			deps,
		);
	const run = operations.execute(operation, { variables: request.variables, context });
	const result = run instanceof Promise ? await run : run;
	send(req, res, statusOfResult(result), result, {});
}

/** A request that was executed, however partly, is a 200; one refused before has the status of its error. */
function statusOfResult(result: ExecutionResult): number {
	if (result.errors === undefined || result.data != null || 'data' in result) return 200;
	return statusOf(result.errors[0]?.extensions['code']);
}

function refuseOperation(
	req: IncomingMessage,
	res: ServerResponse,
	errors: readonly unknown[],
	requestId: string,
	{ graphql }: GraphQLHandlerDeps,
): void {
	const shown = errors.map((error) => toPublicError(error, graphql.errorPolicy, requestId));
	send(req, res, statusOf(shown[0]?.extensions['code']), { errors: shown }, {});
}

function send(
	req: IncomingMessage,
	res: ServerResponse,
	status: number,
	result: ExecutionResult,
	headers: Record<string, string>,
): void {
	const type = req.headers.accept?.includes('application/graphql-response+json')
		? 'application/graphql-response+json'
		: 'application/json';
	sendText(res, status, JSON.stringify(result), { 'content-type': `${type}; charset=utf-8`, ...headers });
}

async function passToYoga(
	req: IncomingMessage,
	res: ServerResponse,
	context: GraphQLContext | undefined,
	body: Buffer | undefined,
	{ graphql, slowReaderMaxMs }: GraphQLHandlerDeps,
): Promise<void> {
	// The client's Host is nobody's business here, and may be malformed.
	const url = `http://localhost/graphql${requestUrl(req)?.search ?? ''}`;
	const left = new AbortController();
	res.once('close', () => left.abort());
	const response = await graphql.yoga.fetch(
		new Request(url, {
			method: req.method ?? 'GET',
			headers: plainHeaders(req),
			signal: left.signal,
			...(body !== undefined && { body: new Uint8Array(body) }),
		}),
		context ?? {},
	);
	const streams = response.headers.get('content-type')?.startsWith('text/event-stream');
	const headers = Object.fromEntries(response.headers);
	res.writeHead(response.status, streams ? { ...headers, ...EVENT_STREAM_HEADERS } : headers);
	breakOffStalled(res, slowReaderMaxMs);
	if (response.body === null) res.end();
	// Yoga's streams are its own, not the platform's: all that both have is the iteration.
	else await pipeline(Readable.from(response.body as AsyncIterable<Uint8Array>), res).catch(() => undefined);
}

/** A reader that stops reading holds up its own stream alone; its connection is not kept for it. */
function breakOffStalled(res: ServerResponse, maxMs: number): void {
	let stalled = false;
	const beat = setInterval(() => {
		if (stalled) res.destroy();
		stalled = res.writableNeedDrain;
	}, maxMs).unref();
	res.on('drain', () => {
		stalled = false;
	});
	res.once('close', () => clearInterval(beat));
}

function plainHeaders(req: IncomingMessage): Headers {
	const headers = new Headers();
	for (const [name, value] of Object.entries(req.headers))
		for (const one of Array.isArray(value) ? value : [value])
			if (one !== undefined) headers.append(name, one);
	return headers;
}

/** What a GET asks for, in the form of a POST's body. */
function readQuery(req: IncomingMessage): Record<'query' | 'operationName' | 'variables', unknown> {
	const parameters = requestUrl(req)?.searchParams;
	const variables = parameters?.get('variables');
	return {
		query: parameters?.get('query'),
		operationName: parameters?.get('operationName'),
		// What is no JSON is no object either.
		variables: variables && (parseJson(Buffer.from(variables)) ?? variables),
	};
}

function asksForMutation(req: IncomingMessage, { operations }: GraphQLServer): boolean {
	const request = toOperationRequest({ ...readQuery(req), variables: undefined });
	return !(request instanceof GraphQLError) && kindOf(operations.prepare(request)) === 'mutation';
}

function kindOf(prepared: Prepared): OperationTypeNode | undefined {
	return 'operation' in prepared ? prepared.operation.definition.operation : undefined;
}

function isForPeople(req: IncomingMessage): boolean {
	return req.method === 'GET' && req.headers.accept?.includes('text/html') === true;
}

function isJson(req: IncomingMessage): boolean {
	return /^application\/(graphql-response\+)?json\s*(;|$)/i.test(req.headers['content-type'] ?? '');
}

function parseJson(body: Buffer): unknown {
	if (!isUtf8(body)) return undefined;
	try {
		return JSON.parse(body.toString('utf8'));
	} catch {
		return undefined;
	}
}
