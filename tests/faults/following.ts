import { setTimeout as delay } from 'node:timers/promises';
import type { Person } from '../support/client.ts';
import { StreamReader } from '../support/event-stream.ts';
import type { Event, Events } from '../support/live.ts';
import { eventOf, type FrameError, RawSocket } from '../support/raw-socket.ts';

export interface FollowOptions {
	/** The node to go to next. */
	readonly url: () => string;
	readonly transport: (stay: Stay) => Promise<void>;
	/** How long to stay there; left out: as long as the stream lasts. */
	readonly staysMs?: (() => number) | undefined;
	/** The test is over. */
	readonly gone: AbortSignal;
}

/** One stream at one node. */
export interface Stay {
	readonly url: string;
	readonly person: Person;
	readonly conversationId: string;
	readonly after: number;
	readonly receive: (event: Event, subscribedAt: number) => void;
	readonly leaving: AbortSignal;
}

/** An event, and when it came. Times are of performance.now(). */
export interface Receipt {
	readonly event: Event;
	readonly receivedAt: number;
	/** When the stream that brought it was asked for. */
	readonly subscribedAt: number;
}

export interface Following {
	/** Fails with what no follower should meet. */
	readonly over: Promise<void>;
	/** The last sequence that it has received. */
	readonly last: number;
	/** Leaves its node, and comes back. */
	leave(): void;
	/** What it has received, once it has reached this sequence; it ends then. */
	upTo(sequence: number): Promise<readonly Receipt[]>;
}

export const FOLLOW = `subscription Follow($id: ID!, $after: Int!) {
	conversationEvents(conversationId: $id, after: $after) { __typename sequence ... on MessageSent { message { body } } }
}`;
const RETRY_MS = 20;
/** Of a node that does not answer at all. */
const HANDSHAKE_MS = 10_000;
/** Closed by our own protocol: a follower does nothing for which that would be right. */
const FIRST_FAULT = 4_000;

/**
 * Follows from the beginning, and comes back whenever its stream ends, each time with the last sequence that it has.
 * What does not follow that one is a fault at once.
 */
export function follow(person: Person, conversationId: string, options: FollowOptions): Following {
	const { url, transport, staysMs, gone } = options;
	const received: Receipt[] = [];
	const last = () => received.at(-1)?.event.sequence ?? 0;
	let goal = Number.POSITIVE_INFINITY;
	let leave = () => {};
	const isDone = () => last() >= goal || gone.aborted;
	gone.addEventListener('abort', () => leave());

	const receive: Stay['receive'] = (event, subscribedAt) => {
		if (event.sequence !== last() + 1 || event.__typename === 'HistoryReset')
			throw new Error(`After ${last()} came ${JSON.stringify(event)}`);
		received.push({ event, receivedAt: performance.now(), subscribedAt });
		if (isDone()) leave();
	};
	const stay = async () => {
		const leaving = new AbortController();
		leave = () => leaving.abort();
		const timer = staysMs && setTimeout(leave, staysMs());
		const place = { url: url(), person, conversationId, after: last() };
		await transport({ ...place, receive, leaving: leaving.signal }).finally(() => clearTimeout(timer));
	};
	const follower = async () => {
		while (!isDone()) {
			await stay();
			if (!isDone()) await delay(RETRY_MS);
		}
	};
	const over = follower();
	over.catch(() => undefined);
	return {
		over,
		get last() {
			return last();
		},
		leave: () => leave(),
		upTo: async (sequence) => {
			goal = sequence;
			if (isDone()) leave();
			await over;
			return received;
		},
	};
}

/** By frames of graphql-transport-ws. It hangs up without a word. */
export async function overSocket(stay: Stay): Promise<void> {
	const { person, conversationId: id, after, receive, leaving } = stay;
	const socket = new RawSocket(stay, { handshakeTimeout: HANDSHAKE_MS, perMessageDeflate: false });
	const hangUp = () => socket.socket.terminate();
	leaving.addEventListener('abort', hangUp);
	socket.socket.once('open', () => {
		socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${person.token}` } });
	});
	let subscribedAt = 0;
	for (let isFirst = true; ; ) {
		const frame = await socket.next().catch(() => undefined);
		if (frame === undefined) break;
		if (frame.type === 'ping') socket.send({ type: 'pong' });
		else if (frame.type === 'connection_ack') {
			subscribedAt = performance.now();
			socket.subscribe('1', FOLLOW, { id, after });
		} else if (isFirst && isBusy(frame.payload?.errors?.[0] ?? frame.payload?.[0])) break;
		else {
			receive(eventOf(frame), subscribedAt);
			isFirst = false;
		}
	}
	hangUp();
	const { code, reason } = await socket.closed;
	if (code >= FIRST_FAULT) throw new Error(`A follower was closed with ${code} ${reason}`);
}

/** By server-sent events, as a browser's EventSource resumes: with the operation as it was, and the last id. */
export async function overEventStream(stay: Stay): Promise<void> {
	const { url, person, conversationId: id, after, receive, leaving } = stay;
	const subscribedAt = performance.now();
	const lost = () => undefined;
	const response = await fetch(`${url}/graphql`, {
		signal: leaving,
		method: 'POST',
		headers: {
			authorization: `Bearer ${person.token}`,
			'content-type': 'application/json',
			accept: 'text/event-stream',
			...(after > 0 && { 'last-event-id': String(after) }),
		},
		body: JSON.stringify({ query: FOLLOW, variables: { id, after: 0 } }),
	}).catch(lost);
	if (response === undefined) return;
	const reader = new StreamReader(response);
	for (let isFirst = true; ; isFirst = false) {
		const message = await reader.next().catch(lost);
		if (message === undefined || (isFirst && isBusy(message.data?.errors?.[0]))) break;
		if (message.event !== 'next' || message.data?.data === undefined)
			throw new Error(`No event: ${JSON.stringify(message)}`);
		receive((message.data.data as unknown as Events).conversationEvents, subscribedAt);
	}
	await reader.cancel().catch(lost);
}

/** Instead of a stream: later, in the place of an event, it would be a hole. */
function isBusy(error: FrameError | undefined): boolean {
	return error?.extensions?.code === 'SERVICE_BUSY';
}
