import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Command } from '../../src/conversations/command.ts';
import { createConversation } from '../../src/conversations/create-conversation.ts';
import type { Draft } from '../../src/conversations/draft.ts';
import { editMessage } from '../../src/conversations/edit-message.ts';
import {
	ForbiddenError,
	IdempotencyConflictError,
	NotFoundError,
	ServiceBusyError,
} from '../../src/conversations/errors.ts';
import { newId } from '../../src/conversations/ids.ts';
import { joinConversation } from '../../src/conversations/join-conversation.ts';
import { leaveConversation } from '../../src/conversations/leave-conversation.ts';
import { markRead } from '../../src/conversations/mark-read.ts';
import { sendMessage } from '../../src/conversations/send-message.ts';
import { UnknownCommit } from '../../src/conversations/store.ts';
import type { Course } from './faulty-store.ts';
import {
	agent,
	alice,
	announced,
	batches,
	conversationId,
	domain,
	expectAnnounced,
	faulty,
	open,
	queue,
	readLog,
	send,
	sent,
	store,
	useWriteQueue,
} from './write-queue-setup.ts';

useWriteQueue();

/** Commands of many kinds that fall into one batch: they are all given within one turn of the event loop. */
function mixedBatch(otherId: string) {
	return Promise.allSettled([
		send('with a key', { clientMessageId: 'k' }),
		send('without a key'),
		send('with a key', { clientMessageId: 'k' }),
		send('something else', { clientMessageId: 'k' }),
		send('to nowhere', { to: newId() }),
		send('elsewhere', { to: otherId }),
		joinConversation(domain, agent, { conversationId }),
		markRead(domain, alice, { conversationId, sequence: 4 }),
		send('by the agent', { by: agent }),
		leaveConversation(domain, alice, { conversationId }),
		send('too late'),
	]);
}

async function expectMixedBatch(otherId: string, outcomes: Awaited<ReturnType<typeof mixedBatch>>) {
	const [first, keyless, again, conflict, nowhere, elsewhere, , , , , late] = outcomes;
	const log = await readLog();
	expect(sent(log)).toEqual(['with a key', 'without a key', 'by the agent']);
	expect(log.map(({ type }) => type).slice(2)).toEqual([
		'MessageSent',
		'MessageSent',
		'MemberJoined',
		'MessageSent',
		'MemberLeft',
	]);
	expect(sent(await readLog(otherId))).toEqual(['elsewhere']);
	expect(first).toMatchObject({ status: 'fulfilled', value: { message: { sequence: 3 } } });
	expect(again).toMatchObject({ status: 'fulfilled', value: { message: { sequence: 3 } } });
	expect(keyless).toMatchObject({ status: 'fulfilled', value: { message: { sequence: 4 } } });
	expect(elsewhere).toMatchObject({ status: 'fulfilled', value: { message: { sequence: 3 } } });
	expect(conflict).toMatchObject({ status: 'rejected', reason: expect.any(IdempotencyConflictError) });
	expect(nowhere).toMatchObject({ status: 'rejected', reason: expect.any(NotFoundError) });
	expect(late).toMatchObject({ status: 'rejected', reason: expect.any(NotFoundError) });
	const [membership] = await store.conversations.memberships([{ conversationId, userId: alice.user.id }]);
	expect(membership).toMatchObject({ lastReadSequence: 4, leftSequence: 7 });
	await expectAnnounced(2);
}

describe('a batch of many kinds of commands', () => {
	test.each<{ readonly name: string; readonly courses: Course[] }>([
		{ name: 'goes well', courses: [] },
		{ name: 'loses against others and runs again', courses: ['conflict', 'conflict', 'conflict'] },
		{ name: 'was stored though its commit was not acknowledged', courses: ['unknown-stored'] },
		{ name: 'was not stored and its commit was not acknowledged', courses: ['unknown-lost'] },
		{ name: 'loses its connection and runs again', courses: ['disconnected', 'disconnected'] },
		{
			name: 'loses, then its commit is not acknowledged, and those of what follows neither',
			courses: ['conflict', 'unknown-lost', 'unknown-lost', 'unknown-stored', 'well', 'unknown-stored'],
		},
		{ name: 'is broken by a defect and runs command by command', courses: [new TypeError('a defect')] },
	])('$name: each is answered once, by what the log holds', async ({ courses }) => {
		const other = (await createConversation(domain, alice, {})).conversation.id;
		announced.length = 0;
		faulty.courses = courses;
		await expectMixedBatch(other, await mixedBatch(other));
	});
});

