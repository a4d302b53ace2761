import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols, type Server as ProtocolServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Origins } from './origins.ts';
import { requestIdOf } from './request-id.ts';
import { type Connection, createSocketOperations, type SocketOperationsDeps } from './socket-operations.ts';

export interface WebSocketDeps extends SocketOperationsDeps {
	readonly origins: Origins;
	readonly logger: Logger;
	readonly metrics: Metrics;
}

const KEEP_ALIVE_MS = 12_000;
const CLOSE_TIMEOUT_MS = 1_000;
/** IANA WebSocket close codes. */
const GOING_AWAY = 1001;

/** GraphQL over WebSocket (graphql-transport-ws) at /graphql of an HTTP server. The answer closes all sockets with 1001. */
export function serveWebSockets(server: Server, deps: WebSocketDeps): { close(): Promise<void> } {
	const operations = createSocketOperations(deps);
	const sockets = new WebSocketServer({
		noServer: true,
		maxPayload: deps.config.maxFrameBytes,
		perMessageDeflate: false,
		handleProtocols,
	});
	const opened = (socket: WebSocket, stream: Duplex, req: IncomingMessage) =>
		open(socket, stream, requestIdOf(req), operations, deps);
	server.on('upgrade', (req, socket, head) => {
		destroyOnError(socket);
		if (req.url?.split('?')[0] !== '/graphql') refuseUpgrade(socket, '404 Not Found');
		else if (!deps.origins.admits(req)) refuseUpgrade(socket, '403 Forbidden');
		else sockets.handleUpgrade(req, socket, head, (ready) => opened(ready, socket, req));
	});
	const keepAlive = keepAliveOf(sockets);
	return {
		close: () => {
			clearInterval(keepAlive);
			return closeAll(sockets);
		},
	};
}

/** On its own, so that the listener, which lives as long as the socket, holds nothing but the socket. */
function destroyOnError(socket: Duplex): void {
	socket.on('error', () => socket.destroy());
}

function refuseUpgrade(socket: Duplex, status: string): void {
	socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Hands a socket to the protocol. The request that opened it is not kept: its headers are most of what a socket would cost. */
function open(
	socket: WebSocket,
	stream: Duplex,
	requestId: string,
	operations: ProtocolServer<Connection>,
	deps: WebSocketDeps,
): void {
	const { logger, metrics } = deps;
	const fail = (err: unknown) => {
		logger.error({ err, requestId }, 'a socket failed');
		socket.close(CloseCode.InternalServerError, 'Internal server error');
	};
	const closed = operations.opened(
		{
			protocol: socket.protocol,
			send: (text) => send(socket, text),
			close: (code, reason) => socket.close(code, reason),
			onMessage: (handle) => socket.on('message', (data) => void handle(String(data)).catch(fail)),
		},
		{ socket, stream, requestId, viewer: undefined, expiry: undefined, operations: 0 },
	);
	metrics.socketOpened('websocket');
	// ws closes the socket itself: 1009 above the limit, 1007 for what is no UTF-8.
	socket.on('error', (err) => logger.debug({ err, requestId }, 'a socket was refused a frame'));
	socket.once('close', (code, reason) => {
		metrics.socketClosed('websocket');
		closed(code, String(reason)).catch((err: unknown) =>
			logger.error({ err, requestId }, 'a socket failed to close'),
		);
	});
}

/** Settles when the socket has taken the text: what awaits it is paused by a stalled reader. */
function send(socket: WebSocket, text: string): Promise<void> {
	if (socket.readyState !== socket.OPEN) return Promise.resolve();
	return new Promise((resolve) => socket.send(text, () => resolve()));
}

/** Peers that answer no ping for a whole beat are gone. One timer for all: a timer each would cost more than the socket's own state. */
function keepAliveOf(sockets: WebSocketServer): NodeJS.Timeout {
	let unanswered = new WeakSet<WebSocket>();
	return setInterval(() => {
		const asked = new WeakSet<WebSocket>();
		for (const socket of sockets.clients) {
			if (unanswered.has(socket)) {
				socket.terminate();
				continue;
			}
			asked.add(socket);
			socket.once('pong', () => asked.delete(socket));
			socket.ping();
		}
		unanswered = asked;
	}, KEEP_ALIVE_MS).unref();
}

async function closeAll(sockets: WebSocketServer): Promise<void> {
	const open = [...sockets.clients];
	for (const socket of open) socket.close(GOING_AWAY, 'Going away');
	const closed = open.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
	await Promise.race([
		Promise.all(closed),
		new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref()),
	]);
	for (const socket of sockets.clients) socket.terminate();
	sockets.close();
}
