import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols, MessageType, type Server as ProtocolServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SocketsConfig } from '../config.ts';
import type { Limits } from '../identity/limits.ts';
import { Rate } from '../identity/rate.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Origins } from './origins.ts';
import { requestIdOf } from './request-id.ts';
import { type Connection, createSocketOperations, type SocketOperationsDeps } from './socket-operations.ts';
import { SocketOutbox } from './socket-outbox.ts';

export interface WebSocketDeps extends SocketOperationsDeps {
	readonly origins: Origins;
	readonly logger: Logger;
	readonly metrics: Metrics;
	readonly limits: SocketOperationsDeps['limits'] & Pick<Limits, 'takeConnection' | 'giveBackConnection'>;
}

/** The beat of the pings. The time that a slow reader has is shorter by default: else it would be taken for gone. */
export const KEEP_ALIVE_MS = 12_000;
const CLOSE_TIMEOUT_MS = 1_000;
/** How long one who sends too much may take to answer the close, while all that it sends is read and dropped. */
const FLOOD_TIMEOUT_MS = 3_000;
/** IANA WebSocket close codes. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;
/** Of ws, for a frame above `maxPayload`. */
const TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
/** Of one who was refused for want of room. */
const RETRY_SECONDS = 5;
const PONG = JSON.stringify({ type: MessageType.Pong });

