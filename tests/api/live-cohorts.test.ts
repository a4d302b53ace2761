import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client, Results } from '../support/client.ts';
import { converse, metric, mutate, send } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let bob: Client;
let agent: Client;
let conversation: string;

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
	bob = await service.client('Bob');
	agent = await service.client('Agent', 'AGENT');
});
beforeEach(async () => {
	({ id: conversation } = await converse(alice, [bob]));
});
afterAll(() => service.stop());

interface Answer {
	readonly conversationEvents: Readonly<Record<string, unknown>>;
}

/** How often an event was executed and written out for a cohort. */
const executions = () => metric(service, 'pendo_message_event_executions_total');

const withFields = (fields: string) =>
	`subscription($id: ID!, $after: Int) { conversationEvents(conversationId: $id, after: $after) { sequence ${fields} } }`;

/** Begins followers, each at the newest event, so that they are there when something is sent. */
async function begin(
	followers: readonly { readonly client: Client; readonly query: string; readonly variables?: object }[],
): Promise<Results<Answer>[]> {
	const { sequence } = await send(alice, conversation, 'the newest');
	const begun = followers.map(({ client, query, variables }) =>
		client.subscribe<Answer>(query, { id: conversation, after: sequence - 1, ...variables }),
	);
	for (const results of begun) await results.next();
	return begun;
}

async function executionsOfOneEvent(followers: readonly Results<Answer>[]): Promise<number> {
	const before = await executions();
	await send(alice, conversation, 'hello');
	for (const results of followers) await results.next();
	return (await executions()) - before;
}

describe('followers who ask the same', () => {
	const query = withFields('... on MessageSent { message { body } }');

	it('share one execution of each event', async () => {
		const followers = await begin([alice, bob, alice, bob, bob].map((client) => ({ client, query })));
		expect(await executionsOfOneEvent(followers)).toBe(1);
	});

	it('share it wherever in the log they began, by variable or in the text', async () => {
		const inText = query.replace('after: $after', 'after: 0').replace(', $after: Int', '');
		const followers = await begin([
			{ client: alice, query },
			{ client: bob, query, variables: { after: 0 } },
		]);
		const literal = alice.subscribe<Answer>(inText, { id: conversation });
		const { sequence } = await send(alice, conversation, 'where all are');
		for (const results of [...followers, literal])
			while ((await results.next()).data?.conversationEvents['sequence'] !== sequence);
		expect(await executionsOfOneEvent([...followers, literal])).toBe(1);
	});

	it('are kept apart by role, by fields and by variables', async () => {
		const flagged = `subscription($id: ID!, $after: Int, $with: Boolean!) {
			conversationEvents(conversationId: $id, after: $after) { sequence occurredAt @include(if: $with) } }`;
		const followers = await begin([
			{ client: alice, query },
			{ client: agent, query },
			{ client: alice, query: withFields('occurredAt') },
			{ client: alice, query: flagged, variables: { with: true } },
			{ client: bob, query: flagged, variables: { with: false } },
		]);
		expect(await executionsOfOneEvent(followers)).toBe(5);
		await send(alice, conversation, 'once more');
		const [, , , shown, hidden] = await Promise.all(followers.map((results) => results.next()));
		expect(shown?.data?.conversationEvents).toHaveProperty('occurredAt');
		expect(hidden?.data?.conversationEvents).not.toHaveProperty('occurredAt');
	});
});

describe('a reply', () => {
	const query = withFields('... on MessageSent { message { body replyTo { body } } }');

	it.each([
		['deleted', '', (messageId: string) => mutate(alice, 'deleteMessage', { messageId })],
		[
			'edited',
			'as it is now',
			(messageId: string) => mutate(alice, 'editMessage', { messageId, body: 'as it is now' }),
		],
	])('shows one who comes later nothing of the body that was %s', async (_name, body, change) => {
		const { id, sequence } = await send(alice, conversation, 'as it was');
		const [first] = await begin([{ client: alice, query }]);
		await mutate(bob, 'sendMessage', { conversationId: conversation, body: 'a reply', replyToId: id });
		expect((await first?.next())?.data?.conversationEvents).toMatchObject({
			message: { body: 'a reply', replyTo: { body: 'as it was' } },
		});
		await change(id);
		await first?.next();
		const resumes = () => metric(service, 'pendo_message_resumes_total{source="ring"}');
		const before = await resumes();
		const later = bob.subscribe<Answer>(query, { id: conversation, after: sequence + 1 });
		expect((await later.next()).data?.conversationEvents).toMatchObject({
			message: { body: 'a reply', replyTo: { body } },
		});
		expect((await resumes()) - before).toBe(1);
	});
});

describe('what depends on who asks', () => {
	it('never reaches a customer from an agent’s answer', async () => {
		const query = withFields('... on MessageSent { message { body revisions { body } } }');
		const both = await begin([
			{ client: agent, query },
			{ client: alice, query },
		]);
		await send(alice, conversation, 'hello');
		const [ofAgent, ofCustomer] = await Promise.all(both.map((results) => results.next()));
		expect(ofAgent?.errors).toBeUndefined();
		expect(ofAgent?.data?.conversationEvents).toMatchObject({ message: { body: 'hello', revisions: [] } });
		expect(JSON.stringify(ofCustomer)).not.toContain('"revisions":[]');
	});

	it('is each viewer’s own', async () => {
		const fields =
			'... on MessageSent { message { body conversation { unreadCount viewerMembership { user { name } } } } }';
		const followers = await begin([
			{ client: alice, query: withFields(fields) },
			{ client: bob, query: withFields(fields) },
			{ client: agent, query: withFields(fields) },
		]);
		await send(alice, conversation, 'for you');
		const [ofAlice, ofBob, ofAgent] = (await Promise.all(followers.map((results) => results.next()))).map(
			({ data }) =>
				(data?.conversationEvents['message'] as { conversation: unknown } | undefined)?.conversation,
		);
		expect(ofAlice).toEqual({ unreadCount: 0, viewerMembership: { user: { name: 'Alice' } } });
		expect(ofBob).toEqual({ unreadCount: expect.any(Number), viewerMembership: { user: { name: 'Bob' } } });
		expect((ofBob as { unreadCount: number }).unreadCount).toBeGreaterThan(1);
		expect(ofAgent).toEqual({ unreadCount: 0, viewerMembership: null });
	});

	it('is found in a fragment too', async () => {
		const query = `subscription($id: ID!, $after: Int) {
			conversationEvents(conversationId: $id, after: $after) { ...sent } }
			fragment sent on MessageSent { sequence message { conversation { ...mine } } }
			fragment mine on Conversation { viewerMembership { user { name } } }`;
		const followers = await begin([
			{ client: alice, query },
			{ client: bob, query },
		]);
		await send(alice, conversation, 'hello');
		const names = (await Promise.all(followers.map((results) => results.next()))).map(({ data }) =>
			JSON.stringify(data),
		);
		expect(names[0]).toContain('"name":"Alice"');
		expect(names[1]).toContain('"name":"Bob"');
	});
});
