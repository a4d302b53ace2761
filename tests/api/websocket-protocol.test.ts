import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Client } from '../support/client.ts';
import { converse, eventually, FOLLOW, metric, send } from '../support/live.ts';
import { eventOf, RawSocket } from '../support/raw-socket.ts';
import { startService, type TestService } from '../support/service.ts';

const MAX_SUBSCRIPTIONS = 3;
const MAX_FRAME_BYTES = 20_000;

let service: TestService;
let alice: Client;
let conversation: string;

beforeAll(async () => {
	service = await startService({
		CONNECTION_INIT_TIMEOUT_MS: '200',
		MAX_SUBSCRIPTIONS_PER_SOCKET: String(MAX_SUBSCRIPTIONS),
		MAX_FRAME_BYTES: String(MAX_FRAME_BYTES),
		ALLOWED_ORIGINS: 'https://app.example.com',
	});
	alice = await service.client('Alice');
	({ id: conversation } = await converse(alice));
});
afterAll(() => service.stop());

const VIEWER = '{ viewer { name } }';

async function openFollowing(): Promise<RawSocket> {
	const socket = await RawSocket.open(service, alice.person.token);
	socket.subscribe('live', FOLLOW, { id: conversation, after: 0 });
	await socket.nextOf('live');
	return socket;
}

/** Its subscription `live` brings what is sent now. */
async function expectAlive(socket: RawSocket, id = 'live'): Promise<void> {
	const { sequence } = await send(alice, conversation, 'still there?');
	for (;;) {
		if (eventOf(await socket.nextOf(id)).sequence === sequence) return;
	}
}

describe('beginning a connection', () => {
	it('closes with 4408 where nobody says who they are in time', async () => {
		const socket = await RawSocket.open(service);
		expect((await socket.closed).code).toBe(4408);
	});

	it('closes with 4401 at a subscription before the acknowledgement', async () => {
		const socket = await RawSocket.open(service);
		socket.subscribe('1', VIEWER);
		expect((await socket.closed).code).toBe(4401);
	});

	it('closes with 4429 at a second beginning', async () => {
		const socket = await RawSocket.open(service, alice.person.token);
		socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${alice.person.token}` } });
		expect((await socket.closed).code).toBe(4429);
	});

	it.each([
		['no token', {}],
		['no text', { authorization: 7 }],
		['another scheme', { authorization: 'Basic YWxpY2U6c2VjcmV0' }],
		['a forged one', { authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.AAAA' }],
		['one without a signature', { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.' }],
	])('closes with 4403 and one reason for all: %s', async (_name, payload) => {
		const socket = await RawSocket.open(service);
		socket.send({ type: 'connection_init', payload });
		expect(await socket.closed).toEqual({ code: 4403, reason: 'Forbidden' });
	});

	it('closes with 4403 at a token that has run out', async () => {
		const token = await service.token({ subject: 'late', role: 'CUSTOMER', expiresInSeconds: -3600 });
		const socket = await RawSocket.open(service);
		socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
		expect(await socket.closed).toEqual({ code: 4403, reason: 'Forbidden' });
	});

	it('closes with 4406 without the subprotocol', async () => {
		const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`);
		const [code] = await once(socket, 'close');
		expect(code).toBe(4406);
	});

	it('answers a ping', async () => {
		const socket = await RawSocket.open(service, alice.person.token);
		socket.send({ type: 'ping' });
		expect(await socket.next()).toEqual({ type: 'pong' });
		socket.socket.terminate();
	});
});

describe('where a connection comes from', () => {
	async function upgrade(origin: string): Promise<number> {
		const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
			origin,
		});
		const status = await new Promise<number>((resolve) => {
			socket.once('open', () => resolve(101));
			socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
			socket.on('error', () => undefined);
		});
		socket.terminate();
		return status;
	}

	it.each([
		['a foreign page', 'https://evil.example', 403],
		['a page that says no origin', 'null', 403],
		['an allowed page', 'https://app.example.com', 101],
	])('%s', async (_name, origin, status) => {
		expect(await upgrade(origin)).toBe(status);
	});

	it("the service's own page", async () => {
		expect(await upgrade(service.url)).toBe(101);
	});
});

