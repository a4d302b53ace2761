import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toGlobalId } from '../../schema/ids.ts';
import type { Client } from '../support/client.ts';
import { converse, FOLLOW, follow, mutate, range, send, take, takeUntil } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let bob: Client;

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
	bob = await service.client('Bob', 'AGENT');
});
afterAll(() => service.stop());

describe('where a follower begins', () => {
	it('brings the whole log from the beginning, then goes on live', async () => {
		const { id } = await converse(alice);
		await send(alice, id, 'one');
		await send(bob, id, 'two');
		const events = follow(alice, id, { after: 0 });
		await takeUntil(events, 'two');
		const head = (await send(alice, id, 'three')).sequence;
		expect((await take(events, 1))[0]).toMatchObject({ sequence: head, message: { body: 'three' } });

		const again = await take(follow(alice, id, { after: 0 }), head);
		expect(again.map(({ sequence }) => sequence)).toEqual(range(1, head));
		expect(again.flatMap(({ message }) => message?.body ?? [])).toEqual(['one', 'two', 'three']);
		expect(again[0]).toMatchObject({ __typename: 'ConversationChanged', conversationId: id });
	});

	it('brings what comes after a sequence', async () => {
		const { id } = await converse(alice);
		const { sequence } = await send(alice, id, 'seen');
		await send(alice, id, 'missed');
		const events = follow(alice, id, { after: sequence });
		expect((await take(events, 1))[0]).toMatchObject({ sequence: sequence + 1, message: { body: 'missed' } });
	});

	it('brings nothing of the past when it begins now', async () => {
		const { id } = await converse(alice);
		await send(alice, id, 'before');
		const events = follow(alice, id);
		// The answer of an activity stream opened after it on the same socket says that it has begun.
		await alice
			.subscribe('subscription($id: ID!) { conversationActivity(conversationId: $id) { __typename } }', {
				id,
			})
			.next();
		await send(alice, id, 'after');
		expect((await take(events, 1))[0]).toMatchObject({ message: { body: 'after' } });
	});

	it('refuses a negative place', async () => {
		const { id } = await converse(alice);
		const { errors, data } = await follow(alice, id, { after: -1 }).next();
		expect(data).toBeUndefined();
		expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
	});

	it('answers the same for what a customer may not see and for what is not there', async () => {
		const { id } = await converse(bob);
		const hidden = await follow(alice, id, { after: 0 }).next();
		const absent = await follow(
			alice,
			toGlobalId('Conversation', '00000000-0000-4000-8000-000000000000'),
		).next();
		const malformed = await follow(alice, 'nonsense').next();
		for (const { errors, data } of [hidden, absent, malformed]) {
			expect(data).toBeUndefined();
			expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
			expect(errors?.[0]?.message).toBe(hidden.errors?.[0]?.message);
		}
	});

	it('leaves out notes for customers, as holes in their sequences', async () => {
		const { id } = await converse(alice, [bob]);
		const { sequence: before } = await send(alice, id, 'question');
		const note = await send(bob, id, 'between us', { internal: true });
		await mutate(bob, 'editMessage', { messageId: note.id, body: 'between us agents' });
		const { sequence: answer } = await send(bob, id, 'answer');
		expect(answer).toBe(before + 3);
		const ofCustomer = await takeUntil(follow(alice, id, { after: before }), 'answer');
		expect(ofCustomer.map(({ sequence }) => sequence)).toEqual([answer]);
		const ofAgent = await takeUntil(follow(bob, id, { after: before }), 'answer');
		expect(ofAgent.map(({ sequence }) => sequence)).toEqual([before + 1, before + 2, answer]);
	});
});

describe('a place that cannot be served', () => {
	it('beyond the newest event: tells so, and goes on from there', async () => {
		const { id, lastSequence: head } = await converse(alice);
		const events = follow(alice, id, { after: head + 5 });
		const [reset] = await take(events, 1);
		expect(reset).toMatchObject({ reason: 'AHEAD', sequence: head, resumeFrom: head });
		await send(alice, id, 'next');
		expect((await take(events, 1))[0]).toMatchObject({ sequence: head + 1, message: { body: 'next' } });
	});

	it('of another log: tells so, and of the same log: serves it', async () => {
		const { id, epoch, lastSequence: head } = await converse(alice);
		const events = follow(alice, id, { after: 0, epoch: 'another' });
		expect((await take(events, 1))[0]).toMatchObject({
			reason: 'REPLACED',
			sequence: head,
			resumeFrom: head,
		});
		await send(alice, id, 'next');
		expect((await take(events, 1))[0]).toMatchObject({ sequence: head + 1 });
		const same = follow(alice, id, { after: 0, epoch });
		expect((await take(same, 1))[0]).toMatchObject({ sequence: 1 });
	});

	it('purged: tells so, and serves what is still kept', async () => {
		const own = await startService();
		try {
			const carol = await own.client('Carol');
			const { id } = await converse(carol);
			for (const body of ['a', 'b', 'c', 'd']) await send(carol, id, body);
			const { sequence: head } = await send(carol, id, 'e');
			await carol.close();
			await own.restart(() => own.sql('delete from events where sequence <= 3'));
			const events = follow(carol, id, { after: 1 });
			expect((await take(events, 1))[0]).toMatchObject({
				reason: 'PURGED',
				sequence: head,
				resumeFrom: head,
			});
			await send(carol, id, 'live');
			expect((await take(events, 1))[0]).toMatchObject({ sequence: head + 1, message: { body: 'live' } });
			const kept = await takeUntil(follow(carol, id, { after: 3 }), 'live');
			expect(kept.map(({ sequence }) => sequence)).toEqual(range(4, head + 1));
		} finally {
			await own.stop();
		}
	});
});

it('a follower is part of one operation only: two root fields are refused', async () => {
	const { id } = await converse(alice);
	const doubled = FOLLOW.replace('conversationEvents', 'a: conversationEvents').replace(
		/\}\s*\}$/,
		'} b: conversationEvents(conversationId: $id) { sequence } }',
	);
	const reason = await alice.subscribe(doubled, { id }).ended;
	expect(reason).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});
