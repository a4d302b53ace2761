import { setTimeout as delay } from 'node:timers/promises';
import type { GraphQLError } from 'graphql';
import { expect, onTestFinished } from 'vitest';
import { Client, type Person } from '../support/client.ts';
import { type Acknowledged, attempt, createFor, readHistory } from './senders.ts';

export interface Storm {
	/** Answers once this many more messages are acknowledged; fails with the storm. */
	acknowledgements(count: number): Promise<void>;
	/** Answers once this many more attempts are refused; fails with the storm. */
	refusals(count: number): Promise<void>;
	/** Attempts that were answered as busy or not at all, and the longest that any took. */
	readonly refused: number;
	readonly slowestMs: number;
	/** No message is begun any more, and the last are acknowledged. Fails unless everything is as it should be. */
	end(): Promise<void>;
}

interface Followed {
	readonly conversationEvents: { readonly __typename: string; readonly sequence: number };
}

const FOLLOW = `subscription Follow($id: ID!, $after: Int!) {
	conversationEvents(conversationId: $id, after: $after) { __typename sequence ... on MessageSent { message { body } } }
}`;
const UNREAD = 'query Unread($id: ID!) { conversation(id: $id) { unreadCount } }';
const RETRY_MS = 20;

/**
 * People who send one message after the other to two conversations, each with its key until it is acknowledged, while
 * others follow, and resume where their stream ends. All of them end with the test, also with one that fails.
 */
export async function startStorm(url: string, people: readonly Person[]): Promise<Storm> {
	const [agent, watcher, ...senders] = people;
	if (agent === undefined || watcher === undefined) throw new Error('A storm needs an agent and a watcher.');
	const members = [watcher, ...senders];
	const creator = new Client(url, agent);
	const ids = [await createFor(creator, members), await createFor(creator, members)];
	const acknowledged: Acknowledged[] = [];
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
			const sent = await attempt(url, sender, input);
			measured.slowestMs = Math.max(measured.slowestMs, performance.now() - began);
			if (sent.kind === 'acknowledged') {
				acknowledged.push(sent.message);
				return;
			}
			measured.refused++;
			await delay(RETRY_MS);
		}
	};
	const sending = senders.map(async (sender) => {
		for (let number = 0; !stop.signal.aborted; number++) await sendOne(sender, number);
	});
	const following = [agent, watcher].flatMap((follower) =>
		ids.map((id) => follow(new Client(url, follower), id, gone.signal)),
	);
	const everybody = [...sending, ...following.map(({ over }) => over)];
	const failure = Promise.all(everybody).then(() => new Promise<never>(() => {}));
	failure.catch(() => undefined);
	onTestFinished(async () => {
		stop.abort();
		gone.abort();
		await Promise.allSettled(everybody);
	});

	const check = async (id: string, seenBy: readonly Following[]) => {
		const { messages, lastSequence } = await readHistory(creator, id);
		const expected = acknowledged
			.filter((message) => message.conversationId === id)
			.sort((a, b) => a.sequence - b.sequence)
			.map(({ id, sequence, body, key }) => ({ id, sequence, body, clientMessageId: key }));
		expect(messages).toEqual(expected);
		for (const followed of seenBy) expect(await followed.upTo(lastSequence)).toEqual(upTo(lastSequence));
		const unread = new Client(url, watcher).query<{ conversation: { unreadCount: number } }>(UNREAD, { id });
		expect((await unread).conversation.unreadCount).toBe(messages.length);
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
		get refused() {
			return measured.refused;
		},
		get slowestMs() {
			return measured.slowestMs;
		},
		end: async () => {
			stop.abort();
			await Promise.race([Promise.all(sending), failure]);
			for (const [index, id] of ids.entries())
				await check(
					id,
					following.filter((_, place) => place % ids.length === index),
				);
		},
	};
}

interface Following {
	/** Fails with what no follower should meet. */
	readonly over: Promise<void>;
	/** What it has seen, once it has reached this sequence; it ends then. */
	upTo(sequence: number): Promise<readonly number[]>;
}

function follow(client: Client, id: string, gone: AbortSignal): Following {
	const seen: number[] = [];
	const goal = Promise.withResolvers<number>();
	let last = Number.POSITIVE_INFINITY;
	let stop = () => {};
	void goal.promise.then((sequence) => {
		last = sequence;
		if ((seen.at(-1) ?? 0) >= last) stop();
	});
	gone.addEventListener('abort', () => {
		last = 0;
		stop();
	});
	const follower = async () => {
		while ((seen.at(-1) ?? 0) < last) {
			const after = seen.at(-1) ?? 0;
			const events = client.subscribe<Followed>(FOLLOW, { id, after });
			stop = () => events.stop();
			try {
				while ((seen.at(-1) ?? 0) < last) {
					const { data, errors } = await events.next();
					// Later, in the place of an event, it would be a hole.
					if (isBusy(errors) && (seen.at(-1) ?? 0) === after) break;
					expect(errors).toBeUndefined();
					expect(data?.conversationEvents.__typename).not.toBe('HistoryReset');
					seen.push(data?.conversationEvents.sequence ?? Number.NaN);
				}
			} catch (error) {
				if (!(error instanceof Error && error.message.startsWith('The subscription is over'))) throw error;
				await delay(RETRY_MS);
			}
			events.stop();
		}
		await client.close();
	};
	const over = follower();
	over.catch(() => undefined);
	return {
		over,
		upTo: async (sequence) => {
			goal.resolve(sequence);
			await over;
			return seen;
		},
	};
}

function isBusy(errors: readonly GraphQLError[] | undefined): boolean {
	return errors?.[0]?.extensions['code'] === 'SERVICE_BUSY';
}

function upTo(last: number): readonly number[] {
	return Array.from({ length: last }, (_, index) => index + 1);
}
