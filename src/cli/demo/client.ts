import { setTimeout } from 'node:timers/promises';
import { createClient, type Client as SocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import {
	DemoActivityDocument,
	type DemoActivitySubscription,
	DemoEventsDocument,
	type DemoEventsSubscription,
	type TypedDocumentString,
} from '../../generated/graphql.ts';
import { CommandError } from '../command-error.ts';

export type DemoEvent = DemoEventsSubscription['conversationEvents'];
export type DemoActivity = DemoActivitySubscription['conversationActivity'];
export type Arrival = DemoEvent | DemoActivity;

interface Waiting {
	readonly wanted: (arrival: Arrival) => boolean;
	readonly resolve: () => void;
}

const ARRIVAL_MS = 5_000;
const RECONNECT_MS = 100;

/** One person's side of a conversation: plain HTTP for what is asked, one WebSocket for what is followed. */
export class DemoClient {
	/** What has arrived, in order. */
	readonly arrivals: Arrival[] = [];
	readonly #url: string;
	readonly #token: string;
	readonly #socket: SocketClient;
	readonly #onArrival: (arrival: Arrival) => void;
	readonly #waiting = new Set<Waiting>();
	#lastSequence = 0;
	#closed = false;
	/** Why the last subscription ended before its time. */
	#fault = '';
	/** Settled while the line is up. */
	#line = Promise.withResolvers<void>();

	/** `url` is the service's origin. */
	constructor(url: string, token: string, onArrival: (arrival: Arrival) => void) {
		this.#url = url;
		this.#token = token;
		this.#onArrival = onArrival;
		this.#socket = createClient({
			url: `${url.replace(/^http/, 'ws')}/graphql`,
			webSocketImpl: WebSocket,
			connectionParams: { authorization: `Bearer ${token}` },
			// It would send the first `after` again; see #keepUp.
			retryAttempts: 0,
		});
		this.#line.resolve();
	}

	/** The data of a query or mutation. Throws a CommandError when the service does not answer with any. */
	async ask<Data, Variables>(
		document: TypedDocumentString<Data, Variables>,
		variables: Variables,
	): Promise<Data> {
		const response = await fetch(`${this.#url}/graphql`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token}` },
			body: JSON.stringify({ query: document.toString(), variables }),
		});
		if (response.status === 401)
			throw new CommandError(
				"The service does not take the demo's tokens: run the demo in the same folder, with the same JWT_SECRET and DATABASE_URL.",
			);
		const { data, errors } = (await response.json()) as {
			data?: Data;
			errors?: readonly { message: string }[];
		};
		if (errors?.[0] !== undefined) throw new CommandError(`The service refused: ${errors[0].message}`);
		if (data == null) throw new CommandError(`The service answered ${response.status} without data.`);
		return data;
	}

	/** Follows a conversation from its beginning, across dropped connections, until `close`. */
	follow(conversationId: string): void {
		void this.#keepUp(async () => {
			const variables = { id: conversationId, after: this.#lastSequence };
			for await (const { conversationEvents } of this.#subscribe(DemoEventsDocument, variables)) {
				this.#lastSequence = conversationEvents.sequence;
				this.#take(conversationEvents);
			}
		});
		void this.#keepUp(async () => {
			for await (const { conversationActivity } of this.#subscribe(DemoActivityDocument, {
				id: conversationId,
			}))
				this.#take(conversationActivity);
		});
	}

	/** Answers once something like it has arrived. Throws a CommandError when that takes too long. */
	async until(what: string, wanted: (arrival: Arrival) => boolean): Promise<void> {
		if (this.arrivals.some(wanted)) return;
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const waiting = { wanted, resolve };
		this.#waiting.add(waiting);
		const timer = globalThis.setTimeout(
			() => reject(new CommandError(`${what} did not arrive within ${ARRIVAL_MS / 1_000} s. ${this.#fault}`)),
			ARRIVAL_MS,
		);
		await promise.finally(() => {
			clearTimeout(timer);
			this.#waiting.delete(waiting);
		});
	}

	/** Tears the connection, without a goodbye, and stays away. */
	drop(): void {
		this.#line = Promise.withResolvers();
		this.#socket.terminate();
	}

	/** Comes back, and goes on after the last sequence that arrived. */
	resume(): void {
		this.#line.resolve();
	}

	async close(): Promise<void> {
		this.#closed = true;
		this.#line.resolve();
		await this.#socket.dispose();
	}

	/** Subscribes again whenever the connection is lost: a client of its own would repeat the first `after`. */
	async #keepUp(subscribe: () => Promise<void>): Promise<void> {
		while (!this.#closed) {
			await this.#line.promise;
			await subscribe().catch(async (reason: unknown) => {
				this.#fault = describeFault(reason);
				await setTimeout(RECONNECT_MS);
			});
		}
	}

	async *#subscribe<Data, Variables extends Record<string, unknown>>(
		document: TypedDocumentString<Data, Variables>,
		variables: Variables,
	): AsyncGenerator<Data> {
		for await (const { data } of this.#socket.iterate<Data>({ query: document.toString(), variables }))
			if (data != null) yield data;
	}

	#take(arrival: Arrival): void {
		this.arrivals.push(arrival);
		this.#onArrival(arrival);
		for (const waiting of this.#waiting) if (waiting.wanted(arrival)) waiting.resolve();
	}
}

/** A closed socket is an object with `code` and `reason`, a refused subscription an error or a list of them. */
function describeFault(fault: unknown): string {
	if (Array.isArray(fault)) return fault.map(describeFault).join(' ');
	if (typeof fault !== 'object' || fault === null) return String(fault);
	if ('message' in fault && fault.message) return String(fault.message);
	return 'code' in fault ? `The connection was closed with ${fault.code}.` : '';
}
