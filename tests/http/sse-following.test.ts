import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toGlobalId } from '../../schema/ids.ts';
import { schema } from '../../schema/index.ts';
import { Cohorts } from '../../src/http/cohorts.ts';
import { SseFollowing } from '../../src/http/sse-following.ts';
import { Feeds } from '../../src/live/feeds.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { CONVERSATION, FakeBus, FakeLog } from '../live/log.ts';
import { fakeContext } from '../schema/fake-context.ts';
import { StreamReader } from '../support/event-stream.ts';
import { eventually, range } from '../support/live.ts';
import { operationOf } from '../support/operations.ts';

const operation = operationOf(
	'subscription($id: ID!) { conversationEvents(conversationId: $id) { sequence } }',
);
const variables = { id: toGlobalId('Conversation', '00000000-0000-4000-8000-000000000000') };

let bus: FakeBus;
let log: FakeLog;
let feeds: Feeds;
let executed: (sequence: number) => ExecutionResult | Promise<ExecutionResult>;
let present: number;
let maxBytes: number;
let keepAliveMs: number;
let openFails: Error | undefined;
let server: Server;
let responses: ServerResponse[];
let thrown: unknown[];
/** How many writes each connection has seen. */
let writes: WeakMap<Socket, number>;

beforeEach(async () => {
	bus = new FakeBus();
	log = new FakeLog(3);
	executed = (sequence) => ({ data: { conversationEvents: { sequence } } });
	present = 0;
	maxBytes = 100_000;
	keepAliveMs = 3_600_000;
	openFails = undefined;
	responses = [];
	thrown = [];
	writes = new WeakMap();
	feeds = new Feeds(log, bus, {
		ringEvents: 64,
		ringBytes: 10_000_000,
		onDelivered: () => undefined,
		checkIntervalMs: 3_600_000,
		idleMs: 3_600_000,
		slowReaderMaxMs: 100,
		onSignal: () => undefined,
		onError: () => undefined,
	});
	const following = new SseFollowing({
		cohorts: new Cohorts({
			schema,
			execute: (_operation, { rootValue }) => executed((rootValue as { sequence: number }).sequence),
			createContext: () => fakeContext(),
			onRendered: () => undefined,
		}),
		operations: {
			subscribe: async (_operation, _args, own) => (await own?.()) ?? {},
		},
		live: {
			open: async ({ user }, { after }, sink) => {
				if (openFails) throw openFails;
				const place = { accessFrom: log.head, after: after ?? log.head };
				const follower = await feeds.follow(CONVERSATION, user, sink, place);
				follower.pump();
				return follower;
			},
			enter: () => {
				present++;
				return () => void present--;
			},
		},
		metrics: createMetrics(),
		errorPolicy: { suggestions: true, onDefect: () => undefined, onShown: () => undefined },
		get maxBufferedBytes() {
			return maxBytes;
		},
		slowReaderMaxMs: 100,
		get keepAliveMs() {
			return keepAliveMs;
		},
	});
	server = createServer((req, res) => {
		responses.push(res);
		const lastEventId = req.headers['last-event-id']?.toString();
		following.follow({ operation, variables, context: fakeContext(), lastEventId, res }).catch((error) => {
			thrown.push(error);
			res.writeHead(503).end();
		});
	});
	server.on('connection', countWrites);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
});
afterEach(async () => {
	feeds.stop();
	const closed = once(server, 'close');
	server.close();
	server.closeAllConnections();
	// All that its connections leave behind is gone, too.
	await closed;
	await eventually(() => present, 0);
});

/** What the operating system is asked to write, each time. */
function countWrites(socket: Socket): void {
	const count = () => writes.set(socket, (writes.get(socket) ?? 0) + 1);
	const { _write, _writev } = socket;
	socket._write = function (...args) {
		count();
		_write.apply(this, args);
	};
	socket._writev = function (...args) {
		count();
		_writev?.apply(this, args);
	};
}

async function open(lastEventId = ''): Promise<StreamReader> {
	const { port } = server.address() as AddressInfo;
	return new StreamReader(
		await fetch(`http://127.0.0.1:${port}`, { headers: { 'last-event-id': lastEventId } }),
	);
}

function grow(count: number): void {
	bus.deliver({ kind: 'events', events: log.grow(count) });
}

async function ids(stream: StreamReader, count: number): Promise<(string | undefined)[]> {
	const taken: (string | undefined)[] = [];
	while (taken.length < count) taken.push((await stream.next())?.id);
	return taken;
}

