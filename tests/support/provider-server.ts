import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedRequest {
	readonly method: string | undefined;
	readonly path: string | undefined;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** What is done with a request once all of it is there. */
export type Answer = (response: ServerResponse) => void;

export function answerWith(
	status: number,
	body = '',
	headers: Readonly<Record<string, string | string[]>> = {},
): Answer {
	return (response) => void response.writeHead(status, headers).end(body);
}

/** Ends the connection with a reset, so that nothing of what was received is confirmed. */
export const HANG_UP: Answer = (response) => void response.socket?.resetAndDestroy();

export const NEVER: Answer = () => {};

/** Bytes of any kind in place of an answer. */
export function answerRaw(bytes: string): Answer {
	return (response) => void response.socket?.end(bytes);
}

/** The other end of a provider over HTTP, which answers as it is told. */
export class ProviderServer {
	readonly requests: ReceivedRequest[] = [];
	/** Connections taken so far, and those of them that are open. */
	taken = 0;
	readonly open = new Set<Socket>();
	answer: Answer = answerWith(200, '{"id":"p-1"}');

	readonly #server = createServer(async (request, response) => {
		const { method, url: path, headers } = request;
		this.requests.push({ method, path, headers, body: await text(request) });
		response.on('error', () => {});
		this.#arrivals.shift()?.();
		this.answer(response);
	});
	readonly #arrivals: (() => void)[] = [];

	constructor() {
		this.#server.on('connection', (socket) => {
			this.taken++;
			this.open.add(socket.on('close', () => this.open.delete(socket)));
		});
	}

	async start(): Promise<URL> {
		this.#server.listen(0, '127.0.0.1');
		await once(this.#server, 'listening');
		const { port } = this.#server.address() as AddressInfo;
		return new URL(`http://127.0.0.1:${port}/`);
	}

	/** Resolves when the next request is there. */
	arrival(): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#arrivals.push(resolve);
		return promise;
	}

	/** Resolves when no connection is open. */
	async emptied(): Promise<void> {
		const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));
		await Promise.all([...this.open].map(closed));
	}

	async stop(): Promise<void> {
		const closed = once(this.#server, 'close');
		this.#server.close();
		this.#server.closeAllConnections();
		await closed;
	}
}
