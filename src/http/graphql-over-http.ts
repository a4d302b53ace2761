import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ExecutionResult, GraphQLError, type OperationTypeNode } from 'graphql';
import type { GraphQLContext } from '../../schema/context.ts';
import { RateLimitedError } from '../conversations/errors.ts';
import { type Limits, sharesOf, type Turns } from '../identity/limits.ts';
import { UnauthenticatedError } from '../identity/tokens.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Authentication } from './authentication.ts';
import { BodyTooLarge, ClientGone, readBody } from './body.ts';
import type { GraphQLServer } from './graphql.ts';
import { parseJson } from './json-body.ts';
import { limitError } from './limit-errors.ts';
import { type Prepared, type RunArgs, toOperationRequest } from './operations.ts';
import { publicError, statusOf, toPublicError } from './public-errors.ts';
import { requestUrl, sendText } from './respond.ts';
import { acceptsEventStream } from './server-sent-events.ts';
import type { SseFollowing } from './sse-following.ts';
import { passToYoga } from './yoga-handler.ts';

export interface GraphQLHandlerDeps {
	readonly graphql: GraphQLServer;
	readonly authentication: Authentication;
	readonly limits: Pick<Limits, 'begin' | 'takeStream'>;
	readonly following: Pick<SseFollowing, 'takes' | 'follow'>;
	readonly metrics: Pick<Metrics, 'limited'>;
	readonly maxBodyBytes: number;
	/** How long a reader may take nothing. */
	readonly slowReaderMaxMs: number;
	readonly hasGraphiQL: boolean;
	readonly createContext: (viewer: Viewer, requestId: string, turns: Turns) => GraphQLContext;
}

/** A request whose sender is known. */
interface Exchange {
	readonly req: IncomingMessage;
	readonly res: ServerResponse;
	readonly context: GraphQLContext;
	readonly turns: Turns;
	readonly deps: GraphQLHandlerDeps;
}

/** What is wrong with a request before there is an operation. */
class HttpRefusal extends Error {
	readonly status: number;
	readonly headers: Record<string, string>;

	constructor(status: number, message: string, headers: Record<string, string> = {}) {
		super(message);
		this.status = status;
		this.headers = headers;
	}
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
	try {
		if (isForPeople(req) && deps.hasGraphiQL) return await passToYoga(req, res, undefined, undefined, deps);
		if (req.method !== 'GET' && req.method !== 'POST')
			throw new HttpRefusal(405, 'Use GET or POST.', { allow: 'GET, POST' });
		const viewer = await deps.authentication.ofRequest(req);
		const turns = deps.limits.begin(viewer.user.id);
		const exchange = { req, res, context: deps.createContext(viewer, requestId, turns), turns, deps };
		await (req.method === 'GET' ? get(exchange) : post(exchange));
	} catch (error) {
		if (error instanceof ClientGone) return;
		if (res.headersSent) res.destroy();
		else refuse(req, res, requestId, error, deps);
	}
}

function refuse(
	req: IncomingMessage,
	res: ServerResponse,
	requestId: string,
	error: unknown,
	deps: GraphQLHandlerDeps,
): void {
	const { graphql, metrics, maxBodyBytes } = deps;
	if (error instanceof BodyTooLarge) {
		metrics.limited('body_bytes');
		// The rest is read and dropped: a client that is cut off while it sends may never see the answer.
		req.resume();
	}
	const refusal =
		error instanceof BodyTooLarge
			? new HttpRefusal(413, `The body has more than ${maxBodyBytes} bytes.`)
			: error;
	const isHttp = refusal instanceof HttpRefusal;
	const fault = isHttp ? publicError('BAD_USER_INPUT', refusal.message) : refusal;
	const shown = toPublicError(fault, graphql.errorPolicy, requestId);
	const headers = error instanceof UnauthenticatedError ? { 'www-authenticate': 'Bearer' } : {};
	const status = isHttp ? refusal.status : statusOf(shown.extensions['code']);
	send(req, res, deps, status, { errors: [shown] }, isHttp ? refusal.headers : headers);
}

async function get(exchange: Exchange): Promise<void> {
	const { req, res, context, deps } = exchange;
	const asked = readQuery(req);
	const request = toOperationRequest(asked);
	// Asked before yoga is, which answers 200 to whoever accepts a stream of events.
	const operation = toOperationRequest({ ...asked, variables: undefined });
	const prepared =
		operation instanceof GraphQLError ? { errors: [operation] } : deps.graphql.operations.prepare(operation);
	if (kindOf(prepared) === 'mutation')
		throw new HttpRefusal(405, 'Send mutations by POST.', { allow: 'POST' });
	requireTurn(exchange, prepared);
	const variables = request instanceof GraphQLError ? undefined : request.variables;
	admitStream(exchange, prepared, variables);
	if (!(request instanceof GraphQLError) && (await follow(exchange, prepared, variables))) return;
	await passToYoga(req, res, context, undefined, deps);
}