describe('what goes wrong in one operation leaves the others alone', () => {
	it.each([
		['a syntax error', '{ viewer {', 'BAD_USER_INPUT'],
		['an unknown field', '{ nothing }', 'BAD_USER_INPUT'],
		['two operations and no name', 'query a { viewer { id } } query b { viewer { id } }', 'BAD_USER_INPUT'],
		[
			'too many aliases',
			`{ ${Array.from({ length: 500 }, (_, n) => `a${n}: viewer { id }`).join(' ')} }`,
			'TOO_COMPLEX',
		],
	])('%s', async (_name, query, code) => {
		const socket = await openFollowing();
		socket.subscribe('bad', query);
		const { type, payload } = await socket.nextOf('bad');
		expect(type).toBe('error');
		expect(payload).toMatchObject([{ extensions: { code } }]);
		await expectAlive(socket);
		socket.socket.terminate();
	});

	it('a subscription that costs too much', async () => {
		const socket = await openFollowing();
		const page =
			'messages(first: 100) { edges { node { conversation { messages(first: 100) { edges { node { id } } } } } } }';
		const query = `subscription($id: ID!) { conversationEvents(conversationId: $id, after: 0) {
			... on ConversationChanged { conversation { ${page} } } } }`;
		socket.subscribe('dear', query, { id: conversation });
		expect(await socket.nextOf('dear')).toMatchObject({
			payload: { errors: [{ extensions: { code: 'TOO_COMPLEX' } }] },
		});
		expect(await socket.nextOf('dear')).toMatchObject({ type: 'complete' });
		await expectAlive(socket);
		socket.socket.terminate();
	});

	it('variables of the wrong type', async () => {
		const socket = await openFollowing();
		socket.subscribe('bad', FOLLOW, { id: conversation, after: 'now' });
		expect(await socket.nextOf('bad')).toMatchObject({
			payload: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
		});
		await expectAlive(socket);
		socket.socket.terminate();
	});

	it('one subscription too many, until another one makes place', async () => {
		const socket = await openFollowing();
		for (const id of ['2', '3']) {
			socket.subscribe(id, FOLLOW, { id: conversation, after: 0 });
			await socket.nextOf(id);
		}
		socket.subscribe('4', FOLLOW, { id: conversation, after: 0 });
		const refused = await socket.nextOf('4');
		expect(refused.type).toBe('error');
		expect(refused.payload).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
		expect(await metric(service, 'pendo_message_limited_total{limit="socket_subscriptions"}')).toBe(1);
		expect(refused.payload?.[0]?.message).toContain(String(MAX_SUBSCRIPTIONS));
		await expectAlive(socket);
		socket.subscribe('question', VIEWER);
		expect((await socket.nextOf('question')).type).toBe('next');

		const open = () => metric(service, 'pendo_message_open_subscriptions{field="conversationEvents"}');
		const before = await open();
		socket.send({ type: 'complete', id: '2' });
		await eventually(open, before - 1);
		socket.subscribe('4', FOLLOW, { id: conversation, after: 0 });
		expect((await socket.nextOf('4')).type).toBe('next');
		await expectAlive(socket, '3');
		socket.socket.terminate();
	});
});

