import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import type { Event, Events } from './live.ts';

/** A message of graphql-transport-ws, as it comes. */
export interface Frame {
	readonly type: string;
	readonly id?: string;
	readonly payload?: {
		readonly data?: Readonly<Record<string, unknown>>;
		readonly errors?: readonly FrameError[];
	} & readonly FrameError[];
}

export interface FrameError {
	readonly message: string;
	readonly extensions?: { readonly code?: string };
}

/** A WebSocket at the level of its frames, for what a well-behaved client does not do. */
export class RawSocket {
	readonly socket: WebSocket;
	/** The code and the reason with which it was closed, or was never opened. */
	readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
	readonly #arrived: Frame[] = [];
	readonly #waiting: PromiseWithResolvers<Frame>[] = [];

	constructor(service: { readonly url: string }, options: ClientOptions = {}) {
		this.socket = new WebSocket(
			`${service.url.replace('http', 'ws')}/graphql`,
			'graphql-transport-ws',
			options,
		);
		this.socket.on('error', () => undefined);
		this.closed = new Promise((resolve) => {
			this.socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
		});
		this.socket.on('message', (data) => {
			const frame = JSON.parse(String(data)) as Frame;
			const wait = this.#waiting.shift();
			if (wait) wait.resolve(frame);
			else this.#arrived.push(frame);
		});
		this.socket.on('close', (code, reason) => {
			for (const wait of this.#waiting.splice(0)) wait.reject(new Error(`Closed: ${code} ${reason}`));
		});
	}

	/** Opened, and acknowledged where a token is given. */
	static async open(
		service: { readonly url: string },
		token?: string,
		options?: ClientOptions,
	): Promise<RawSocket> {
		const raw = new RawSocket(service, options);
		await once(raw.socket, 'open');
		if (token === undefined) return raw;
		raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
		const { type } = await raw.next();
		if (type !== 'connection_ack') throw new Error(`Not acknowledged: ${type}`);
		return raw;
	}

	send(message: object): void {
		this.socket.send(JSON.stringify(message));
	}

	subscribe(id: string, query: string, variables: Readonly<Record<string, unknown>> = {}): void {
		this.send({ type: 'subscribe', id, payload: { query, variables } });
	}

	/** Rejects where the socket is closed. */
	async next(): Promise<Frame> {
		const frame = this.#arrived.shift();
		if (frame) return frame;
		if (this.socket.readyState === WebSocket.CLOSED) throw new Error('Closed before.');
		const wait = Promise.withResolvers<Frame>();
		this.#waiting.push(wait);
		return wait.promise;
	}

	/** The next frame of this operation; frames of others are passed over. */
	async nextOf(id: string): Promise<Frame> {
		for (;;) {
			const frame = await this.next();
			if (frame.id === id) return frame;
		}
	}
}

/** The event that a frame brings; fails on any other frame. */
export function eventOf(frame: Frame): Event {
	const data = frame.payload?.data as Events | undefined;
	if (frame.type !== 'next' || data === undefined) throw new Error(`No event: ${JSON.stringify(frame)}`);
	return data.conversationEvents;
}
