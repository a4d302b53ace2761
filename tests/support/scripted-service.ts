import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageType, parseMessage, type SubscribeMessage } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';

/** What a subscription hears. */
export interface Peer {
	readonly variables: Readonly<Record<string, unknown>>;
	event(fields: Readonly<Record<string, unknown>>, errors?: readonly object[]): void;
	errors(errors: readonly object[]): void;
	complete(): void;
	readonly socket: WebSocket;
}

export interface ScriptedService {
	readonly port: number;
	/** The variables of each subscription so far. */
	readonly subscribed: readonly Readonly<Record<string, unknown>>[];
	close(): Promise<void>;
}

/**
 * A peer that speaks graphql-transport-ws and does what the service never should, or seldom does: `onSubscribe` plays
 * the n-th subscription, whose conversation ends at `head` or `head(n)`, and what it says in one turn leaves in one
 * write. `onConnect` plays the n-th connection, which is open once it has called `acknowledge`.
 */
export async function startScriptedService(
	head: number | ((n: number) => number),
	onSubscribe: (peer: Peer, n: number) => void,
	onConnect: (acknowledge: () => void, socket: WebSocket, n: number) => void = (acknowledge) => acknowledge(),
): Promise<ScriptedService> {
	const subscribed: Readonly<Record<string, unknown>>[] = [];
	let connections = 0;
	const server = new WebSocketServer({
		port: 0,
		host: '127.0.0.1',
		handleProtocols: () => 'graphql-transport-ws',
	});
	await once(server, 'listening');
	server.on('connection', (socket, { socket: stream }) => {
		const say = (message: object) => socket.send(JSON.stringify(message));
		const subscribe = ({ id, payload }: SubscribeMessage) => {
			const next = (data: object, errors?: readonly object[]) =>
				say({ id, type: MessageType.Next, payload: { data, ...(errors && { errors }) } });
			if (payload.query.startsWith('query')) {
				const after = typeof head === 'number' ? head : head(subscribed.length);
				next({ conversation: { after, epoch: 'scripted' } });
				return say({ id, type: MessageType.Complete });
			}
			subscribed.push(payload.variables ?? {});
			stream.cork();
			onSubscribe(
				{
					variables: payload.variables ?? {},
					event: (fields, errors) =>
						next({ conversationEvents: { __typename: 'MessageSent', ...fields } }, errors),
					errors: (errors) => say({ id, type: MessageType.Error, payload: errors }),
					complete: () => say({ id, type: MessageType.Complete }),
					socket,
				},
				subscribed.length,
			);
			stream.uncork();
		};
		socket.on('message', (data) => {
			const message = parseMessage(String(data));
			if (message.type === MessageType.ConnectionInit)
				onConnect(() => say({ type: MessageType.ConnectionAck }), socket, ++connections);
			else if (message.type === MessageType.Subscribe) subscribe(message);
		});
	});
	return {
		port: (server.address() as AddressInfo).port,
		subscribed,
		close: async () => {
			for (const socket of server.clients) socket.terminate();
			server.close();
			await once(server, 'close');
		},
	};
}