/** GraphQL over WebSocket (graphql-transport-ws) at /graphql of an HTTP server. The answer closes all sockets with 1001. */
export function serveWebSockets(server: Server, deps: WebSocketDeps): { close(): Promise<void> } {
	const operations = createSocketOperations(deps);
	const sockets = new WebSocketServer({
		noServer: true,
		maxPayload: deps.config.maxFrameBytes,
		perMessageDeflate: false,
		// Pings are counted before they are answered.
		autoPong: false,
		handleProtocols,
	});
	const rate = new Rate(deps.config.maxFramesPerSecond);
	const opened = (socket: WebSocket, stream: Duplex, req: IncomingMessage) =>
		open(socket, stream, requestIdOf(req), operations, rate, deps);
	const gone = () => deps.limits.giveBackConnection();
	server.on('upgrade', (req, socket, head) => {
		destroyOnError(socket);
		if (req.url?.split('?')[0] !== '/graphql') refuseUpgrade(socket, '404 Not Found');
		else if (!deps.origins.admits(req)) refuseUpgrade(socket, '403 Forbidden');
		else if (!deps.limits.takeConnection())
			refuseUpgrade(socket, '503 Service Unavailable', `Retry-After: ${RETRY_SECONDS}\r\n`);
		else {
			socket.once('close', gone);
			sockets.handleUpgrade(req, socket, head, (ready) => opened(ready, socket, req));
		}
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

/** The connection is counted nowhere, so it is not left to its client to end it. */
function refuseUpgrade(socket: Duplex, status: string, headers = ''): void {
	const answer = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n${headers}\r\n`;
	socket.end(answer, () => socket.destroy());
}

/** Hands a socket to the protocol. The request that opened it is not kept: its headers are most of what a socket would cost. */
function open(
	socket: WebSocket,
	stream: Duplex,
	requestId: string,
	operations: ProtocolServer<Connection>,
	rate: Rate,
	deps: WebSocketDeps,
): void {
	const { logger, metrics } = deps;
	const takes = countFrames(socket, rate, deps);
	const fail = (err: unknown) => {
		logger.error({ err, requestId }, 'a socket failed');
		socket.close(CloseCode.InternalServerError, 'Internal server error');
	};
	const outbox = new SocketOutbox(socket, stream);
	const closed = operations.opened(
		{
			protocol: socket.protocol,
			send: (text) => send(socket, outbox, text, deps.config),
			// Without the payload: nobody needs it back, and it would wait for a peer that does not read.
			onPing: () => send(socket, outbox, PONG, deps.config),
			close: (code, reason) => socket.close(code, reason),
			onMessage: (handle) =>
				socket.on('message', (data) => {
					if (takes()) handle(readMessage(String(data))).catch(fail);
				}),
		},
		{ socket, outbox, requestId, viewer: undefined, expiry: undefined, running: [] },
	);
	metrics.socketOpened('websocket');
	// ws closes the socket itself: 1009 above the limit, 1007 for what is no UTF-8.
	socket.on('error', (err) => {
		if ('code' in err && err.code === TOO_LARGE) metrics.limited('frame_bytes');
		logger.debug({ err, requestId }, 'a socket was refused a frame');
	});
	socket.once('close', (code, reason) => {
		metrics.socketClosed('websocket');
		closed(code, String(reason)).catch((err: unknown) =>
			logger.error({ err, requestId }, 'a socket failed to close'),
		);
	});
}

/**
 * Whether a socket may send one more frame; it is closed where not, and nothing that it sends after that is taken. Pings
 * and pongs count as well: they are read, and pings are answered as long as the answers are read.
 */
function countFrames(socket: WebSocket, rate: Rate, { config, metrics }: WebSocketDeps): () => boolean {
	let fullAt = 0;
	const takes = () => {
		if (socket.readyState !== socket.OPEN) return false;
		const now = performance.now();
		fullAt = rate.take(fullAt, now);
		if (rate.wait(fullAt, now) === 0) return true;
		metrics.limited('socket_frames');
		socket.close(TRY_AGAIN_LATER, 'Too many messages a second');
		setTimeout(() => socket.terminate(), FLOOD_TIMEOUT_MS).unref();
		return false;
	};
	socket.on('ping', (payload) => {
		if (takes() && socket.bufferedAmount <= config.slowReaderMaxBytes) socket.pong(payload);
	});
	socket.on('pong', takes);
	return takes;
}

/**
 * The protocol takes a parsed message for its text, and keeps what it was given as long as the operation runs: a
 * follower would hold the whole frame. What is no JSON object stays text, for the protocol to refuse.
 */
function readMessage(text: string): string {
	try {
		const message = JSON.parse(text);
		return typeof message === 'object' && message !== null ? message : text;
	} catch {
		return text;
	}
}

/**
 * Settles when the socket has taken the text. A peer that does not read is not read from either: else its pings and
 * refused operations would be answered into memory. One that takes nothing for too long is closed.
 */
async function send(
	socket: WebSocket,
	outbox: SocketOutbox,
	text: string,
	{ slowReaderMaxBytes, slowReaderMaxMs }: SocketsConfig,
) {
	if (socket.readyState !== socket.OPEN) return;
	// An operation's end must not overtake its events.
	outbox.flush();
	const tooLong = setTimeout(closeSlow, slowReaderMaxMs, socket);
	const taken = new Promise<void>((resolve) => socket.send(text, () => resolve()));
	const pauses = socket.bufferedAmount > slowReaderMaxBytes && !socket.isPaused;
	if (pauses) socket.pause();
	await taken;
	clearTimeout(tooLong);
	if (pauses) socket.resume();
}

function closeSlow(socket: WebSocket): void {
	socket.resume();
	socket.close(TRY_AGAIN_LATER, 'The reader is too slow');
}

/** Peers that answer no ping for a whole beat are gone. One timer for all: a timer each would cost more than the socket's own state. */
function keepAliveOf(sockets: WebSocketServer): NodeJS.Timeout {
	let unanswered = new WeakSet<WebSocket>();
	return setInterval(() => {
		const asked = new WeakSet<WebSocket>();
		for (const socket of sockets.clients) {
			if (unanswered.has(socket)) {
				// With something waiting it is a slow reader, and hears so if it ever reads on.
				if (socket.bufferedAmount > 0 && socket.readyState === socket.OPEN) closeSlow(socket);
				else socket.terminate();
			}
			if (socket.readyState === socket.CLOSED) continue;
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