async function post(exchange: Exchange): Promise<void> {
	const { req, res, context, deps } = exchange;
	// Other content types are what a foreign page's form can send without being asked (CSRF).
	if (!isJson(req)) throw new HttpRefusal(415, 'Send application/json.');
	const body = await readBody(req, deps.maxBodyBytes);
	const request = toOperationRequest(parseJson(body));
	if (request instanceof GraphQLError) throw request;
	const prepared = deps.graphql.operations.prepare(request);
	requireTurn(exchange, prepared);
	// Some clients would take a stream from each request; what is one answer is a stream for those only who take nothing else.
	const isOneAnswer = kindOf(prepared) !== 'subscription' && acceptsJson(req);
	if (isOneAnswer || !acceptsEventStream(req)) return answer(exchange, prepared, request.variables);
	admitStream(exchange, prepared, request.variables);
	if (await follow(exchange, prepared, request.variables)) return;
	await passToYoga(req, res, context, body, deps);
}

/** A mutation that comes too soon is executed: its fields say so. @throws RateLimitedError */
function requireTurn({ turns }: Exchange, prepared: Prepared): void {
	if (turns.wait > 0 && kindOf(prepared) !== 'mutation') throw new RateLimitedError(turns.wait);
}

/** A stream counts for as long as its connection. @throws DomainError where there are too many. */
function admitStream(
	{ res, context, deps }: Exchange,
	prepared: Prepared,
	variables: RunArgs['variables'],
): void {
	// Gone already: there would be no close to give back at.
	if (kindOf(prepared) !== 'subscription' || !('operation' in prepared) || res.destroyed) return;
	const shares = sharesOf(prepared.operation.text, variables);
	const taken = deps.limits.takeStream(context.viewer.user.id, shares);
	if (typeof taken === 'string') throw limitError(taken);
	res.once('close', taken);
}

/** Whether it was for a stream of conversation events, which is then under way. */
async function follow(
	{ req, res, context, deps: { following } }: Exchange,
	prepared: Prepared,
	variables: RunArgs['variables'],
): Promise<boolean> {
	if (!acceptsEventStream(req) || kindOf(prepared) !== 'subscription' || !('operation' in prepared))
		return false;
	const { operation } = prepared;
	if (!following.takes(operation, variables)) return false;
	const lastEventId = req.headers['last-event-id']?.toString();
	await following.follow({ operation, variables, context, lastEventId, res });
	return true;
}

async function answer(
	{ req, res, context, deps }: Exchange,
	prepared: Prepared,
	variables: RunArgs['variables'],
): Promise<void> {
	const { graphql } = deps;
	if ('errors' in prepared) {
		const { requestId } = context;
		const shown = prepared.errors.map((error) => toPublicError(error, graphql.errorPolicy, requestId));
		return send(req, res, deps, statusOf(shown[0]?.extensions['code']), { errors: shown });
	}
	if (kindOf(prepared) === 'subscription')
		throw publicError('BAD_USER_INPUT', 'Subscribe over the WebSocket, or with Accept: text/event-stream.');
	const run = graphql.operations.execute(prepared.operation, { variables, context });
	const result = run instanceof Promise ? await run : run;
	send(req, res, deps, statusOfResult(result), result);
}

/** A request that was executed, however partly, is a 200; one refused before has the status of its error. */
function statusOfResult(result: ExecutionResult): number {
	if (result.errors === undefined || result.data != null || 'data' in result) return 200;
	return statusOf(result.errors[0]?.extensions['code']);
}

function send(
	req: IncomingMessage,
	res: ServerResponse,
	{ slowReaderMaxMs }: Pick<GraphQLHandlerDeps, 'slowReaderMaxMs'>,
	status: number,
	result: ExecutionResult,
	headers: Record<string, string> = {},
): void {
	const type = req.headers.accept?.includes('application/graphql-response+json')
		? 'application/graphql-response+json'
		: 'application/json';
	const retryAfter = status === 200 ? undefined : result.errors?.[0]?.extensions['retryAfter'];
	// An answer is held until it is read: Node breaks it off once nothing of it has left for so long.
	res.setTimeout(slowReaderMaxMs);
	sendText(res, status, JSON.stringify(result), {
		'content-type': `${type}; charset=utf-8`,
		...(typeof retryAfter === 'number' && { 'retry-after': String(retryAfter) }),
		...headers,
	});
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

function kindOf(prepared: Prepared): OperationTypeNode | undefined {
	return 'operation' in prepared ? prepared.operation.definition.operation : undefined;
}

function acceptsJson(req: IncomingMessage): boolean {
	return /\bapplication\/(graphql-response\+)?json\b|\*\/\*/i.test(req.headers.accept ?? '*/*');
}

function isForPeople(req: IncomingMessage): boolean {
	return req.method === 'GET' && req.headers.accept?.includes('text/html') === true;
}

function isJson(req: IncomingMessage): boolean {
	return /^application\/(graphql-response\+)?json\s*(;|$)/i.test(req.headers['content-type'] ?? '');
}
