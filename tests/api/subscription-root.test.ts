import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { StreamReader } from '../support/event-stream.ts';
import { converse, eventually, metric, send } from '../support/live.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
});
afterAll(() => service.stop());

const field = (selected: string) => `conversationEvents(conversationId: $id, after: 0) { ${selected} }`;
const WRITTEN = {
	'in a fragment': `subscription($id: ID!) { ...F } fragment F on Subscription { ${field('sequence actor { name }')} }`,
	'in a fragment of a fragment': `subscription($id: ID!) { ...F }
		fragment F on Subscription { ... on Subscription { ...G } }
		fragment G on Subscription { ${field('sequence actor { name }')} }`,
	'in parts': `subscription($id: ID!) { ${field('sequence')} ...F }
		fragment F on Subscription { ${field('actor { name }')} }`,
};

describe('conversation events that are asked for', () => {
	it.each(Object.entries(WRITTEN))('%s come as they do otherwise', async (_how, query) => {
		const { id, lastSequence } = await converse(alice);
		const data = (sequence: number) => ({ conversationEvents: { sequence, actor: { name: 'Alice' } } });

		const resumed = { 'last-event-id': String(lastSequence - 1) };
		const stream = await StreamReader.open(alice, query, { id }, alice.person.token, resumed);
		expect(await stream.next()).toMatchObject({ id: `${lastSequence}`, data: { data: data(lastSequence) } });
		await stream.cancel();

		const sockets = [await RawSocket.open(service, alice.person.token)];
		sockets.push(await RawSocket.open(service, alice.person.token));
		for (const socket of sockets) {
			socket.subscribe('1', query, { id });
			for (let sequence = 1; sequence <= lastSequence; sequence++)
				expect((await socket.next()).payload).toEqual({ data: data(sequence) });
		}
		const executions = () => metric(service, 'pendo_message_event_executions_total');
		const before = await executions();
		await send(alice, id, 'for both of them');
		for (const socket of sockets)
			expect((await socket.next()).payload).toEqual({ data: data(lastSequence + 1) });
		expect((await executions()) - before).toBe(1);
		for (const { socket } of sockets) socket.terminate();
	});
});

describe('a subscription whose field is conditional', () => {
	it.each([
		['by @skip', `subscription($id: ID!) { ${field('sequence').replace('{', '@skip(if: true) {')} }`],
		['by @include', `subscription($id: ID!) { ${field('sequence').replace('{', '@include(if: true) {')} }`],
		['by its fragment', `subscription($id: ID!) { ... @skip(if: true) { ${field('sequence')} } }`],
	])('%s is refused over every transport', async (_how, query) => {
		const { id } = await converse(alice);
		const refused = [
			{ message: expect.stringContaining('root of a subscription'), extensions: { code: 'BAD_USER_INPUT' } },
		];
		const socket = await RawSocket.open(service, alice.person.token);
		socket.subscribe('1', query, { id });
		expect(await socket.next()).toMatchObject({ type: 'error', payload: refused });
		socket.socket.terminate();
		const stream = await StreamReader.open(alice, query, { id });
		expect((await stream.rest())[0]).toMatchObject({ data: { errors: refused } });
		await eventually(() => metric(service, 'pendo_message_open_sockets{transport="sse"}'), 0);
	});
});
