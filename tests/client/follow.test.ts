import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PendoClient, State } from '../../client/index.ts';
import type { Client } from '../support/client.ts';
import { Followed, pendoClient } from '../support/following.ts';
import { converse, eventually, mutate, range, send, userId } from '../support/live.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let proxy: TcpProxy;
let alice: Client;
let bob: Client;
const clients: PendoClient[] = [];

beforeAll(async () => {
	service = await startService();
	proxy = await startProxy(service.port);
	alice = await service.client('Alice');
	bob = await service.client('Bob', 'AGENT');
});
afterEach(() => {
	for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
	await proxy.close();
	await service.stop();
});

function clientOf(person: Client, ...[options]: [Parameters<typeof pendoClient>[2]?]): PendoClient {
	const client = pendoClient(proxy.port, () => person.person.token, options);
	clients.push(client);
	return client;
}

async function sendMany(id: string, count: number): Promise<number> {
	let head = 0;
	for (const n of range(1, count)) head = (await send(bob, id, `message ${n}`)).sequence;
	return head;
}

it('brings what came after the history that was read, once and in order, and says that it is live', async () => {
	const { id, epoch } = await converse(alice);
	const read = await sendMany(id, 3);
	const head = await sendMany(id, 3);
	const followed = new Followed(clientOf(alice), id, { after: read, epoch });
	await followed.is('live');
	expect(followed.sequences).toEqual(range(read + 1, head));
	const next = (await send(alice, id, 'and on')).sequence;
	await followed.reaches(next);
	expect(followed.sequences).toEqual(range(read + 1, next));
	expect(followed.stateNames).toEqual(['catching-up', 'live']);
	expect(followed.following.place).toEqual({ after: next, epoch });
});

it('begins at the end where no place is given, and knows the place before anything has come', async () => {
	const { id, epoch } = await converse(alice);
	const head = await sendMany(id, 3);
	const followed = new Followed(clientOf(alice), id);
	await followed.is('live');
	expect(followed.following.place).toEqual({ after: head, epoch });
	proxy.cut();
	const next = (await send(bob, id, 'while it is away')).sequence;
	await followed.reaches(next);
	expect(followed.sequences).toEqual([next]);
});

it('has every event once and in order across cut connections', async () => {
	const { id } = await converse(alice);
	const followed = new Followed(clientOf(alice), id, { after: 0 });
	let head = 0;
	for (const _ of range(1, 5)) {
		const sending = sendMany(id, 20);
		await followed.until(() => followed.events.length > head + 3);
		proxy.cut();
		head = await sending;
		await followed.reaches(head);
	}
	expect(followed.sequences).toEqual(range(1, head));
	await followed.is('live');
});

it('goes on after a restart of the service', async () => {
	const { id } = await converse(alice);
	const followed = new Followed(clientOf(alice), id, { after: 0 });
	await followed.is('live');
	const head = await sendMany(id, 3);
	await service.restart(() => followed.until(() => followed.stateNames.includes('offline')));
	const next = await sendMany(id, 3);
	await followed.reaches(next);
	expect(followed.sequences).toEqual(range(1, next));
	expect(next).toBe(head + 3);
});

it('says when it is offline, and when it tries again', async () => {
	const { id } = await converse(alice);
	const followed = new Followed(clientOf(alice), id);
	await followed.is('live');
	const before = Date.now();
	proxy.cut();
	await followed.is('offline');
	const [offline] = followed.states.filter((state) => state.name === 'offline');
	expect(offline?.retryAt).toBeGreaterThanOrEqual(before);
	expect(offline?.retryAt).toBeLessThanOrEqual(Date.now() + 10);
	await followed.is('live');
	expect(followed.stateNames).toEqual([
		'catching-up',
		'live',
		'offline',
		'connecting',
		'catching-up',
		'live',
	]);
});

it('is live for a customer although the newest events are notes, which it does not get', async () => {
	const { id } = await converse(alice);
	const { sequence } = await send(bob, id, 'a note', { internal: true });
	const followed = new Followed(clientOf(alice), id, { after: 0 });
	await followed.is('live');
	expect(followed.sequences).toEqual(range(1, sequence - 1));
});

it('carries all conversations over one connection, which it closes after the last', async () => {
	const conversations = await Promise.all(range(1, 3).map(() => converse(alice)));
	const client = clientOf(alice);
	const connections = proxy.taken;
	const followed = conversations.map(({ id }) => new Followed(client, id, { after: 0 }));
	await Promise.all(followed.map((one) => one.is('live')));
	expect(proxy.taken).toBe(connections + 1);
	await proxy.until(({ open }) => open === 1);
	for (const { following } of followed) following.stop();
	await proxy.until(({ open }) => open === 0);
	expect(followed.map((one) => one.stateNames.at(-1))).toEqual(['ended', 'ended', 'ended']);
	const again = new Followed(client, conversations[0]?.id ?? '', { after: 0 });
	await again.is('live');
});

it('stays connected where one is stopped and another begins in the same turn', async () => {
	const [first, second] = [await converse(alice), await converse(alice)];
	const client = clientOf(alice);
	const shown = new Followed(client, first.id, { after: 0 });
	await shown.is('live');
	const { taken } = proxy;
	shown.following.stop();
	await new Followed(client, second.id, { after: 0 }).is('live');
	expect(proxy.taken).toBe(taken);
});

it('says that it is offline to one that begins meanwhile', async () => {
	const { id } = await converse(alice);
	const client = clientOf(alice, { minRetryMs: 3_600_000, maxRetryMs: 3_600_000 });
	const before = new Followed(client, id);
	await before.is('live');
	proxy.cut();
	await before.is('offline');
	const meanwhile = new Followed(client, id);
	await meanwhile.is('offline');
	expect(meanwhile.states).toEqual([before.following.state]);
});

