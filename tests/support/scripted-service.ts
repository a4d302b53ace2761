import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageType, parseMessage, type SubscribeMessage } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';

/** What a subscription hears. */
export interface Peer {
	readonly variables: Readonly<Record<string, unknown>>;
	event(fields: Readonly<Record<string, unknown>>, errors?: readonly object[]): void;
	errors(errors: readonly object[]): void;
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
 * the n-th subscription, whose conversation ends at `head` or `head(n)`.
 */
export async function startScriptedService(
	head: number | ((n: number) => number),
	onSubscribe: (peer: Peer, n: number) => void,
): Promise<ScriptedService> {
	const subscribed: Readonly<Record<string, unknown>>[] = [];
	const server = new WebSocketServer({
		port: 0,
		host: '127.0.0.1',
		handleProtocols: () => 'graphql-transport-ws',
	});
	await once(server, 'listening');
	server.on('connection', (socket) => {
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
			onSubscribe(
				{
					variables: payload.variables ?? {},
					event: (fields, errors) =>
						next({ conversationEvents: { __typename: 'MessageSent', ...fields } }, errors),
					errors: (errors) => say({ id, type: MessageType.Error, payload: errors }),
					socket,
				},
				subscribed.length,
			);
		};
		socket.on('message', (data) => {
			const message = parseMessage(String(data));
			if (message.type === MessageType.ConnectionInit) say({ type: MessageType.ConnectionAck });
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
