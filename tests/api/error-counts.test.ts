import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConversation, refusal } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let conversationId: string;

beforeAll(async () => {
	service = await startService({ MAX_BODY_BYTES: '8192', MAX_SUBSCRIPTIONS_PER_SOCKET: '1' });
	alice = await service.client('Alice');
	conversationId = (await createConversation(alice)).id;
});
afterAll(() => service.stop());

async function metrics(): Promise<string> {
	return (await fetch(`${service.url}/metrics`)).text();
}

/** The series of a counter that grew while `work` ran, by their labels, and by how much. */
async function grown(counter: string, work: () => Promise<unknown>): Promise<Record<string, number>> {
	const read = async () =>
		new Map(
			Array.from((await metrics()).matchAll(new RegExp(`^${counter}{(.*)} (\\d+)$`, 'gm')), (match) => [
				match[1] ?? '',
				Number(match[2]),
			]),
		);
	const before = await read();
	await work();
	const after = await read();
	const difference = Array.from(after, ([labels, count]) => [labels, count - (before.get(labels) ?? 0)]);
	return Object.fromEntries(difference.filter(([, count]) => count !== 0));
}

const counted = (work: () => Promise<unknown>) => grown('pendo_message_errors_total', work);

function post(body: string, headers: Record<string, string> = {}, authorization = alice.person.token) {
	return fetch(`${service.url}/graphql`, {
		method: 'POST',
		body,
		headers: { authorization: `Bearer ${authorization}`, 'content-type': 'application/json', ...headers },
	}).then((response) => response.text());
}

const query = (text: string) => JSON.stringify({ query: text });

/** Costs little to read and much to run. */
const COSTLY =
	'{ conversations(first: 100) { edges { node { messages(first: 100) { edges { node { id } } } } } } }';

describe('an error is counted once by its code', () => {
	test.each<[string, string, () => Promise<unknown>]>([
		['no token', 'UNAUTHENTICATED', () => post(query('{ viewer { id } }'), {}, 'rubbish')],
		['a syntax error', 'BAD_USER_INPUT', () => post(query('{ viewer'))],
		['the same once more, which is known', 'BAD_USER_INPUT', () => post(query('{ viewer'))],
		['a field that there is not', 'BAD_USER_INPUT', () => post(query('{ nothing }'))],
		['a batch', 'BAD_USER_INPUT', () => post('[]')],
		['another content type', 'BAD_USER_INPUT', () => post('x', { 'content-type': 'text/plain' })],
		['a body above the limit', 'BAD_USER_INPUT', () => post(query(' '.repeat(9000)))],
		['too many aliases', 'TOO_COMPLEX', () => post(query(`{ ${'a: __typename '.repeat(200)} }`))],
		['too high a cost', 'TOO_COMPLEX', () => post(query(COSTLY))],
		['an error of a query', 'FORBIDDEN', () => post(query('{ users { edges { cursor } } }'))],
		[
			'a syntax error for server-sent events',
			'BAD_USER_INPUT',
			() => post(query('{ viewer'), { accept: 'text/event-stream' }),
		],
		[
			'too high a cost for server-sent events',
			'TOO_COMPLEX',
			() => post(query(COSTLY), { accept: 'text/event-stream' }),
		],
	])('%s', async (_name, code, work) => {
		expect(await counted(work)).toEqual({ [`code="${code}"`]: 1 });
	});

	test('over a WebSocket: what is refused before it runs, and what fails then', async () => {
		const raw = await RawSocket.open(service, alice.person.token);
		const ask = async (id: string, text: string) => {
			raw.subscribe(id, text);
			return raw.nextOf(id);
		};
		expect(await counted(() => ask('1', '{ viewer'))).toEqual({ 'code="BAD_USER_INPUT"': 1 });
		expect(await counted(() => ask('2', COSTLY))).toEqual({ 'code="TOO_COMPLEX"': 1 });
		await raw.nextOf('2');
		const nowhere = 'subscription { conversationEvents(conversationId: "x") { sequence } }';
		expect(await counted(() => ask('3', nowhere))).toEqual({ 'code="NOT_FOUND"': 1 });
		await raw.nextOf('3');
		raw.subscribe(
			'4',
			`subscription { conversationEvents(conversationId: "${conversationId}") { sequence } }`,
		);
		expect(
			await counted(() =>
				ask('5', `subscription { conversationEvents(conversationId: "${conversationId}") { sequence } }`),
			),
		).toEqual({ 'code="RATE_LIMITED"': 1 });
		raw.socket.terminate();
	});
});

describe('a mutation that answers with an expected fault', () => {
	const work = () =>
		alice.query(
			`mutation Refused($id: ID!) {
				closeConversation(input: { conversationId: $id }) { __typename }
				sendMessage(input: { conversationId: $id, body: "" }) { __typename }
			}`,
			{ id: conversationId },
		);

	test('is counted by each fault’s code, and as an operation that failed', async () => {
		expect(await counted(work)).toEqual({ 'code="FORBIDDEN"': 1, 'code="INVALID_INPUT"': 1 });
		expect(await grown('pendo_message_requests_total', work)).toEqual({
			'operation="Refused",kind="mutation",outcome="error"': 1,
		});
	});

	test('is not held against the operations after it', async () => {
		await refusal(alice, 'closeConversation', { conversationId });
		expect(await counted(() => alice.query('{ viewer { id } }'))).toEqual({});
	});

	test('is logged with the codes', async () => {
		const { token } = await service.person('Admin', 'ADMIN');
		const headers = { authorization: `Bearer ${token}` };
		const setLevel = (level: string) =>
			fetch(`${service.url}/logs/level`, {
				method: 'PUT',
				headers: { ...headers, 'content-type': 'application/json' },
				body: JSON.stringify({ level }),
			});
		await setLevel('info');
		await work();
		await setLevel('silent');
		const answered = await fetch(`${service.url}/logs?text=Refused`, { headers });
		const { lines } = (await answered.json()) as { readonly lines: readonly Record<string, unknown>[] };
		expect(lines).toMatchObject([{ operation: 'Refused', errors: ['FORBIDDEN', 'INVALID_INPUT'] }]);
	});
});

test('an operation that is too costly is an operation that failed', async () => {
	expect(await grown('pendo_message_requests_total', () => post(query(COSTLY)))).toEqual({
		'operation="anonymous",kind="query",outcome="error"': 1,
	});
});