describe('what is no proper frame', () => {
	it('closes with 1009 above the size that is taken', async () => {
		const socket = await openFollowing();
		socket.subscribe('large', `{ viewer { name } } #${'x'.repeat(MAX_FRAME_BYTES)}`);
		expect((await socket.closed).code).toBe(1009);
	});

	it.each([
		['no JSON', 'hello'],
		['an unknown type', '{"type":"shout"}'],
		['no id', '{"type":"subscribe","payload":{"query":"{ viewer { name } }"}}'],
	])('closes with 4400: %s', async (_name, text) => {
		const socket = await RawSocket.open(service, alice.person.token);
		socket.socket.send(text);
		expect((await socket.closed).code).toBe(4400);
	});

	it('closes with 4409 where an operation has the id of one under way', async () => {
		const socket = await openFollowing();
		socket.subscribe('live', FOLLOW, { id: conversation, after: 0 });
		expect((await socket.closed).code).toBe(4409);
	});

	it('takes the id of an operation that is over', async () => {
		const socket = await RawSocket.open(service, alice.person.token);
		for (let times = 0; times < 2; times++) {
			socket.subscribe('1', VIEWER);
			expect(await socket.next()).toMatchObject({
				type: 'next',
				payload: { data: { viewer: { name: 'Alice' } } },
			});
			expect(await socket.next()).toEqual({ type: 'complete', id: '1' });
		}
		socket.socket.terminate();
	});
});

describe('queries and mutations over the socket', () => {
	const SEND = `mutation($input: SendMessageInput!) { sendMessage(input: $input) {
		... on SendMessagePayload { message { body sequence } } ... on Error { code } } }`;

	it('are answered as over HTTP', async () => {
		const socket = await RawSocket.open(service, alice.person.token);
		const inputs = [
			{ conversationId: conversation, body: 'by socket' },
			{ conversationId: conversation, body: ' ' },
			{ conversationId: 'nonsense', body: 'hello' },
		];
		for (const input of inputs) {
			socket.subscribe('1', SEND, { input });
			const { payload } = await socket.next();
			await socket.next();
			const { data } = await alice.ask<Record<string, object>>(SEND, { input });
			if (input === inputs[0])
				expect(payload?.data).toMatchObject({ sendMessage: { message: { body: 'by socket' } } });
			else expect(payload?.data).toEqual(data);
		}
		socket.socket.terminate();
	});

	it.each([
		['a page too large', '{ conversations(first: 100000) { edges { node { id } } } }'],
		['nothing there', '{ users { edges { node { id } } } }'],
		['an unknown field', '{ viewer { nothing } }'],
		['a variable of the wrong type', 'query($id: ID!) { node(id: $id) { id } }', { id: {} }],
		['a variable that is missing', 'query($id: ID!) { node(id: $id) { id } }'],
	])(
		'have the errors of HTTP: %s',
		async (_name, query, variables: Readonly<Record<string, unknown>> = {}) => {
			const socket = await RawSocket.open(service, alice.person.token);
			socket.subscribe('1', query, variables);
			const { type, payload } = await socket.next();
			const errors = type === 'error' ? payload : payload?.errors;
			const overHttp = await alice.ask(query, variables);
			expect(overHttp.errors?.[0]?.extensions['code']).toBeDefined();
			expect(errors?.map(({ message, extensions }) => [message, extensions?.code])).toEqual(
				overHttp.errors?.map(({ message, extensions }) => [message, extensions['code']]),
			);
			socket.socket.terminate();
		},
	);

	it('are counted by their names, subscriptions as well', async () => {
		const counted = (name: string, kind: string) =>
			metric(service, `pendo_message_requests_total{operation="${name}",kind="${kind}",outcome="ok"}`);
		const before = [await counted('Who', 'query'), await counted('Follow', 'subscription')];
		const socket = await openFollowing();
		socket.subscribe('1', 'query Who { viewer { name } }');
		await socket.nextOf('1');
		expect(await counted('Who', 'query')).toBe((before[0] ?? 0) + 1);
		expect(await counted('Follow', 'subscription')).toBe((before[1] ?? 0) + 1);
		socket.socket.terminate();
	});

	it('leave their place when they are answered', async () => {
		const socket = await RawSocket.open(service, alice.person.token);
		for (let n = 0; n < 3 * MAX_SUBSCRIPTIONS; n++) {
			socket.subscribe(String(n), n % 2 === 0 ? VIEWER : '{ nothing }');
			expect((await socket.next()).type).toBe(n % 2 === 0 ? 'next' : 'error');
			if (n % 2 === 0) await socket.next();
		}
		socket.socket.terminate();
	});
});
