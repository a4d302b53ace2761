/**
 * The floor: a bare `ws` server that speaks just enough of graphql-transport-ws for the same load. It serialises an
 * event once and sends the same ready string to every follower.
 */
import { type WebSocket, WebSocketServer } from 'ws';
import { LIMITS, readSettings } from './support/settings.ts';
import { createUnstoredServer } from './support/unstored.ts';

interface Frame {
	readonly type: string;
	readonly payload?: { readonly authorization?: string };
}

const settings = readSettings();
const followers = new Set<WebSocket>();
/** All the same, so that the string is ready; as long as those that clients make. */
const OPERATION_ID = crypto.randomUUID();

const { server, authenticate } = createUnstoredServer(settings, (event) => {
	const payload = { data: { conversationEvents: event } };
	const frame = JSON.stringify({ id: OPERATION_ID, type: 'next', payload });
	for (const follower of followers) follower.send(frame);
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