describe('an event stream', () => {
	it('is opened at once, and kept and held up by nobody', async () => {
		const { response } = await open();
		expect(response.status).toBe(200);
		expect(response.headers.get('x-accel-buffering')).toBe('no');
		expect(response.headers.get('cache-control')).toContain('no-transform');
		expect(present).toBe(1);
	});

	it('takes what is due within a tick in one write', async () => {
		const stream = await open();
		const socket = responses[0]?.socket;
		if (!socket) throw new Error('No connection.');
		const before = writes.get(socket) ?? 0;
		grow(20);
		expect(await ids(stream, 20)).toEqual(range(4, 23).map(String));
		expect((writes.get(socket) ?? 0) - before).toBe(1);
	});

	it('shows signs of life while nothing happens', async () => {
		keepAliveMs = 20;
		const { port } = server.address() as AddressInfo;
		const response = await fetch(`http://127.0.0.1:${port}`);
		let text = '';
		for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
			text += chunk;
			if (text.split(': ping\n\n').length > 2) break;
		}
		expect(text).toMatch(/^retry: \d+\n\n(: ping\n\n)+$/);
	});

	it('is an error and complete where its event cannot be made for a defect', async () => {
		executed = () => Promise.reject(new Error('a defect'));
		const stream = await open();
		grow(1);
		expect(await stream.rest()).toMatchObject([
			{ event: 'next', data: { errors: [{ extensions: { code: 'INTERNAL' } }] } },
			{ event: 'complete' },
		]);
		await eventually(() => present, 0);
	});

	it('is broken off, not complete, where the database was not to be had for its event', async () => {
		const busy = new GraphQLError('busy', { extensions: { code: 'SERVICE_BUSY' } });
		executed = (sequence) =>
			sequence === 5 ? { errors: [busy] } : { data: { conversationEvents: { sequence } } };
		const stream = await open();
		grow(2);
		// What was written before leaves nevertheless.
		expect(await ids(stream, 1)).toEqual(['4']);
		await expect(stream.next()).rejects.toThrow('terminated');
		await eventually(() => present, 0);
	});

	it('that cannot be begun now is refused before anything is sent', async () => {
		const { StoreUnavailable } = await import('../../src/conversations/store.ts');
		openFails = new StoreUnavailable('away');
		const { response } = await open();
		expect(response.status).toBe(503);
		expect(thrown).toMatchObject([{ extensions: { code: 'SERVICE_BUSY' } }]);
		expect(present).toBe(0);
	});

	it('brings no event that becomes ready after its reader has gone', async () => {
		const ready = Promise.withResolvers<ExecutionResult>();
		executed = () => ready.promise;
		const stream = await open();
		grow(1);
		await stream.cancel();
		await eventually(() => present, 0);
		ready.resolve({ data: {} });
		await new Promise((resolve) => setImmediate(resolve));
		expect(feeds.load.followers).toBe(0);
	});

	it('follows nothing for one who left while it was being opened', async () => {
		const release = log.hold();
		const leaving = new AbortController();
		const { port } = server.address() as AddressInfo;
		const asked = fetch(`http://127.0.0.1:${port}`, { signal: leaving.signal });
		await eventually(() => responses.length, 1);
		leaving.abort();
		await asked.catch(() => undefined);
		await eventually(() => responses[0]?.destroyed, true);
		release();
		await eventually(() => bus.subscribers, 1);
		await eventually(() => feeds.load.followers, 0);
		expect(present).toBe(0);
	});
});

describe('a reader that stops reading', () => {
	const large = 'x'.repeat(60_000);

	beforeEach(() => {
		keepAliveMs = 20;
		executed = (sequence) => ({ data: { conversationEvents: { sequence, large } } });
	});

	it('is given no more than what may wait, is cut off, and goes on from the last id', async () => {
		const stream = await open();
		const [res] = responses;
		grow(1);
		const first = await stream.next();
		// Far above what the operating system holds for a connection.
		for (const _ of range(1, 400)) {
			grow(1);
			await new Promise((resolve) => setImmediate(resolve));
			expect(res?.writableLength ?? 0).toBeLessThan(maxBytes + large.length + 1_000);
		}
		await eventually(() => present, 0);
		let last = first?.id;
		await expect(
			(async () => {
				for (;;) last = (await stream.next())?.id ?? last;
			})(),
		).rejects.toThrow('terminated');
		const resumed = await open(last);
		expect((await resumed.next())?.id).toBe(String(Number(last) + 1));
	});

	const huge = 'x'.repeat(30_000_000);

	it('is cut off as well where nothing is due that would show it', async () => {
		maxBytes = 2 * huge.length;
		executed = () => ({ data: { huge } });
		const stream = await open();
		grow(1);
		await eventually(() => present, 0);
		await expect(stream.rest()).rejects.toThrow('terminated');
	});

	it('is cut off after the end of its stream, too', async () => {
		maxBytes = 2 * huge.length;
		executed = (sequence) => (sequence === 4 ? { data: { huge } } : Promise.reject(new Error('a defect')));
		const stream = await open();
		grow(2);
		await eventually(() => responses[0]?.writableEnded, true);
		await eventually(() => present, 0);
		await expect(stream.rest()).rejects.toThrow('terminated');
	});
});
