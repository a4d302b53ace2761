import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toGlobalId } from '../../schema/ids.ts';
import { schema } from '../../schema/index.ts';
import { Cohorts } from '../../src/http/cohorts.ts';
import { EventFollowing } from '../../src/http/event-following.ts';
import { SocketOutbox } from '../../src/http/socket-outbox.ts';
import { Feeds } from '../../src/live/feeds.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { CONVERSATION, FakeBus, FakeLog } from '../live/log.ts';
import { fakeContext } from '../schema/fake-context.ts';
import { userOf } from '../support/events.ts';
import { operationOf } from '../support/operations.ts';

const viewer = { user: userOf('alice'), expiresAt: Number.POSITIVE_INFINITY };
const operation = operationOf(
	'subscription($id: ID!) { conversationEvents(conversationId: $id) { sequence } }',
);
const variables = { id: toGlobalId('Conversation', '00000000-0000-4000-8000-000000000000') };

let bus: FakeBus;
let log: FakeLog;
let feeds: Feeds;
let executions: PromiseWithResolvers<ExecutionResult>[];
let following: EventFollowing;
let stream: PassThrough;
let present: number;

beforeEach(() => {
	bus = new FakeBus();
	log = new FakeLog(3);
	executions = [];
	stream = new PassThrough();
	present = 0;
	feeds = new Feeds(log, bus, {
		ringEvents: 8,
		ringBytes: 1_000_000,
		onDelivered: () => undefined,
		checkIntervalMs: 3_600_000,
		idleMs: 3_600_000,
		slowReaderMaxMs: 3_600_000,
		onSignal: () => undefined,
		onError: () => undefined,
	});
	const cohorts = new Cohorts({
		schema,
		execute: () => {
			const one = Promise.withResolvers<ExecutionResult>();
			executions.push(one);
			return one.promise;
		},
		createContext: () => fakeContext(),
		onRendered: () => undefined,
	});
	const live = {
		open: ({ user }: typeof viewer, _request: object, sink: Parameters<Feeds['follow']>[2]) =>
			feeds.follow(CONVERSATION, user, sink, { accessFrom: log.head, after: log.head }),
		enter: () => {
			present++;
			return () => void present--;
		},
	};
	const errorPolicy = { suggestions: true, onDefect: () => undefined, onShown: () => undefined };
	following = new EventFollowing({
		live,
		cohorts,
		metrics: createMetrics(),
		errorPolicy,
		maxBufferedBytes: 1_000,
	});
});
afterEach(() => feeds.stop());

/** Follows as the operation with this id, and is given the next event, whose text is not ready. */
async function begin(id: string) {
	const running = { id, isLeft: false };
	const socket = { readyState: 1, OPEN: 1, bufferedAmount: 0, close: () => undefined } as const;
	const outbox = new SocketOutbox(socket, stream);
	const request = { operation, variables, viewer, requestId: 'test', socket, outbox, running };
	const silent = await following.follow(request);
	if (silent === undefined || !(Symbol.asyncIterator in silent)) throw new Error('Not followed.');
	bus.deliver({ kind: 'events', events: log.grow(1) });
	expect(executions.length).toBe(1);
	return { silent, running };
}

/** The text becomes ready, and all that waits for it runs. */
async function finish(): Promise<void> {
	executions[0]?.resolve({ data: { conversationEvents: { sequence: 4 } } });
	await new Promise((resolve) => setImmediate(resolve));
}

it('an event that becomes ready is sent with the id of its operation', async () => {
	await begin('mine');
	await Promise.all([once(stream, 'readable'), finish()]);
	const text = String(stream.read()).slice(2);
	expect(JSON.parse(text)).toEqual({
		id: 'mine',
		type: 'next',
		payload: { data: { conversationEvents: { sequence: 4 } } },
	});
	expect(present).toBe(1);
});

it('an event that becomes ready after the operation has ended is not sent', async () => {
	const { silent } = await begin('mine');
	await silent.return?.();
	await finish();
	expect(stream.read()).toBeNull();
	expect(present).toBe(0);
	expect(await silent.next()).toEqual({ value: undefined, done: true });
});

it('an event that becomes ready after its id was given away is not sent', async () => {
	const { running } = await begin('mine');
	running.isLeft = true;
	await finish();
	expect(stream.read()).toBeNull();
});
