import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { next, nextOf, watch } from '../support/activity.ts';
import { Client } from '../support/client.ts';
import { converse, follow, mutate, range, send, take } from '../support/live.ts';
import { skipWithoutNodes, startNodes, type TestNodes } from '../support/nodes.ts';
import type { TestService } from '../support/service.ts';

const SUITE = 'two nodes on one database';

describe.skipIf(skipWithoutNodes(SUITE))(SUITE, () => {
	let nodes: TestNodes;
	let here: TestService;
	let there: TestService;

	beforeAll(async () => {
		nodes = await startNodes(2, { WAKE_UP_MAX_BYTES: '4096', TYPING_TTL_MS: '3600000' });
		[here, there] = nodes.all as [TestService, TestService];
	});
	afterAll(() => nodes?.stop());

	it('follow what is sent on the other one', async () => {
		const alice = await here.client('Alice');
		const bob = await there.client('Bob', 'AGENT');
		const { id, lastSequence } = await converse(alice);
		const events = follow(bob, id, { after: lastSequence - 1 });
		await take(events, 1);
		for (const body of ['one', 'two', 'three']) await send(alice, id, body);
		const taken = await take(events, 3);
		expect(taken.map(({ sequence, message }) => [sequence, message?.body])).toEqual([
			[lastSequence + 1, 'one'],
			[lastSequence + 2, 'two'],
			[lastSequence + 3, 'three'],
		]);
	});

	it('follow in order while both send', async () => {
		const alice = await here.client('Alice');
		const bob = await there.client('Bob');
		const { id, lastSequence } = await converse(alice, [bob]);
		const both = [alice, bob].map((client) => follow(client, id, { after: lastSequence }));
		await Promise.all(
			[alice, bob].map(async (client) => {
				for (const number of range(1, 20)) await send(client, id, `${number}`);
			}),
		);
		for (const events of both) {
			const sequences = (await take(events, 40)).map(({ sequence }) => sequence);
			expect(sequences).toEqual(range(lastSequence + 1, lastSequence + 40));
		}
	});

	it('read from the database what is too large to travel', async () => {
		const alice = await here.client('Alice');
		const bob = await there.client('Bob', 'AGENT');
		const { id, lastSequence } = await converse(alice);
		const events = follow(bob, id, { after: lastSequence - 1 });
		await take(events, 1);
		const body = 'x'.repeat(10_000);
		await send(alice, id, body);
		expect((await take(events, 1))[0]?.message?.body).toBe(body);
	});

	it('end the stream of one who is removed on the other one', async () => {
		const alice = await here.client('Alice');
		const bob = await there.client('Bob');
		const { id, lastSequence } = await converse(alice, [bob]);
		const events = follow(bob, id, { after: lastSequence - 1 });
		await take(events, 1);
		await mutate(alice, 'removeMember', { conversationId: id, subject: bob.person.subject });
		expect((await take(events, 1))[0]?.__typename).toBe('MemberLeft');
		await send(alice, id, 'not for Bob');
		expect(await events.ended).toBeUndefined();
		expect(events.waiting).toBe(0);
	});

	it('tell first who is there, and who types, on the other one', async () => {
		const alice = await here.client('Alice');
		const bob = await there.client('Bob');
		const { id } = await converse(alice, [bob]);
		const ofBob = watch(bob, id);
		await nextOf(ofBob, 'Bob');
		await mutate(bob, 'setTyping', { conversationId: id, typing: true });
		await next(ofBob);
		const seen = watch(alice, id);
		expect(await next(seen)).toEqual({ __typename: 'PresenceChanged', user: { name: 'Bob' }, online: true });
		expect(await next(seen)).toEqual({ __typename: 'TypingChanged', user: { name: 'Bob' }, typing: true });
	});

	it('end the typing of one who is removed on the other one', async () => {
		const alice = await here.client('Alice');
		const bob = await here.client('Bob');
		const { id } = await converse(alice, [bob]);
		const seen = watch(alice, id);
		await nextOf(seen, 'Alice');
		await mutate(bob, 'setTyping', { conversationId: id, typing: true });
		expect(await next(seen)).toMatchObject({ user: { name: 'Bob' }, typing: true });
		const aliceThere = new Client(there.url, alice.person);
		await mutate(aliceThere, 'removeMember', { conversationId: id, subject: bob.person.subject });
		expect(await next(seen)).toMatchObject({ user: { name: 'Bob' }, typing: false });
	});
});
