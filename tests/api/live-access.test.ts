import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { converse, FOLLOW, follow, mutate, range, send, take, takeUntil, userId } from '../support/live.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let bob: Client;
let agent: Client;

beforeAll(async () => {
	service = await startService({ FEED_RING_EVENTS: '8' });
});
beforeEach(async () => {
	alice = await service.client('Alice');
	bob = await service.client('Bob');
	agent = await service.client('Agent', 'AGENT');
});
afterAll(() => service.stop());

describe('the end of access is the end of the stream', () => {
	it('brings a customer their own departure, and completes', async () => {
		const { id } = await converse(alice, [bob]);
		const events = follow(bob, id, { after: 0 });
		const ofAlice = follow(alice, id);
		await send(bob, id, 'bye');
		await takeUntil(events, 'bye');
		await mutate(bob, 'leaveConversation', { conversationId: id });
		expect((await take(events, 1))[0]).toMatchObject({
			__typename: 'MemberLeft',
			member: { user: { name: 'Bob' } },
		});
		expect(await events.ended).toBeUndefined();
		await send(alice, id, 'now that he is gone');
		await takeUntil(ofAlice, 'now that he is gone');
		expect(events.waiting).toBe(0);
	});

	it('sends nothing behind the departure, in the same batch of events neither', async () => {
		const { id } = await converse(alice, [bob]);
		const socket = await RawSocket.open(service, bob.person.token);
		socket.subscribe('1', FOLLOW, { id, after: 0 });
		await Promise.all([
			mutate(agent, 'removeMember', { conversationId: id, userId: await userId(bob) }),
			...range(1, 20).map((n) => send(alice, id, `secret ${n}`)),
		]);
		// A second follower of the same conversation, whose answer on the same socket comes behind all of Bob's frames.
		const frames = [];
		for (;;) {
			const frame = await socket.next();
			frames.push(frame);
			if (frame.type === 'complete') break;
		}
		socket.subscribe('2', FOLLOW, { id, after: 0 });
		const refused = await socket.next();
		expect(refused).toMatchObject({ id: '2', payload: { errors: [{ extensions: { code: 'NOT_FOUND' } }] } });
		expect(frames.at(-2)).toMatchObject({
			payload: {
				data: { conversationEvents: { __typename: 'MemberLeft', member: { user: { name: 'Bob' } } } },
			},
		});
		socket.socket.terminate();
	});

	it('is told to a removed customer who replays from the database at that moment', async () => {
		const { id } = await converse(alice, [bob]);
		for (const n of range(1, 30)) await send(alice, id, `${n}`);
		const events = follow(bob, id, { after: 0 });
		await take(events, 1);
		await mutate(alice, 'removeMember', { conversationId: id, userId: await userId(bob) });
		await send(alice, id, 'secret');
		expect(await events.ended).toBeUndefined();
		const rest = await take(events, events.waiting);
		expect(rest.at(-1)).toMatchObject({ __typename: 'MemberLeft' });
		expect(rest.map(({ sequence }) => sequence)).toEqual(range(2, rest.length + 1));
	});

	it("lets another's departure pass", async () => {
		const { id } = await converse(alice, [bob]);
		const events = follow(alice, id);
		// Its own message says that the stream has begun.
		const begun = follow(alice, id, { after: 0 });
		await take(begun, 1);
		await mutate(bob, 'leaveConversation', { conversationId: id });
		await send(alice, id, 'still here');
		const types = (await takeUntil(events, 'still here')).map(({ __typename }) => __typename);
		expect(types).toEqual(['MemberLeft', 'MessageSent']);
	});

	it('goes on for an agent who leaves', async () => {
		const { id } = await converse(alice, [agent]);
		const events = follow(agent, id, { after: 0 });
		await take(events, 1);
		await mutate(agent, 'leaveConversation', { conversationId: id });
		await send(alice, id, 'are you there?');
		const seen = await takeUntil(events, 'are you there?');
		expect(seen.map(({ __typename }) => __typename)).toContain('MemberLeft');
	});

	it('takes an old departure for plain history, once one has come back', async () => {
		const { id } = await converse(alice, [bob]);
		await mutate(bob, 'leaveConversation', { conversationId: id });
		await send(alice, id, 'while Bob is away');
		await mutate(alice, 'addMember', { conversationId: id, userId: await userId(bob) });
		const events = follow(bob, id, { after: 0 });
		const { sequence: head } = await send(alice, id, 'welcome back');
		const seen = await takeUntil(events, 'welcome back');
		expect(seen.map(({ sequence }) => sequence)).toEqual(range(1, head));
		expect(seen.map(({ __typename }) => __typename)).toContain('MemberLeft');

		await mutate(bob, 'leaveConversation', { conversationId: id });
		expect((await take(events, 1))[0]).toMatchObject({ __typename: 'MemberLeft', sequence: head + 1 });
		expect(await events.ended).toBeUndefined();
	});
});

describe('a token that runs out', () => {
	it('closes the socket with 4403, and no sooner', async () => {
		const { id } = await converse(alice);
		const brief = await service.token({
			subject: alice.person.subject,
			role: 'CUSTOMER',
			expiresInSeconds: 2,
		});
		const expiresAt = JSON.parse(atob(brief.split('.')[1] ?? '')).exp * 1000;
		const socket = await RawSocket.open(service, brief);
		socket.subscribe('1', FOLLOW, { id, after: 0 });
		expect(await socket.next()).toMatchObject({ type: 'next', id: '1' });
		const { code } = await socket.closed;
		expect(code).toBe(4403);
		expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
		expect(Date.now()).toBeLessThan(expiresAt + 1_000);
	});
});