it('lets a handler throw without losing anything', async () => {
	const thrown: unknown[] = [];
	const { id } = await converse(alice);
	process.once('uncaughtException', (error) => thrown.push(error));
	const followed = new Followed(clientOf(alice), id, {
		after: 0,
		onEvent: ({ sequence }) => {
			if (sequence === 1) throw new Error('of the application');
		},
	});
	const head = await sendMany(id, 2);
	await followed.reaches(head);
	expect(followed.sequences).toEqual(range(1, head));
	expect(thrown).toEqual([new Error('of the application')]);
	expect(followed.stateNames).not.toContain('offline');
});

it('watches what is not kept over the same connection, and again after a break', async () => {
	const { id } = await converse(alice, [bob]);
	const client = clientOf(alice);
	const states: string[] = [];
	let heard = 0;
	const { stop } = client.watch<{ conversationActivity: { __typename: string; typing?: boolean } }>({
		query: `subscription ($id: ID!) { conversationActivity(conversationId: $id) {
			__typename ... on TypingChanged { typing } } }`,
		variables: { id },
		onEvent: ({ typing }) => {
			if (typing) heard++;
		},
		onState: ({ name }) => states.push(name),
	});
	const typeUntilHeard = async (times: number) => {
		while (heard < times)
			for (const typing of [true, false]) await mutate(bob, 'setTyping', { conversationId: id, typing });
	};
	await typeUntilHeard(1);
	await proxy.until(({ open }) => open === 1);
	proxy.cut();
	await eventually(() => states.length, 4);
	await typeUntilHeard(heard + 1);
	stop();
	expect(states).toEqual(['live', 'offline', 'connecting', 'live', 'ended']);
});

describe('ends', () => {
	it('when a handler says so, whoever is told first', async () => {
		const { id } = await converse(alice);
		const client = clientOf(alice);
		const isConnected = ({ name }: State) => name === 'catching-up';
		const itself: Followed = new Followed(client, id, {
			onState: (state) => isConnected(state) && itself.following.stop(),
		});
		const first = new Followed(client, id, {
			after: 0,
			onState: (state) => isConnected(state) && second.following.stop(),
		});
		const second: Followed = new Followed(client, id, { after: 0 });
		await first.is('live');
		for (const _ of range(1, 2)) await first.reaches((await send(alice, id, 'behind it')).sequence);
		expect(itself.story).toEqual(['catching-up', 'ended']);
		expect(second.story).toEqual(['ended']);
	});

	it('after its own MemberLeft, with all that came before', async () => {
		const { id } = await converse(alice, [bob]);
		const followed = new Followed(clientOf(alice), id, { after: 0 });
		await followed.is('live');
		await mutate(bob, 'removeMember', { conversationId: id, userId: await userId(alice) });
		await send(bob, id, 'behind her back');
		await followed.is('ended');
		expect(followed.states.at(-1)).toEqual({ name: 'ended', reason: 'left' });
		expect(followed.events.at(-1)?.__typename).toBe('MemberLeft');
		await proxy.until(({ open }) => open === 0);
	});

	it('where there is no access, with and without a place', async () => {
		const { id } = await converse(bob);
		for (const begin of [{ after: 0 }, {}]) {
			const followed = new Followed(clientOf(alice), id, begin);
			await followed.is('ended');
			expect(followed.states.at(-1)).toMatchObject({
				name: 'ended',
				reason: 'refused',
				errors: [{ extensions: { code: 'NOT_FOUND' } }],
			});
		}
	});

	it('when the access went while it was away', async () => {
		const { id } = await converse(alice, [bob]);
		const followed = new Followed(clientOf(alice, { minRetryMs: 200 }), id);
		await followed.is('live');
		proxy.cut();
		await mutate(bob, 'removeMember', { conversationId: id, userId: await userId(alice) });
		await followed.is('ended');
		expect(followed.states.at(-1)).toMatchObject({ reason: 'refused' });
	});

	it.each([
		['is not one', 'subscription {', 'Syntax Error'],
		[
			'does not select the sequence',
			`subscription ($conversationId: ID!, $after: Int, $epoch: String) {
				conversationEvents(conversationId: $conversationId, after: $after, epoch: $epoch) { __typename } }`,
			'must select',
		],
	])('where the document %s', async (_what, query, message) => {
		const { id } = await converse(alice);
		const other = new Followed(clientOf(alice), id);
		const followed = new Followed(clientOf(alice), id, { after: 0, query });
		await followed.is('ended');
		expect(followed.states.at(-1)).toMatchObject({
			reason: 'refused',
			errors: [{ message: expect.stringContaining(message) }],
		});
		await other.is('live');
	});

	it('by stop and close, after which nothing comes', async () => {
		const { id, lastSequence } = await converse(alice);
		const client = clientOf(alice);
		const [stopped, closed] = [
			new Followed(client, id, { after: 0 }),
			new Followed(client, id, { after: 0 }),
		] as const;
		await Promise.all([stopped.is('live'), closed.is('live')]);
		stopped.following.stop();
		const head = await sendMany(id, 1);
		await closed.reaches(head);
		client.close();
		expect(stopped.sequences).toEqual(range(1, lastSequence));
		expect(closed.sequences).toEqual(range(1, head));
		const never = new Followed(client, id);
		await never.is('ended');
		await proxy.until(({ open }) => open === 0);
		expect([stopped, closed, never].map(({ states }) => states.at(-1))).toEqual(
			range(1, 3).map(() => ({ name: 'ended', reason: 'stopped' })),
		);
	});
});
