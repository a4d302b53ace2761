import { setTimeout as delay } from 'node:timers/promises';
import type { Person } from '../support/client.ts';
import type { Event } from '../support/live.ts';
import { eventOf, type Frame, RawSocket } from '../support/raw-socket.ts';

export interface FollowOptions {
	/** The node to go to next. */
	readonly url: () => string;
	/** How long to stay there; left out: as long as the stream lasts. */
	readonly staysMs?: (() => number) | undefined;
	/** The test is over. */
	readonly gone: AbortSignal;
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
	/** What it has received, once it has reached this sequence; it ends then. */
	upTo(sequence: number): Promise<readonly Receipt[]>;
}

const FOLLOW = `subscription Follow($id: ID!, $after: Int!) {
	conversationEvents(conversationId: $id, after: $after) { __typename sequence ... on MessageSent { message { body } } }
}`;
const RETRY_MS = 20;
const HANDSHAKE_MS = 1_000;
/** Closed by our own protocol: a follower does nothing for which that would be right. */
const FIRST_FAULT = 4_000;

/**
 * Follows from the beginning, by frames of graphql-transport-ws, and comes back whenever its stream ends, each time
 * with the last sequence that it has. What does not follow that one is a fault at once.
 */
export function follow(person: Person, id: string, { url, staysMs, gone }: FollowOptions): Following {
	const received: Receipt[] = [];
	const last = () => received.at(-1)?.event.sequence ?? 0;
	let goal = Number.POSITIVE_INFINITY;
	let hangUp = () => {};
	const isDone = () => last() >= goal || gone.aborted;
	gone.addEventListener('abort', () => hangUp());

	const visit = async () => {
		const socket = new RawSocket(
			{ url: url() },
			{ handshakeTimeout: HANDSHAKE_MS, perMessageDeflate: false },
		);
		hangUp = () => socket.socket.terminate();
		const leaving = staysMs && setTimeout(hangUp, staysMs());
		const after = last();
		let subscribedAt = 0;
		socket.socket.once('open', () => {
			socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${person.token}` } });
		});
		for (;;) {
			const frame = await socket.next().catch(() => undefined);
			if (frame === undefined) break;
			if (frame.type === 'ping') socket.send({ type: 'pong' });
			else if (frame.type === 'connection_ack') {
				subscribedAt = performance.now();
				socket.subscribe('1', FOLLOW, { id, after });
			} else if (last() === after && isBusy(frame)) break;
			else received.push({ event: following(last(), frame), receivedAt: performance.now(), subscribedAt });
			if (isDone()) break;
		}
		clearTimeout(leaving);
		hangUp();
		const { code, reason } = await socket.closed;
		if (code >= FIRST_FAULT) throw new Error(`A follower was closed with ${code} ${reason}`);
	};
	const follower = async () => {
		while (!isDone()) {
			await visit();
			if (!isDone()) await delay(RETRY_MS);
		}
	};
	const over = follower();
	over.catch(() => undefined);
	return {
		over,
		upTo: async (sequence) => {
			goal = sequence;
			if (isDone()) hangUp();
			await over;
			return received;
		},
	};
}

/** Instead of a stream: later, in the place of an event, it would be a hole. */
function isBusy({ payload }: Frame): boolean {
	const error = payload?.errors?.[0] ?? payload?.[0];
	return error?.extensions?.code === 'SERVICE_BUSY';
}

function following(sequence: number, frame: Frame): Event {
	const event = eventOf(frame);
	if (event.sequence !== sequence + 1 || event.__typename === 'HistoryReset')
		throw new Error(`After ${sequence} came ${JSON.stringify(event)}`);
	return event;
}
