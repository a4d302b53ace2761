import { type ClientOptions, createClient } from 'graphql-sse';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { StreamReader } from '../support/event-stream.ts';
import {
	converse,
	type Event,
	type Events,
	eventually,
	FOLLOW,
	metric,
	mutate,
	range,
	send,
} from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let bob: Client;

beforeAll(async () => {
	service = await startService({ TYPING_TTL_MS: '60000' });
});
beforeEach(async () => {
	alice = await service.client('Alice');
	bob = await service.client('Bob');
});
afterAll(() => service.stop());

const ACTIVITY = 'subscription($id: ID!) { conversationActivity(conversationId: $id) { __typename } }';

function sseClient(client: Client, more: Partial<ClientOptions<false>> = {}) {
	return createClient({
		url: `${client.url}/graphql`,
		headers: { authorization: `Bearer ${client.person.token}` },
		retryAttempts: 0,
		...more,
	});
}

async function takeSse(client: Client, id: string, after: number, count: number): Promise<Event[]> {
	const events: Event[] = [];
	const stream = sseClient(client).iterate<Events>({ query: FOLLOW, variables: { id, after } });
	for await (const { data, errors } of stream) {
		if (errors || !data) throw new Error(JSON.stringify(errors));
		events.push(data.conversationEvents);
		if (events.length === count) break;
	}
	return events;
}

function eventIn(
	message: { readonly data?: { readonly data?: Readonly<Record<string, unknown>> } } | undefined,
) {
	return (message?.data?.data as Events | undefined)?.conversationEvents;
}

describe('over server-sent events', () => {
	it('graphql-sse brings the log, then what is live, and resumes where it was cut', async () => {
		const { id, lastSequence } = await converse(alice);
		await send(alice, id, 'one');
		const live = takeSse(alice, id, 0, lastSequence + 2);
		await send(alice, id, 'two');
		expect((await live).map(({ sequence }) => sequence)).toEqual(range(1, lastSequence + 2));
		await send(alice, id, 'three');
		const [resumed] = await takeSse(alice, id, lastSequence + 2, 1);
		expect(resumed).toMatchObject({ sequence: lastSequence + 3, message: { body: 'three' } });
	});

	it('plain fetch reads an event stream that completes after the own departure', async () => {
		const { id } = await converse(alice, [bob]);
		const stream = await StreamReader.open(bob, FOLLOW, { id, after: 0 });
		expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
		expect(eventIn(await stream.next())).toMatchObject({ sequence: 1 });
		await mutate(bob, 'leaveConversation', { conversationId: id });
		await send(alice, id, 'secret');
		const rest = await stream.rest();
		expect(rest.at(-1)).toEqual({ event: 'complete' });
		expect(eventIn(rest.at(-2))).toMatchObject({ __typename: 'MemberLeft' });
	});

	it('takes a place in the query string of a GET', async () => {
		const { id } = await converse(alice);
		const query = new URLSearchParams({ query: FOLLOW, variables: JSON.stringify({ id, after: 0 }) });
		const response = await fetch(`${service.url}/graphql?${query}`, {
			headers: { authorization: `Bearer ${alice.person.token}`, accept: 'text/event-stream' },
		});
		const stream = new StreamReader(response);
		expect(eventIn(await stream.next())).toMatchObject({ sequence: 1 });
		await stream.cancel();
	});

	it.each([
		['without access', { after: 0 }, 'NOT_FOUND'],
		['with a negative place', { after: -1 }, 'BAD_USER_INPUT'],
	])('%s it is an error, and complete', async (_name, place, code) => {
		const owner = code === 'NOT_FOUND' ? bob : alice;
		const { id } = await converse(owner);
		const stream = await StreamReader.open(alice, FOLLOW, { id, ...place });
		expect(await stream.rest()).toMatchObject([
			{ event: 'next', data: { errors: [{ extensions: { code } }] } },
			{ event: 'complete' },
		]);
	});

	it('refuses a bad token with 401 before anything is streamed', async () => {
		const { id } = await converse(alice);
		const { response } = await StreamReader.open(alice, FOLLOW, { id }, 'nonsense');
		expect(response.status).toBe(401);
		expect(response.headers.get('content-type')).toContain('application/json');
	});

	it('holds the limits of an operation', async () => {
		const { id } = await converse(alice);
		const page =
			'messages(first: 100) { edges { node { conversation { messages(first: 100) { edges { node { id } } } } } } }';
		const dear = `subscription($id: ID!) { conversationEvents(conversationId: $id) {
			... on ConversationChanged { conversation { ${page} } } } }`;
		const stream = await StreamReader.open(alice, dear, { id });
		const [first] = await stream.rest();
		expect(first).toMatchObject({ data: { errors: [{ extensions: { code: 'TOO_COMPLEX' } }] } });
	});

	it.each(['application/json', 'image/png'])(
		'answers 406 to one who accepts only %s, and follows nothing',
		async (accept) => {
			const { id } = await converse(alice);
			const query = new URLSearchParams({ query: FOLLOW, variables: JSON.stringify({ id, after: 0 }) });
			const headers = { authorization: `Bearer ${alice.person.token}`, accept };
			const { status } = await fetch(`${service.url}/graphql?${query}`, { headers });
			expect(status).toBe(406);
			await eventually(
				() => metric(service, 'pendo_message_open_subscriptions{field="conversationEvents"}'),
				0,
			);
			expect(await metric(service, 'pendo_message_open_sockets{transport="sse"}')).toBe(0);
		},
	);

	it('lets go of a follower whose connection is gone', async () => {
		const open = () => metric(service, 'pendo_message_open_sockets{transport="sse"}');
		const { id } = await converse(alice);
		const stream = await StreamReader.open(alice, FOLLOW, { id, after: 0 });
		await stream.next();
		expect(await open()).toBe(1);
		expect(await metric(service, 'pendo_message_open_subscriptions{field="conversationEvents"}')).toBe(1);
		await stream.cancel();
		await eventually(open, 0);
		await eventually(
			() => metric(service, 'pendo_message_open_subscriptions{field="conversationEvents"}'),
			0,
		);
	});
});

describe('at the end of the token', () => {
	it.each([
		['events', FOLLOW],
		['activity', ACTIVITY],
	])('a stream of %s is an error UNAUTHENTICATED, and complete', async (_name, query) => {
		const { id } = await converse(alice);
		const brief = await service.token({
			subject: alice.person.subject,
			role: 'CUSTOMER',
			expiresInSeconds: 2,
		});
		const stream = await StreamReader.open(alice, query, { id }, brief);
		const messages = await stream.rest();
		expect(messages.slice(-2)).toMatchObject([
			{ event: 'next', data: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } },
			{ event: 'complete' },
		]);
	});
});

describe('when the service stops', () => {
	it('an event stream is broken off, so that its client connects again', async () => {
		const own = await startService();
		const carol = await own.client('Carol');
		const { id } = await converse(carol);
		const stream = await StreamReader.open(carol, FOLLOW, { id, after: 0 });
		await stream.next();
		const [rest] = await Promise.allSettled([stream.rest(), own.stop()]);
		expect(rest.status).toBe('rejected');
	});
});
