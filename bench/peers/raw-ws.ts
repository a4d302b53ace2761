/**
 * The floor: a bare `ws` server that speaks just enough of graphql-transport-ws for the same load. It serialises
 * an event once and sends the same bytes to every follower. Tokens are checked; nothing is stored.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { createLogger, logRequest } from './support/log.ts';
import { LIMITS, readSettings } from './support/settings.ts';
import { type Claims, createAuthenticate } from './support/tokens.ts';

interface Operation {
	readonly operationName: string;
	readonly variables: { readonly input: { readonly body: string } };
}

interface Frame {
	readonly type: string;
	readonly payload?: { readonly authorization?: string };
}

const settings = readSettings();
const logger = createLogger(settings.logLevel);
const authenticate = createAuthenticate(settings.secret);
const conversationId = crypto.randomUUID();
const followers = new Set<WebSocket>();
let sequence = 0;

function answer({ operationName, variables }: Operation, { subject, name }: Claims): unknown {
	if (operationName !== 'SendMessage')
		return { conversation: { id: conversationId, lastSequence: sequence } };
	sequence += 1;
	const occurredAt = new Date().toISOString();
	const id = crypto.randomUUID();
	const { body } = variables.input;
	const message = { id, sequence, body, createdAt: occurredAt, author: { id: subject, name } };
	const event = { __typename: 'MessageSent', sequence, occurredAt, message };
	const frame = JSON.stringify({ id: '1', type: 'next', payload: { data: { conversationEvents: event } } });
	for (const follower of followers) follower.send(frame);
	return { message: { id, sequence } };
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const startedAt = performance.now();
	const claims = await authenticate(request.headers.authorization);
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const operation = JSON.parse(Buffer.concat(chunks).toString()) as Operation;
	const field = operation.operationName.replace(/^./, (first) => first.toLowerCase());
	const __typename = `${operation.operationName}Payload`;
	const data = { [field]: { __typename, ...(answer(operation, claims) as object) } };
	response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
	logRequest(logger, { operation: operation.operationName, subject: claims.subject, startedAt, status: 200 });
}

const server = createServer((request, response) => {
	handle(request, response).catch((error: unknown) => {
		logger.error(error);
		response.writeHead(400).end();
	});
});
const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: LIMITS.bodyBytes * 4 });
sockets.on('connection', (socket) => {
	socket.on('close', () => followers.delete(socket));
	socket.on('message', (data: Buffer) => {
		const { type, payload } = JSON.parse(data.toString()) as Frame;
		if (type === 'subscribe') followers.add(socket);
		if (type !== 'connection_init') return;
		Promise.resolve()
			.then(() => authenticate(payload?.authorization))
			.then(() => socket.send('{"type":"connection_ack"}'))
			.catch(() => socket.close(4403));
	});
});
server.listen(settings.port, settings.host);