describe('a commit that was not acknowledged', () => {
	test('is looked up: what was stored is answered and not run again', async () => {
		faulty.courses = ['unknown-stored'];
		const [one, two] = await Promise.all([send('one'), send('two')]);
		expect([one.message.sequence, two.message.sequence]).toEqual([3, 4]);
		expect(faulty.done.filter((step) => step === 'unknown-stored' || step === 'look-up')).toEqual([
			'unknown-stored',
			'look-up',
		]);
		expect(batches).toEqual([2]);
		expect(sent(await readLog())).toEqual(['one', 'two']);
		await expectAnnounced(2);
	});

	test('is looked up until the database answers', async () => {
		faulty.courses = ['unknown-stored'];
		faulty.failingLookups = 2;
		expect((await send('once')).message.sequence).toBe(3);
		expect(sent(await readLog())).toEqual(['once']);
	});

	test('is looked up only once nothing of it can still be under way', async () => {
		faulty.courses = ['unknown-lost'];
		await send('once');
		// The empty transaction between them takes the conversation's lock, which the lost one held.
		expect(faulty.done).toEqual(['unknown-lost', 'well', 'look-up', 'well']);
	});

	test('time after time is told in the end: busy would say that nothing was stored', async () => {
		open({ held: { unknownMs: 150 } });
		faulty.courses = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 'unknown-lost' : 'well'));
		await expect(send('never')).rejects.toBeInstanceOf(UnknownCommit);
		expect(sent(await readLog())).toEqual([]);
	});

	test('of a creation that takes effect after the look-up is looked up again', async () => {
		faulty.courses = ['unknown-late'];
		const { conversation } = await createConversation(domain, alice, {});
		expect((await readLog(conversation.id)).map(({ type }) => type)).toEqual([
			'ConversationChanged',
			'MemberJoined',
		]);
		await expectAnnounced(0, conversation.id);
	});

	test('of a creation, an edit, a join and a departure is told apart too', async () => {
		for (const course of ['unknown-stored', 'unknown-lost'] as const) {
			faulty.courses = [course];
			const { conversation } = await createConversation(domain, alice, { visibility: 'OPEN' });
			const id = conversation.id;
			const { message } = await send('first', { to: id });
			faulty.courses = [course];
			const edited = await editMessage(domain, alice, { messageId: message.id, body: 'second' });
			expect(edited.message).toMatchObject({ body: 'second', editCount: 1 });
			faulty.courses = [course];
			await joinConversation(domain, agent, { conversationId: id });
			faulty.courses = [course];
			await leaveConversation(domain, agent, { conversationId: id });
			expect((await readLog(id)).map(({ type }) => type)).toEqual([
				'ConversationChanged',
				'MemberJoined',
				'MessageSent',
				'MessageEdited',
				'MemberJoined',
				'MemberLeft',
			]);
			expect(await store.conversations.revisions(message.id)).toHaveLength(1);
			await expectAnnounced(0, id);
		}
	});
});

