import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { next, nextOf, watch } from '../support/activity.ts';
import type { Client } from '../support/client.ts';
import { converse, follow, mutate, send, take, userId } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';

/** No sign of typing lives to its end, unless a test says so. */
const ENDLESS_MS = 3_600_000;
const TYPING_TTL_MS = 300;

let service: TestService;
let alice: Client;
let bob: Client;

beforeAll(async () => {
	service = await startService({ TYPING_TTL_MS: String(ENDLESS_MS) });
});
beforeEach(async () => {
	alice = await service.client('Alice');
	bob = await service.client('Bob');
});
afterAll(() => service.stop());

describe('presence', () => {
	it('tells first who is there, then who comes and goes', async () => {
		const { id } = await converse(alice, [bob]);
		const events = follow(bob, id, { after: 0 });
		await take(events, 1);
		const seen = watch(alice, id);
		expect(await next(seen)).toEqual({ __typename: 'PresenceChanged', user: { name: 'Bob' }, online: true });
		const second = follow(bob, id, { after: 0 });
		await take(second, 1);
		second.stop();
		events.stop();
		// One stream of two closed is no change: the next word about him is that he is gone.
		expect(await nextOf(seen, 'Bob')).toMatchObject({ online: false });
	});

	it('counts a broken connection as going', async () => {
		const { id } = await converse(alice, [bob]);
		const seen = watch(alice, id);
		await nextOf(seen, 'Alice');
		await take(follow(bob, id, { after: 0 }), 1);
		expect(await nextOf(seen, 'Bob')).toMatchObject({ online: true });
		await bob.close();
		expect(await nextOf(seen, 'Bob')).toMatchObject({ online: false });
	});
});

describe('typing', () => {
	it('begins, and expires by itself', async () => {
		const own = await startService({ TYPING_TTL_MS: String(TYPING_TTL_MS) });
		alice = await own.client('Alice');
		bob = await own.client('Bob');
		const { id } = await converse(alice, [bob]);
		const seen = watch(alice, id);
		await nextOf(seen, 'Alice');
		const began = performance.now();
		await mutate(bob, 'setTyping', { conversationId: id, typing: true });
		expect(await next(seen)).toEqual({ __typename: 'TypingChanged', user: { name: 'Bob' }, typing: true });
		expect(await next(seen)).toEqual({ __typename: 'TypingChanged', user: { name: 'Bob' }, typing: false });
		expect(performance.now() - began).toBeGreaterThanOrEqual(TYPING_TTL_MS - 5);
		await own.stop();
	});

	it('is said once while it is renewed, and ends when it is said to', async () => {
		const { id } = await converse(alice, [bob]);
		const seen = watch(alice, id);
		await nextOf(seen, 'Alice');
		for (const typing of [true, true, true, false])
			await mutate(bob, 'setTyping', { conversationId: id, typing });
		expect([(await next(seen)).typing, (await next(seen)).typing]).toEqual([true, false]);
		// Nothing more of it: the next is of another kind.
		await mutate(bob, 'markRead', { conversationId: id, sequence: 1 });
		expect(seen.waiting).toBe(0);
	});

	it('is told to one who comes while somebody types', async () => {
		const { id } = await converse(alice, [bob]);
		await mutate(bob, 'setTyping', { conversationId: id, typing: true });
		expect(await next(watch(alice, id))).toEqual({
			__typename: 'TypingChanged',
			user: { name: 'Bob' },
			typing: true,
		});
	});

	it.each([
		[
			'is removed',
			async (id: string) => mutate(alice, 'removeMember', { conversationId: id, userId: await userId(bob) }),
		],
		['leaves', (id: string) => mutate(bob, 'leaveConversation', { conversationId: id })],
	])('ends at once when the member %s', async (_name, goes) => {
		const { id } = await converse(alice, [bob]);
		const seen = watch(alice, id);
		await nextOf(seen, 'Alice');
		await mutate(bob, 'setTyping', { conversationId: id, typing: true });
		expect(await next(seen)).toMatchObject({ user: { name: 'Bob' }, typing: true });
		await goes(id);
		expect(await next(seen)).toEqual({ __typename: 'TypingChanged', user: { name: 'Bob' }, typing: false });
	});

	it('is refused without access', async () => {
		const { id } = await converse(alice);
		await expect(mutate(bob, 'setTyping', { conversationId: id, typing: true })).rejects.toThrow('NOT_FOUND');
	});
});

it('tells of read markers', async () => {
	const { id } = await converse(alice, [bob]);
	const { sequence } = await send(alice, id, 'read this');
	const seen = watch(alice, id);
	await nextOf(seen, 'Alice');
	await mutate(bob, 'markRead', { conversationId: id, sequence });
	expect(await next(seen)).toEqual({ __typename: 'ReadMarkerMoved', user: { name: 'Bob' }, sequence });
});

describe('access', () => {
	it('is needed', async () => {
		const { id } = await converse(alice);
		const { errors, data } = await watch(bob, id).next();
		expect(data).toBeUndefined();
		expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
	});

	it('ends the stream when it ends, and not before', async () => {
		const { id } = await converse(alice, [bob]);
		const ofBob = watch(bob, id);
		await nextOf(ofBob, 'Bob');
		const ofAlice = watch(alice, id);
		await nextOf(ofBob, 'Alice');
		expect(await nextOf(ofAlice, 'Bob')).toMatchObject({ online: true });
		await mutate(alice, 'removeMember', { conversationId: id, userId: await userId(bob) });
		expect(await ofBob.ended).toBeUndefined();
		// He is gone for the others as well, and what comes later does not reach him.
		expect(await nextOf(ofAlice, 'Bob')).toMatchObject({ online: false });
		await mutate(alice, 'setTyping', { conversationId: id, typing: true });
		while ((await next(ofAlice)).typing !== true);
		expect(ofBob.waiting).toBe(0);
	});
});
