import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { type StreamMessage, StreamReader } from '../support/event-stream.ts';
import { converse, type Event, type Events, FOLLOW, follow, metric, range, send } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
});
afterAll(() => service.stop());

const ACTIVITY = 'subscription($id: ID!) { conversationActivity(conversationId: $id) { __typename } }';

function eventIn(message: StreamMessage | undefined): Event {
	const data = message?.data?.data as Events | undefined;
	if (data === undefined) throw new Error(`No event: ${JSON.stringify(message)}`);
	return data.conversationEvents;
}

/** As an EventSource asks again: the same operation, and the id of the last event that it has. */
function open(lastEventId: string, variables: Readonly<Record<string, unknown>>, query = FOLLOW) {
	return StreamReader.open(alice, query, variables, alice.person.token, { 'last-event-id': lastEventId });
}

describe('each event of a conversation', () => {
	it('comes with its sequence as its id', async () => {
		const { id, lastSequence } = await converse(alice);
		const stream = await StreamReader.open(alice, FOLLOW, { id, after: 0 });
		const { sequence } = await send(alice, id, 'live');
		for (const expected of range(1, sequence)) {
			const message = await stream.next();
			expect(message?.id).toBe(String(expected));
			expect(eventIn(message).sequence).toBe(expected);
		}
		expect(sequence).toBe(lastSequence + 1);
		await stream.cancel();
	});

	it('and a reset with the sequence from where it goes on', async () => {
		const { id, lastSequence } = await converse(alice);
		const stream = await StreamReader.open(alice, FOLLOW, { id, after: 1_000 });
		const reset = await stream.next();
		expect(eventIn(reset)).toMatchObject({ __typename: 'HistoryReset', resumeFrom: lastSequence });
		expect(reset?.id).toBe(String(lastSequence));
		await stream.cancel();
	});
});

describe('Last-Event-ID', () => {
	it('is where the stream goes on, whatever `after` says', async () => {
		const { id, lastSequence } = await converse(alice);
		for (const body of ['one', 'two', 'three']) await send(alice, id, body);
		for (const place of [{ after: 0 }, { after: lastSequence + 3 }, {}]) {
			const stream = await open(String(lastSequence + 1), { id, ...place });
			expect(eventIn(await stream.next())).toMatchObject({ message: { body: 'two' } });
			expect(eventIn(await stream.next())).toMatchObject({ message: { body: 'three' } });
			await stream.cancel();
		}
	});

	it('counts for a GET as well', async () => {
		const { id, lastSequence } = await converse(alice);
		await send(alice, id, 'one');
		const query = new URLSearchParams({ query: FOLLOW, variables: JSON.stringify({ id, after: 0 }) });
		const response = await fetch(`${service.url}/graphql?${query}`, {
			headers: {
				authorization: `Bearer ${alice.person.token}`,
				accept: 'text/event-stream',
				'last-event-id': String(lastSequence),
			},
		});
		const stream = new StreamReader(response);
		expect(eventIn(await stream.next())).toMatchObject({ message: { body: 'one' } });
		await stream.cancel();
	});

	it('beyond the head brings a reset', async () => {
		const { id, lastSequence } = await converse(alice);
		const stream = await open(String(lastSequence + 1), { id, after: 0 });
		expect(eventIn(await stream.next())).toMatchObject({ reason: 'AHEAD', resumeFrom: lastSequence });
		await stream.cancel();
	});

	it.each(['-1', '1.5', '0x1', '1e3', 'abc', '9'.repeat(30)])(
		'is refused as %s: a guess would be a hole, or everything again',
		async (malformed) => {
			const { id } = await converse(alice);
			const stream = await open(malformed, { id, after: 0 });
			expect(await stream.rest()).toMatchObject([
				{ event: 'next', data: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] } },
				{ event: 'complete' },
			]);
		},
	);

	it('is none when it is empty', async () => {
		const { id } = await converse(alice);
		const stream = await open('', { id, after: 0 });
		expect(eventIn(await stream.next()).sequence).toBe(1);
		await stream.cancel();
	});

	it('says nothing to other operations', async () => {
		const { id } = await converse(alice);
		const activity = await open('abc', { id }, ACTIVITY);
		const next = await activity.next();
		expect(next).toMatchObject({ data: { data: { conversationActivity: {} } } });
		await activity.cancel();
		const viewer = await open('7', {}, '{ viewer { name } }');
		expect((await viewer.rest())[0]).toMatchObject({ data: { data: { viewer: { name: 'Alice' } } } });
	});
});