describe('one bad command', () => {
	/** Changes the draft, then finds that it cannot. */
	function bad(): Command<never> {
		return {
			id: newId(),
			conversationId,
			needs: { userIds: [alice.user.id] },
			decide: (draft: Draft) => {
				if (draft.conversation) draft.changeConversation(draft.conversation, alice.user);
				throw new TypeError('a defect');
			},
		};
	}

	test('fails alone, and leaves nothing of itself in the log', async () => {
		const outcomes = await Promise.allSettled([send('before'), queue.run(bad()), send('after')]);
		expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
		expect(outcomes[1]).toMatchObject({ reason: expect.any(TypeError) });
		expect((await readLog()).slice(2).map(({ type }) => type)).toEqual(['MessageSent', 'MessageSent']);
		await expectAnnounced(2);
	});

	test('that the database refuses whenever it runs fails alone', async () => {
		const { message } = await send('there');
		const doubled: Command<void> = {
			id: newId(),
			conversationId,
			needs: {},
			// The same id again: the unique index refuses the whole batch, every time.
			decide: (draft) =>
				draft.addMessage({ ...message, sequence: draft.nextSequence, contentHash: '' }, alice.user),
		};
		const outcomes = await Promise.allSettled([send('before'), queue.run(doubled), send('after')]);
		expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
		expect(outcomes[1]).toMatchObject({ reason: expect.any(ServiceBusyError) });
		expect(sent(await readLog())).toEqual(['there', 'before', 'after']);
	});
});

describe('a database that cannot be reached', () => {
	test('refuses the batch at once as busy, and takes the next', async () => {
		faulty.courses = ['unavailable'];
		const outcomes = await Promise.allSettled([send('one'), send('two')]);
		for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: expect.any(ServiceBusyError) });
		expect(faulty.done).toEqual(['unavailable']);
		expect(sent(await readLog())).toEqual([]);
		await send('three');
		expect(sent(await readLog())).toEqual(['three']);
		await expectAnnounced(2);
	});

	test('that conflicts without end refuses as busy', async () => {
		faulty.courses = Array.from({ length: 50 }, () => 'conflict' as const);
		await expect(send('never')).rejects.toBeInstanceOf(ServiceBusyError);
		expect(sent(await readLog())).toEqual([]);
	});
});

describe('a queue', () => {
	let release: () => void;

	/** Holds every transaction until it is released. */
	function hold(): void {
		const { promise, resolve } = Promise.withResolvers<void>();
		faulty.gate = promise;
		release = resolve;
	}

	beforeEach(() => {
		release = () => {};
	});
	afterEach(() => release());

	test('that is full refuses the one too many at once, and no other', async () => {
		open({ maxQueued: 3, maxBatch: 2 });
		hold();
		const first = send('first');
		// Once the first one's transaction has begun, its place in the queue is free again.
		await new Promise((resolve) => setImmediate(resolve));
		const taken = [first, send('second'), send('third'), send('fourth')];
		await expect(send('one too many')).rejects.toBeInstanceOf(ServiceBusyError);
		release();
		await Promise.all(taken);
		expect(batches).toEqual([1, 2, 1]);
		expect(sent(await readLog())).toEqual(['first', 'second', 'third', 'fourth']);
	});

	test('that closes answers all it has taken and takes no more', async () => {
		open({ maxBatch: 2 });
		hold();
		const taken = Array.from({ length: 7 }, (_, index) => send(`taken ${index}`));
		let closed = false;
		const closing = queue.close().then(() => {
			closed = true;
		});
		await expect(send('too late')).rejects.toBeInstanceOf(ServiceBusyError);
		expect(closed).toBe(false);
		release();
		await closing;
		expect((await Promise.all(taken)).map(({ message }) => message.sequence)).toEqual([3, 4, 5, 6, 7, 8, 9]);
		expect(sent(await readLog())).toHaveLength(7);
		await expectAnnounced(2);
	});

	test('that closes with nothing in it is closed', async () => {
		await queue.close();
		await expect(send('too late')).rejects.toBeInstanceOf(ServiceBusyError);
	});

	test('answers a refusal without touching the log', async () => {
		await expect(send('a note', { by: agent, to: newId() })).rejects.toBeInstanceOf(NotFoundError);
		const note = sendMessage(domain, alice, { conversationId, body: 'a note', internal: true });
		await expect(note).rejects.toBeInstanceOf(ForbiddenError);
		expect(await readLog()).toHaveLength(2);
		expect(announced).toEqual([]);
	});
});
