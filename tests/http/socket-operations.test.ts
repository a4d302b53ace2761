import { PassThrough } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { StoreUnavailable } from '../../src/conversations/store.ts';
import type { RunArgs } from '../../src/http/operations.ts';
import { type Connection, createSocketOperations } from '../../src/http/socket-operations.ts';
import { SocketOutbox } from '../../src/http/socket-outbox.ts';
import { Limits } from '../../src/identity/limits.ts';
import { StreamEnded } from '../../src/live/event-stream.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { fakeContext } from '../schema/fake-context.ts';
import { userOf } from '../support/events.ts';
import { operationOf } from '../support/operations.ts';

const QUERY = 'subscription($id: ID!) { conversationEvents(conversationId: $id) { sequence } }';
const operation = operationOf(QUERY);
const viewer = { user: userOf('alice'), expiresAt: Number.POSITIVE_INFINITY };

interface Message {
	readonly type: string;
	readonly id: string;
	readonly payload: readonly { readonly extensions: { readonly code: string } }[];
}

/** A stream of events that is open until it is returned. */
class OpenStream implements AsyncIterableIterator<ExecutionResult> {
	isOpen = true;
	#end: () => void = () => undefined;

	async next(): Promise<IteratorResult<ExecutionResult>> {
		if (this.isOpen)
			await new Promise<void>((resolve) => {
				this.#end = resolve;
			});
		return { value: undefined, done: true };
	}

	async return(): Promise<IteratorResult<ExecutionResult>> {
		this.isOpen = false;
		this.#end();
		return { value: undefined, done: true };
	}

	async throw(): Promise<IteratorResult<ExecutionResult>> {
		return this.return();
	}

	[Symbol.asyncIterator](): this {
		return this;
	}
}

let sent: Message[];
let closedWith: (number | undefined)[];
/** Settles all sends at once: a peer that reads again. */
let flush: () => void;
let flushed: Promise<void>;
let begun: PromiseWithResolvers<OpenStream>[];
let asked: RunArgs['variables'][];
let limits: Limits;
let connection: Connection;
let receive: (message: object) => Promise<void>;
let close: () => Promise<void>;

beforeEach(async () => {
	sent = [];
	closedWith = [];
	begun = [];
	asked = [];
	flushed = Promise.resolve();
	limits = new Limits({
		operationsPerSecond: 1_000,
		subscriptionsPerUser: 2,
		connectionsPerUser: 1,
		connections: 1,
		onRefused: () => undefined,
	});
	const server = createSocketOperations({
		schema,
		config: {
			maxFrameBytes: 1_000,
			maxFramesPerSecond: 1_000,
			maxSubscriptionsPerSocket: 1,
			connectionInitTimeoutMs: 3_600_000,
			slowReaderMaxBytes: 1_000,
			slowReaderMaxMs: 1_000,
		},
		authentication: { ofConnection: async () => viewer },
		operations: {
			prepare: () => ({ operation }),
			execute: () => ({}),
			subscribe: async (_operation, _args, own) => (await own?.()) ?? {},
		},
		following: {
			follow: ({ variables }) => {
				const one = Promise.withResolvers<OpenStream>();
				begun.push(one);
				asked.push(variables);
				return one.promise;
			},
		},
		limits,
		metrics: createMetrics(),
		errorPolicy: { suggestions: true, onDefect: () => undefined, onShown: () => undefined },
		createContext: () => fakeContext(),
	});
	connection = {
		socket: { readyState: 1, OPEN: 1, close: (code) => void closedWith.push(code) },
		outbox: new SocketOutbox({ readyState: 1, OPEN: 1, bufferedAmount: 0 }, new PassThrough()),
		requestId: 'test',
		viewer,
		expiry: undefined,
		running: [],
	};
	const closed = server.opened(
		{
			protocol: 'graphql-transport-ws',
			send: async (text) => {
				sent.push(JSON.parse(text) as Message);
				await flushed;
			},
			close: (code, reason) => {
				throw new Error(`Closed: ${code} ${reason}`);
			},
			onMessage: (handle) => {
				receive = (message) => handle(JSON.stringify(message));
			},
		},
		connection,
	);
	close = () => closed(1000, '') as Promise<void>;
	await receive({ type: 'connection_init' });
	({ promise: flushed, resolve: flush } = Promise.withResolvers<void>());
});

/** All that can run has run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const subscribe = (more: object = {}) => ({ type: 'subscribe', id: '1', payload: { query: QUERY, ...more } });

describe('an operation that is ended while it begins, and whose id is used again', () => {
	it('leaves no stream behind, though it begins while the refusal is being sent', async () => {
		const first = receive(subscribe());
		await receive({ type: 'complete', id: '1' });
		const second = receive(subscribe());
		await turn();
		expect(sent.at(-1)).toMatchObject({
			type: 'error',
			id: '1',
			payload: [{ extensions: { code: 'BAD_USER_INPUT' } }],
		});
		const stream = new OpenStream();
		begun[0]?.resolve(stream);
		await turn();
		flush();
		await Promise.all([first, second]);
		expect(stream.isOpen).toBe(false);
		expect(connection.running).toEqual([]);
		await close();
		expect(sent.filter(({ type }) => type === 'next')).toEqual([]);
	});

	it('makes place for the next', async () => {
		flush();
		const first = receive(subscribe());
		await receive({ type: 'complete', id: '1' });
		await turn();
		begun[0]?.resolve(new OpenStream());
		await first;
		const next = new OpenStream();
		const second = receive(subscribe());
		await turn();
		begun[1]?.resolve(next);
		await turn();
		expect(next.isOpen).toBe(true);
		await close();
		await second;
		expect(next.isOpen).toBe(false);
	});
});

it.each([
	['a reader that is too slow', new StreamEnded('slow'), [1013]],
	['a database that is away', new StoreUnavailable('It is away.'), [1013]],
	['anything else', new Error('A defect.'), []],
])('a stream that fails by %s: what a retry helps closes the socket', async (_name, failure, codes) => {
	flush();
	const whole = receive(subscribe());
	await turn();
	const stream = new OpenStream();
	stream.next = () => Promise.reject(failure);
	begun[0]?.resolve(stream);
	await whole;
	expect(closedWith).toEqual(codes);
});

it('what an operation does not declare is not kept for it', async () => {
	flush();
	const payload = { query: QUERY, variables: { id: 'the id', other: 'x' }, extensions: { y: 1 }, z: 2 };
	const message = { type: 'subscribe', id: '1', payload };
	const whole = receive(message);
	await turn();
	expect(asked).toEqual([{ id: 'the id' }]);
	begun[0]?.resolve(new OpenStream());
	await close();
	await whole;
});

it('what its socket holds when it is closed is given back, once, though it ends later', async () => {
	flush();
	const { id } = viewer.user;
	const whole = receive(subscribe());
	await turn();
	expect([limits.subscriptions.take(id), limits.subscriptions.take(id)]).toEqual([true, false]);
	expect(limits.userConnections.take(id)).toBe(false);
	await close();
	expect([limits.subscriptions.take(id), limits.subscriptions.take(id)]).toEqual([true, false]);
	expect(limits.userConnections.take(id)).toBe(true);
	begun[0]?.resolve(new OpenStream());
	await whole;
	expect(limits.subscriptions.take(id)).toBe(false);
});
