import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { Client, type Person } from '../support/client.ts';
import { type Following, follow, overEventStream, overSocket, type Receipt } from './following.ts';
import { type Acknowledged, attempt, createFor, readHistory } from './senders.ts';

export interface Storm {
	/** Answers once this many more messages are acknowledged; fails with the storm. */
	acknowledgements(count: number): Promise<void>;
	/** Answers once this many more attempts are refused; fails with the storm. */
	refusals(count: number): Promise<void>;
	/** Messages that were acknowledged so far. */
	readonly acknowledged: number;
	/** Attempts that were answered as busy or not at all, and the longest that any took. */
	readonly refused: number;
	readonly slowestMs: number;
	/**
	 * No message is begun any more, and the last are acknowledged. Fails unless everything is as it should be: what was
	 * acknowledged is the history, and reached every follower once, in order. Answers with how late it came.
	 */
	end(): Promise<Lateness>;
}

/** From the acknowledgement to a follower who was there, milliseconds. */
export interface Lateness {
	readonly median: number;
	readonly p99: number;
	readonly max: number;
}

export interface Crew {
	/** Staff, who creates the conversations and follows them. */
	readonly agent: Person;
	/** Members who follow: each all conversations. */
	readonly watchers: readonly Person[];
	/** Each sends one message after the other, with its key until it is acknowledged. */
	readonly senders: readonly Person[];
}

export interface StormOptions {
	/** How long a sender rests between two messages. */
	readonly pauseMs?: number;
	/** How long a sender waits for an answer before it asks another node; left out: as long as it takes. */
	readonly patienceMs?: number;
	/** The node that a sender asks, where not any one. */
	readonly sendTo?: () => string;
	/** How long a follower stays before it goes to another node; left out: as long as its stream lasts. */
	readonly staysMs?: () => number;
}

const UNREAD = 'query Unread($id: ID!) { conversation(id: $id) { unreadCount } }';
const RETRY_MS = 20;
const CONVERSATIONS = 2;
/** One in so many follows by server-sent events. */
const EVERY = 8;

/**
 * People who send to two conversations, while others follow, and resume where their stream ends. `url` names the node
 * to go to next. All of them end with the test, also with one that fails.
 */
export async function startStorm(
	url: () => string,
	{ agent, watchers, senders }: Crew,
	{ pauseMs = 0, patienceMs, sendTo = url, staysMs }: StormOptions = {},
): Promise<Storm> {
	const creator = new Client(url(), agent);
	const ids = await Promise.all(
		Array.from({ length: CONVERSATIONS }, () => createFor(creator, [...watchers, ...senders])),
	);
	const acknowledged: (Acknowledged & { readonly at: number })[] = [];
	/** No message is begun any more. */
	const stop = new AbortController();
	/** The test is over. */
	const gone = new AbortController();
	const measured = { refused: 0, slowestMs: 0 };

	const sendOne = async (sender: Person, number: number) => {
		const name = `${sender.subject} ${number}`;
		const conversationId = ids[number % ids.length] as string;
		const input = { conversationId, body: `body of ${name}`, clientMessageId: name };
		while (!gone.signal.aborted) {
			const began = performance.now();
			const patience = patienceMs === undefined ? undefined : AbortSignal.timeout(patienceMs);
			const sent = await attempt(sendTo(), sender, input, patience);
			const at = performance.now();
			measured.slowestMs = Math.max(measured.slowestMs, at - began);
			if (sent.kind === 'acknowledged') {
				acknowledged.push({ ...sent.message, at });
				return;
			}
			measured.refused++;
			await delay(RETRY_MS);
		}
	};
	const sending = senders.map(async (sender) => {
		for (let number = 0; !stop.signal.aborted; number++) {
			await sendOne(sender, number);
			if (pauseMs > 0) await delay(pauseMs);
		}
	});
	const following = [agent, ...watchers].flatMap((person, index) => {
		const transport = index % EVERY === EVERY - 1 ? overEventStream : overSocket;
		const options = { url, transport, staysMs, gone: gone.signal };
		return ids.map((id) => ({ id, follower: follow(person, id, options) }));
	});
	const everybody = [...sending, ...following.map(({ follower }) => follower.over)];
	const failure = Promise.all(everybody).then(() => new Promise<never>(() => {}));
	failure.catch(() => undefined);
	onTestFinished(async () => {
		stop.abort();
		gone.abort();
		await Promise.allSettled(everybody);
	});

	/** Answers with the delays of what was followed. */
	const check = async (id: string, followers: readonly Following[]): Promise<readonly number[]> => {
		const reader = new Client(url(), agent);
		const { messages, lastSequence } = await readHistory(reader, id);
		const sent = acknowledged.filter((message) => message.conversationId === id);
		const expected = sent
			.sort((a, b) => a.sequence - b.sequence)
			.map(({ id, sequence, body, key }) => ({ id, sequence, body, clientMessageId: key }));
		expect(messages.map(({ createdAt: _, ...message }) => message)).toEqual(expected);
		const bodies = new Map(messages.map(({ sequence, body }) => [sequence, body]));
		const times = new Map(sent.map(({ sequence, at }) => [sequence, at]));
		const delays: number[] = [];
		for (const { upTo } of followers) {
			const received = await Promise.race([upTo(lastSequence), failure]);
			expect(received.map(({ event }) => event.sequence)).toEqual(
				Array.from({ length: lastSequence }, (_, index) => index + 1),
			);
			for (const receipt of received) {
				const { sequence, message } = receipt.event;
				expect(message?.body).toBe(bodies.get(sequence));
				const at = times.get(sequence);
				if (at !== undefined) delays.push(delayOf(receipt, at));
			}
		}
		for (const watcher of watchers.slice(0, 1)) {
			const client = new Client(reader.url, watcher);
			const { conversation } = await client.query<{ conversation: { unreadCount: number } }>(UNREAD, { id });
			expect(conversation.unreadCount).toBe(messages.length);
		}
		return delays;
	};

	const reaches = (count: () => number, goal: number) => {
		const reached = async () => {
			while (count() < goal && !gone.signal.aborted) await delay(5);
		};
		return Promise.race([reached(), failure]);
	};

	return {
		acknowledgements: (count) => reaches(() => acknowledged.length, acknowledged.length + count),
		refusals: (count) => reaches(() => measured.refused, measured.refused + count),
		get acknowledged() {
			return acknowledged.length;
		},
		get refused() {
			return measured.refused;
		},
		get slowestMs() {
			return measured.slowestMs;
		},
		end: async () => {
			stop.abort();
			await Promise.race([Promise.all(sending), failure]);
			const delays: number[] = [];
			for (const id of ids)
				delays.push(
					...(await check(
						id,
						following.filter((one) => one.id === id).map(({ follower }) => follower),
					)),
				);
			return latenessOf(delays);
		},
	};
}

/** Before it was acknowledged it is not late, nor while its follower was on the way. */
function delayOf({ receivedAt, subscribedAt }: Receipt, acknowledgedAt: number): number {
	return Math.max(0, receivedAt - Math.max(acknowledgedAt, subscribedAt));
}

function latenessOf(delays: number[]): Lateness {
	delays.sort((a, b) => a - b);
	const at = (part: number) => Math.round(delays[Math.floor(part * (delays.length - 1))] ?? Number.NaN);
	return { median: at(0.5), p99: at(0.99), max: at(1) };
}