describe('followers by server-sent events', () => {
	it('share one execution of each event with those over the WebSocket', async () => {
		const { id } = await converse(alice);
		const { sequence } = await send(alice, id, 'the newest');
		const streams = await Promise.all(
			[0, sequence - 1].map((after) => StreamReader.open(alice, FOLLOW, { id, after })),
		);
		const socket = follow(alice, id, { after: sequence - 1 });
		await socket.next();
		for (const stream of streams) while (eventIn(await stream.next()).sequence !== sequence);
		const before = await metric(service, 'pendo_message_event_executions_total');
		await send(alice, id, 'to all');
		expect((await socket.next()).data?.conversationEvents.message?.body).toBe('to all');
		for (const stream of streams) expect(eventIn(await stream.next()).message?.body).toBe('to all');
		expect(await metric(service, 'pendo_message_event_executions_total')).toBe(before + 1);
		socket.stop();
		for (const stream of streams) await stream.cancel();
	});
});

describe('over restarts of the service, nothing is missing and nothing comes twice', () => {
	/** Sends before and after each of three restarts, and the last word; answers with its sequence. */
	async function restartWhileSending(id: string): Promise<number> {
		for (const round of range(1, 3)) {
			await send(alice, id, `before restart ${round}`);
			await service.restart();
			await send(alice, id, `after restart ${round}`);
		}
		return (await send(alice, id, 'the end')).sequence;
	}

	it('for one who sends the id of the last event', async () => {
		const { id, lastSequence } = await converse(alice);
		const messages: StreamMessage[] = [];
		const reading = (async () => {
			for (;;) {
				try {
					const stream = await open(messages.at(-1)?.id ?? '', { id, after: 0 });
					// It is stopping.
					if (stream.response.status === 503) {
						await stream.cancel();
						continue;
					}
					for (;;) {
						const message = await stream.next();
						if (message?.event !== 'next') throw new Error(`Not an event: ${JSON.stringify(message)}`);
						messages.push(message);
						if (eventIn(message).message?.body === 'the end') return await stream.cancel();
					}
				} catch (error) {
					// Broken off, or nobody is there yet.
					if (!(error instanceof TypeError)) throw error;
				}
			}
		})();
		const head = await restartWhileSending(id);
		await reading;
		expect(head).toBe(lastSequence + 7);
		expect(messages.map((message) => eventIn(message).sequence)).toEqual(range(1, head));
	});

	it('for graphql-sse, which retries with the id of the last event', async () => {
		const { id } = await converse(alice);
		const sequences: number[] = [];
		const client = createClient({
			url: `${service.url}/graphql`,
			headers: () => ({
				authorization: `Bearer ${alice.person.token}`,
				'last-event-id': String(sequences.at(-1) ?? 0),
			}),
			retryAttempts: Number.POSITIVE_INFINITY,
			retry: () => new Promise((resolve) => setTimeout(resolve, 10)),
		});
		const stream = client.iterate<Events>({ query: FOLLOW, variables: { id } });
		const reading = (async () => {
			for await (const { data, errors } of stream) {
				if (!data) throw new Error(JSON.stringify(errors));
				sequences.push(data.conversationEvents.sequence);
				if (data.conversationEvents.message?.body === 'the end') break;
			}
		})();
		const head = await restartWhileSending(id);
		await reading;
		expect(sequences).toEqual(range(1, head));
	});
});
