/** socket.io with a room for the conversation, over WebSockets alone. Tokens are checked; nothing is stored. */
import { Server } from 'socket.io';
import { readSettings } from './support/settings.ts';
import { CONVERSATION_ID, createUnstoredServer } from './support/unstored.ts';

const settings = readSettings();
const { server, authenticate } = createUnstoredServer(settings, (event) => {
	io.to(CONVERSATION_ID).emit('conversationEvents', event);
});
const io = new Server(server, { path: '/graphql', transports: ['websocket'], serveClient: false });
io.use((socket, next) => {
	const { authorization } = socket.handshake.auth as { authorization?: string };
	Promise.resolve()
		.then(() => authenticate(authorization))
		.then(() => next(), next);
});
io.on('connection', (socket) => {
	socket.on('follow', (conversationId: string, acknowledge: () => void) => {
		void socket.join(conversationId);
		acknowledge();
	});
});
server.listen(settings.port, settings.host);
