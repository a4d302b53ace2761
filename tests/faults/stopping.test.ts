import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { get } from '../observability/support.ts';
import { Client, type Person } from '../support/client.ts';
import type { TestDatabase } from '../support/databases.ts';
import {
	type DataDirectory,
	makeDataDirectory,
	personFor,
	type ServiceProcess,
	startProcess,
} from '../support/process.ts';
import { holdWrites } from '../support/run-sql.ts';
import { databaseForService } from '../support/service.ts';
import { type Attempt, attempt, createFor, readHistory } from './senders.ts';

const SENDERS = 20;
/** What SHUTDOWN_TIMEOUT_MS is when nobody sets it. */
const STOPPING_MAX_MS = 10_000;

let directory: DataDirectory;
let database: TestDatabase;
let services: ServiceProcess[];

beforeEach(async () => {
	directory = await makeDataDirectory();
	database = await databaseForService();
	services = [];
});

afterEach(async () => {
	await Promise.all(services.map((service) => service.kill('SIGKILL')));
	await database.drop();
	await directory.remove();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
	const service = await startProcess(directory, { DATABASE_URL: database.url, ...env });
	services.push(service);
	return service;
}

/** Sends until an attempt is not acknowledged; answers with all attempts. */
async function sendUntilRefused(
	url: string,
	sender: Person,
	conversationId: string,
	onAcknowledged: () => void,
): Promise<readonly Attempt[]> {
	const attempts: Attempt[] = [];
	for (;;) {
		const name = `${sender.subject} ${attempts.length}`;
		const sent = await attempt(url, sender, { conversationId, body: name, clientMessageId: name });
		attempts.push(sent);
		if (sent.kind !== 'acknowledged') return attempts;
		onAcknowledged();
	}
}

const FOLLOW =
	'subscription Follow($id: ID!) { conversationEvents(conversationId: $id, after: 0) { sequence } }';
const ACTIVITY = 'subscription Watch($id: ID!) { conversationActivity(conversationId: $id) { __typename } }';

/** A follower on a bare socket, so that every frame and the close code show: the events as 1, the activity as 2. */
function follow(url: string, { token }: Person, conversationId: string) {
	const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
	const frames: Frame[] = [];
	const say = (frame: object) => socket.send(JSON.stringify(frame));
	const subscribe = (id: string, query: string) =>
		say({ id, type: 'subscribe', payload: { query, variables: { id: conversationId } } });
	socket.on('open', () => say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
	socket.on('message', (data: Buffer) => {
		const frame = JSON.parse(data.toString('utf8')) as Frame;
		if (frame.type === 'connection_ack') {
			subscribe('1', FOLLOW);
			subscribe('2', ACTIVITY);
		} else if (frame.type === 'ping') say({ type: 'pong' });
		else frames.push(frame);
	});
	const closed = new Promise<number>((resolve) => socket.once('close', resolve));
	return { frames, closed };
}

interface Frame {
	readonly id: string;
	readonly type: string;
	readonly payload?: { readonly data: Followed };
}

interface Followed {
	readonly conversationEvents: { readonly sequence: number };
}

/** A request whose end is still to come, on a connection that the service therefore cannot take for idle. */
async function beginRequest(port: number, path: string): Promise<{ end(): Promise<string> }> {
	const socket: Socket = connect(port, '127.0.0.1').setEncoding('utf8');
	let answer = '';
	socket.on('data', (text: string) => {
		answer += text;
	});
	socket.on('error', () => {});
	const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(answer)));
	await new Promise((resolve) => socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n`, resolve));
	return {
		end: () => {
			socket.write('connection: close\r\n\r\n');
			return closed;
		},
	};
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s under load', (signal) => {
	test('answers what it has taken, refuses the rest, closes sockets with 1001 and ends with 0', async () => {
		const service = await start();
		const senders = await Promise.all(
			Array.from({ length: SENDERS }, (_, index) => personFor(`sender-${index}`)),
		);
		const agent = await personFor('agent', 'AGENT');
		const conversationId = await createFor(new Client(service.url, agent), senders);
		const follower = follow(service.url, agent, conversationId);
		const underWay = await beginRequest(service.port, '/health/ready');

		const enough = Promise.withResolvers<void>();
		let count = 0;
		const sending = senders.map((sender) =>
			sendUntilRefused(service.url, sender, conversationId, () => {
				count++;
				if (count === 5 * SENDERS) enough.resolve();
			}),
		);
		await enough.promise;
		const start0 = performance.now();
		const exited = service.kill(signal);
		const attempts = (await Promise.all(sending)).flat();
		expect(await underWay.end()).toMatch(/^HTTP\/1\.1 503 [\s\S]*\{"ready":false\}$/);
		expect(await follower.closed).toBe(1001);
		expect(await exited).toEqual({ code: 0, signal: null });
		expect(performance.now() - start0).toBeLessThan(STOPPING_MAX_MS);
		expect(service.output.stderr).toBe('');

		const lost = attempts.flatMap((one) => (one.kind === 'lost' ? [one.code] : []));
		for (const code of lost) expect(code).toMatch(/^(ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET)$/);
		const acknowledged = attempts
			.flatMap((one) => (one.kind === 'acknowledged' ? [one.message] : []))
			.sort((a, b) => a.sequence - b.sequence);

		const next = await start();
		const { messages, lastSequence } = await readHistory(new Client(next.url, agent), conversationId);
		// What was taken was answered: nothing is stored that its sender does not know of.
		expect(messages.map(({ id, sequence, body }) => ({ id, sequence, body }))).toEqual(
			acknowledged.map(({ id, sequence, body }) => ({ id, sequence, body })),
		);
		// No stream was ended: a client would take that for final, and not come back.
		expect(follower.frames.filter(({ type }) => type !== 'next')).toEqual([]);
		expect(follower.frames.map(({ id }) => id)).toContain('2');
		const events = follower.frames.filter(({ id }) => id === '1');
		expect(events.map(({ payload }) => payload?.data.conversationEvents.sequence)).toEqual(
			Array.from({ length: lastSequence }, (_, index) => index + 1),
		);
	});
});

test('a probe that connects anew hears that the service is not ready, until all that was taken is stored', async () => {
	// Each waits for the database before its send is refused as busy: all of them wait long enough.
	const service = await start({ MAX_BATCH_SIZE: '1', DATABASE_LOCK_TIMEOUT_MS: '5000' });
	const alice = await personFor('alice');
	const conversationId = await createFor(new Client(service.url, await personFor('agent', 'AGENT')), [alice]);
	const release = await holdWrites(database.config);
	const send = (body: string) => attempt(service.url, alice, { conversationId, body, clientMessageId: body });
	const taken = ['1', '2', '3', '4'].map(send);
	await vi.waitFor(async () => {
		const { body } = await get(`${service.url}/health`, {});
		expect(body).toMatch(/waiting: 3 of at most 10000, being stored: 1"/);
	}, 1_500);
	const exited = service.kill('SIGTERM');
	await vi.waitFor(async () => {
		expect(await get(`${service.url}/health/ready`, {})).toEqual({ status: 503, body: '{"ready":false}' });
	}, 3_000);
	expect(await send('late')).toEqual({ kind: 'busy' });
	await release();
	const answers = await Promise.all(taken);
	expect(answers.map(({ kind }) => kind)).toContain('acknowledged');
	expect(answers.map(({ kind }) => kind)).not.toContain('lost');
	expect(await exited).toEqual({ code: 0, signal: null });
	await expect(get(`${service.url}/health/ready`, {})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a service whose standard output nobody takes any more ends all the same', async () => {
	const service = await start();
	service.stopReading();
	expect(await service.kill('SIGTERM')).toEqual({ code: 0, signal: null });
	expect(service.output.stderr).toBe('');
});
