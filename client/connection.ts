import { createClient, type FormattedExecutionResult, type Sink } from 'graphql-ws/client';

export interface ConnectionOptions {
	/** ws: or wss: */
	readonly url: string;
	readonly webSocketImpl: WebSocketClass;
	/** A silent line is asked for a sign of life after so long. */
	readonly keepAliveMs: number;
	/** How long a connection, or a sign of life, may take. */
	readonly timeoutMs: number;
}

/** The browser's WebSocket, Node's own since 22, or that of `ws`. */
export type WebSocketClass = new (url: string, protocols?: string | string[]) => WebSocketLike;

interface WebSocketLike {
	send(text: string): void;
	addEventListener(type: 'error', listener: () => void): void;
}

export interface ConnectionEvents {
	connected(): void;
	/** Once, with a close event or an error; never after `close`. */
	lost(reason: unknown): void;
}

/** One WebSocket, which is opened at once and never again: who uses it connects anew, with another token. */
export interface Connection {
	readonly token: string;
	/** Answers with how to end it, after which the sink may still hear something. */
	subscribe(
		query: string,
		variables: Readonly<Record<string, unknown>>,
		sink: Sink<FormattedExecutionResult>,
	): () => void;
	/** Asks for a sign of life now. Without one the connection is lost. */
	probe(): void;
	close(): void;
}

export function connect(options: ConnectionOptions, token: string, events: ConnectionEvents): Connection {
	const { url, webSocketImpl, keepAliveMs, timeoutMs } = options;
	let socket: WebSocketLike | undefined;
	let isConnected = false;
	let isOver = false;
	/** Without a pong graphql-ws sends no further ping: other messages only lengthen the wait for it. */
	let isAsked = false;
	let overdue: ReturnType<typeof setTimeout> | undefined;

	const awaitSign = () => {
		overdue ??= setTimeout(lose, timeoutMs, 'No answer in time');
	};
	const alive = () => {
		clearTimeout(overdue);
		overdue = undefined;
		if (isAsked && !isOver) awaitSign();
	};
	const ask = () => {
		isAsked = true;
		awaitSign();
	};
	const close = () => {
		isOver = true;
		clearTimeout(overdue);
		// It waits for a connection that is under way, and fails with it.
		Promise.resolve(client.dispose()).catch(ignore);
		if (!isConnected) client.terminate();
	};
	const lose = (reason: unknown) => {
		if (isOver) return;
		close();
		events.lost(reason);
	};
	const client = createClient({
		url,
		connectionParams: { authorization: `Bearer ${token}` },
		lazy: false,
		// It would send the first `after` again.
		retryAttempts: 0,
		onNonLazyError: ignore,
		keepAlive: keepAliveMs,
		webSocketImpl: class extends webSocketImpl {
			constructor(address: string, protocols?: string | string[]) {
				super(address, protocols);
				socket = this;
				// `ws` throws what nobody listens for, and graphql-ws stops listening before a socket has given up.
				this.addEventListener('error', ignore);
			}
		},
		on: {
			connected: () => {
				// `ws` hands on what still comes after `close`.
				if (isOver) return;
				isConnected = true;
				alive();
				events.connected();
			},
			message: () => isConnected && isAsked && alive(),
			ping: (isReceived) => isReceived || ask(),
			pong: (isReceived) => {
				if (!isReceived) return;
				isAsked = false;
				alive();
			},
			closed: lose,
			error: lose,
		},
	});
	awaitSign();

	return {
		token,
		subscribe: (query, variables, sink) => {
			const leave = client.subscribe({ query, variables: { ...variables } }, sink);
			// `ws` hands on all that came at a time in one turn, and graphql-ws would count one twice that is left and
			// completed in the same turn: it would close the connection under the others.
			return () => queueMicrotask(leave);
		},
		probe: () => {
			socket?.send('{"type":"ping"}');
			ask();
		},
		close,
	};
}

function ignore(): void {}
