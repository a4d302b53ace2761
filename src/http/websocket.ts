import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { CloseCode, type SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { GraphQLContext } from '../../schema/context.ts';
import type { SocketsConfig } from '../config.ts';
import { UnauthenticatedError } from '../identity/tokens.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Authentication } from './authentication.ts';
import type { EventFollowing } from './event-following.ts';
import { type Operation, type Operations, toOperationRequest } from './operations.ts';
import type { Origins } from './origins.ts';
import { type ErrorPolicy, publicError, toPublicError } from './public-errors.ts';
import { requestIdOf } from './request-id.ts';

export interface WebSocketDeps {
	readonly config: SocketsConfig;
	readonly origins: Origins;
	readonly authentication: Authentication;
	readonly operations: Operations;
	readonly following: EventFollowing;
	readonly errorPolicy: ErrorPolicy;
	readonly createContext: (viewer: Viewer, requestId: string) => GraphQLContext;
	readonly logger: Logger;
	readonly metrics: Metrics;
}

/** A socket whose user is known. */
interface Connection {
	readonly requestId: string;
	readonly viewer: Viewer;
	readonly socket: WebSocket;
	expiry: NodeJS.Timeout | undefined;
	/** Operations under way. */
	operations: number;
}

type Extra = { connection?: Connection } & Record<PropertyKey, unknown>;

/** What onSubscribe hands on to execute and subscribe. */
interface SocketArgs extends ExecutionArgs {
	readonly operation: Operation;
	readonly connection: Connection;
	readonly operationId: string;
	readonly contextValue: GraphQLContext;
}

const KEEP_ALIVE_MS = 12_000;
/** setTimeout takes 31 bits of milliseconds. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** GraphQL over WebSocket (graphql-transport-ws) at /graphql of an HTTP server. The answer closes all sockets with 1001. */
export function serveWebSockets(server: Server, deps: WebSocketDeps): { close(): Promise<void> } {
	const sockets = new WebSocketServer({
		noServer: true,
		maxPayload: deps.config.maxFrameBytes,
		perMessageDeflate: false,
		clientTracking: true,
	});
	useServer<Record<string, unknown>, Extra>(options(deps), sockets, KEEP_ALIVE_MS);
	sockets.on('connection', (socket: WebSocket) => {
		deps.metrics.socketOpened('websocket');
		socket.once('close', () => deps.metrics.socketClosed('websocket'));
		// ws closes the socket itself (1009 above the limit, 1007 for what is no UTF-8).
		socket.on('error', (err) => deps.logger.debug({ err }, 'a socket failed'));
	});
	server.on('upgrade', (req, socket, head) => upgrade(sockets, deps.origins, req, socket, head));
	return { close: () => closeAll(sockets) };
}

function upgrade(
	sockets: WebSocketServer,
	origins: Origins,
	req: IncomingMessage,
	socket: Duplex,
	head: Buffer,
): void {
	socket.on('error', () => socket.destroy());
	if (req.url?.split('?')[0] !== '/graphql') refuseUpgrade(socket, '404 Not Found');
	else if (!origins.admits(req)) refuseUpgrade(socket, '403 Forbidden');
	else sockets.handleUpgrade(req, socket, head, (opened) => sockets.emit('connection', opened, req));
}

function refuseUpgrade(socket: Duplex, status: string): void {
	socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function closeAll(sockets: WebSocketServer): Promise<void> {
	const open = [...sockets.clients];
	for (const socket of open) socket.close(1001, 'Going away');
	const closed = open.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
	await Promise.race([Promise.all(closed), new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
	for (const socket of sockets.clients) socket.terminate();
	sockets.close();
}

function options(deps: WebSocketDeps): Parameters<typeof useServer<Record<string, unknown>, Extra>>[0] {
	return {
		connectionInitWaitTimeout: deps.config.connectionInitTimeoutMs,
		isProd: true,
		onConnect: async ({ connectionParams, extra }) => {
			const requestId = requestIdOf(extra.request);
			try {
				const viewer = await deps.authentication.ofConnection(connectionParams);
				const connection = { requestId, viewer, socket: extra.socket, expiry: undefined, operations: 0 };
				extra.connection = connection;
				closeAtExpiry(connection);
				return true;
			} catch (error) {
				if (!(error instanceof UnauthenticatedError)) deps.errorPolicy.onDefect(error, requestId);
				return false;
			}
		},
		onClose: ({ extra }) => clearTimeout(extra.connection?.expiry),
		onSubscribe: ({ extra }, id, payload) => admit(deps, extra.connection, id, payload),
		execute: (args) => run(deps, args as SocketArgs),
		subscribe: (args) => subscribe(deps, args as SocketArgs),
		onError: ({ extra }, _id, _payload, errors) =>
			errors.map((error) => toPublicError(error, deps.errorPolicy, extra.connection?.requestId).toJSON()),
		onComplete: ({ extra }) => {
			if (extra.connection) extra.connection.operations--;
		},
	};
}

/** Never throws: that would close the socket, and with it all its other subscriptions. */
function admit(
	deps: WebSocketDeps,
	connection: Connection | undefined,
	operationId: string,
	payload: SubscribePayload,
): ExecutionArgs | readonly GraphQLError[] {
	if (connection === undefined) return [publicError('UNAUTHENTICATED', 'A valid access token is required.')];
	const { viewer, requestId } = connection;
	const refuse = (errors: readonly GraphQLError[]) => {
		connection.operations--;
		return errors.map((error) => toPublicError(error, deps.errorPolicy, requestId));
	};
	connection.operations++;
	if (connection.operations > deps.config.maxSubscriptionsPerSocket)
		return refuse([
			publicError(
				'RATE_LIMITED',
				`A socket carries at most ${deps.config.maxSubscriptionsPerSocket} operations at a time.`,
			),
		]);
	const request = toOperationRequest(payload);
	if (request instanceof GraphQLError) return refuse([request]);
	const prepared = deps.operations.prepare(request);
	if ('errors' in prepared) return refuse(prepared.errors);
	const { operation } = prepared;
	return {
		schema: deps.following.schema,
		document: operation.document,
		operationName: operation.operationName,
		variableValues: request.variables,
		contextValue: deps.createContext(viewer, requestId),
		rootValue: undefined,
		operation,
		connection,
		operationId,
	} as unknown as ExecutionArgs;
}

function run(deps: WebSocketDeps, args: SocketArgs): ExecutionResult | Promise<ExecutionResult> {
	return deps.operations.execute(args.operation, {
		variables: args.variableValues ?? undefined,
		context: args.contextValue,
	});
}

async function subscribe(
	deps: WebSocketDeps,
	{ operation, variableValues, contextValue, connection, operationId }: SocketArgs,
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
	const args = { variables: variableValues ?? undefined, context: contextValue };
	const followed = await deps.following.follow(operation, args, connection.socket, operationId);
	return followed ?? deps.operations.subscribe(operation, args);
}

/** The token's end is the socket's end. */
function closeAtExpiry(connection: Connection): void {
	const { expiresAt } = connection.viewer;
	const left = expiresAt - Date.now();
	if (left === Number.POSITIVE_INFINITY) return;
	const wait = Math.min(Math.max(left, 0), MAX_TIMEOUT_MS);
	connection.expiry = setTimeout(() => {
		if (Date.now() < expiresAt) closeAtExpiry(connection);
		else connection.socket.close(CloseCode.Forbidden, 'Forbidden');
	}, wait).unref();
}
