import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { next, nextOf, watch } from '../support/activity.ts';
import { Client } from '../support/client.ts';
import { converse, follow, mutate, send, take } from '../support/live.ts';
import { skipWithoutNodes, startNodes, type TestNodes } from '../support/nodes.ts';
import { type DataDirectory, makeDataDirectory, startProcess } from '../support/process.ts';
import type { TestService } from '../support/service.ts';

const SUITE = 'typing and presence on several nodes';
const TYPING_TTL_MS = 2_000;
const PRESENCE_TTL_MS = 1_500;

describe.skipIf(skipWithoutNodes(SUITE))(SUITE, () => {
	let nodes: TestNodes;
	let here: TestService;
	let there: TestService;
	let directory: DataDirectory;
	let alice: Client;
	let bob: Client;

	beforeAll(async () => {
		nodes = await startNodes(2, {
			TYPING_TTL_MS: String(TYPING_TTL_MS),
			PRESENCE_TTL_MS: String(PRESENCE_TTL_MS),
		});
		[here, there] = nodes.all as [TestService, TestService];
		directory = await makeDataDirectory();
	});
	afterAll(async () => {
		await nodes?.stop();
		await directory?.remove();
	});
	beforeEach(async () => {
		alice = await here.client('Alice');
		bob = await there.client('Bob');
	});
	afterEach(() => Promise.all([alice.close(), bob.close()]));

	/** The same person, by another node. */
	function elsewhere(client: Client, url: string): Client {
		return new Client(url, client.person);
	}

	it('tell who comes and goes on the other node', async () => {
		const { id } = await converse(alice, [bob]);
		const seen = watch(alice, id);
		await nextOf(seen, 'Alice');
		const events = follow(bob, id, { after: 0 });
		await take(events, 1);
		expect(await next(seen)).toEqual({ __typename: 'PresenceChanged', user: { name: 'Bob' }, online: true });
		events.stop();
		expect(await next(seen)).toEqual({ __typename: 'PresenceChanged', user: { name: 'Bob' }, online: false });
	});

	it('take one who is there on both nodes for gone when the last stream ends', async () => {
		const { id } = await converse(alice, [bob]);
		const seen = watch(alice, id);
		await nextOf(seen, 'Alice');
		const bobHere = elsewhere(bob, here.url);
		const streams = [follow(bob, id, { after: 0 }), follow(bobHere, id, { after: 0 })];
		for (const stream of streams) await take(stream, 1);
		expect(await next(seen)).toMatchObject({ user: { name: 'Bob' }, online: true });
		streams[0]?.stop();
		// What the other node says next comes after what it said of the stream.
		await mutate(bob, 'setTyping', { conversationId: id, typing: true });
		expect(await next(seen)).toMatchObject({ user: { name: 'Bob' }, typing: true });
		await mutate(bob, 'setTyping', { conversationId: id, typing: false });
		expect(await next(seen)).toMatchObject({ user: { name: 'Bob' }, typing: false });
		streams[1]?.stop();
		expect(await next(seen)).toMatchObject({ user: { name: 'Bob' }, online: false });
		await bobHere.close();
	});

	it('end a sign of typing of the other node by its time, and renew it', async () => {
		const { id } = await converse(alice, [bob]);
		const seen = watch(alice, id);
		await nextOf(seen, 'Alice');
		await mutate(bob, 'setTyping', { conversationId: id, typing: true });
		expect(await next(seen)).toMatchObject({ typing: true });
		const renewed = performance.now();
		await mutate(bob, 'setTyping', { conversationId: id, typing: true });
		expect(await next(seen)).toMatchObject({ user: { name: 'Bob' }, typing: false });
		expect(performance.now() - renewed).toBeGreaterThanOrEqual(TYPING_TTL_MS - 5);
	});

	it('tell of read markers', async () => {
		const { id } = await converse(alice, [bob]);
		const { sequence } = await send(alice, id, 'read this');
		const seen = watch(alice, id);
		await nextOf(seen, 'Alice');
		await mutate(bob, 'markRead', { conversationId: id, sequence });
		expect(await next(seen)).toEqual({ __typename: 'ReadMarkerMoved', user: { name: 'Bob' }, sequence });
	});

	it('leave no ghosts of a node that was killed', async () => {
		const doomed = await startProcess(directory, nodes.env);
		const { id } = await converse(alice, [bob]);
		const seen = watch(alice, id);
		await nextOf(seen, 'Alice');
		const bobThere = elsewhere(bob, doomed.url);
		await take(follow(bobThere, id, { after: 0 }), 1);
		await mutate(bobThere, 'setTyping', { conversationId: id, typing: true });
		expect(await next(seen)).toMatchObject({ user: { name: 'Bob' }, online: true });
		expect(await next(seen)).toMatchObject({ user: { name: 'Bob' }, typing: true });
		await doomed.kill('SIGKILL');
		const ends = [await next(seen), await next(seen)];
		expect(ends).toContainEqual({ __typename: 'TypingChanged', user: { name: 'Bob' }, typing: false });
		expect(ends).toContainEqual({ __typename: 'PresenceChanged', user: { name: 'Bob' }, online: false });
		// Nor is one who comes now told of him.
		const late = watch(await here.client('Agent', 'AGENT'), id);
		expect([await next(late), await next(late)].map(({ user }) => user.name)).toEqual(['Alice', 'Agent']);
		await bobThere.close();
	});
});
