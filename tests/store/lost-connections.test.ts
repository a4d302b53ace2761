import { beforeEach, describe, expect, test } from 'vitest';
import { createConversation } from '../../src/conversations/create-conversation.ts';
import { ServiceBusyError } from '../../src/conversations/errors.ts';
import { StoreAway } from '../../src/conversations/store.ts';
import {
	alice,
	announced,
	conversationId,
	domain,
	expectAnnounced,
	faulty,
	open,
	queue,
	readLog,
	send,
	sent,
	useWriteQueue,
} from './write-queue-setup.ts';

useWriteQueue();

describe('a connection that is lost before the commit', () => {
	test('refuses nobody: the batch runs again', async () => {
		faulty.courses = ['disconnected', 'disconnected'];
		await Promise.all([send('one'), send('two')]);
		expect(faulty.done).toEqual(['disconnected', 'disconnected', 'well']);
		expect(sent(await readLog())).toEqual(['one', 'two']);
		await expectAnnounced(2);
	});

	test('time after time refuses as busy in the end', async () => {
		faulty.courses = Array.from({ length: 10 }, () => 'disconnected' as const);
		await expect(send('never')).rejects.toBeInstanceOf(ServiceBusyError);
		expect(faulty.done).toEqual(['disconnected', 'disconnected', 'disconnected']);
		expect(sent(await readLog())).toEqual([]);
	});

	test('to a database that is known to be away refuses at once', async () => {
		faulty.courses = [new StoreAway(), 'disconnected'];
		await expect(send('never')).rejects.toBeInstanceOf(ServiceBusyError);
		expect(faulty.done).toEqual(['error']);
	});
});

describe.each(['unknown-stored', 'unknown-lost'] as const)('a commit whose end is unknown (%s)', (course) => {
	let other: string;
	let unknown: Promise<{ readonly message: { readonly sequence: number } }>;
	let isAnswered: boolean;

	/** Its look-ups fail until `answerLookups`. */
	beforeEach(async () => {
		// What is refused is refused at once, or the test does not end.
		open({ held: { lockedMs: Number.POSITIVE_INFINITY, unknownMs: Number.POSITIVE_INFINITY } });
		other = (await createConversation(domain, alice, {})).conversation.id;
		announced.length = 0;
		const { promise: lost, resolve } = Promise.withResolvers<void>();
		faulty.afterwards = resolve;
		faulty.courses = [course];
		faulty.failingLookups = Number.POSITIVE_INFINITY;
		isAnswered = false;
		unknown = send('unknown').finally(() => {
			isAnswered = true;
		});
		await lost;
	});

	async function answerLookups(): Promise<void> {
		expect(isAnswered).toBe(false);
		faulty.failingLookups = 0;
		expect((await unknown).message.sequence).toBe(3);
		expect(sent(await readLog())).toEqual(['unknown']);
		await expectAnnounced(2);
	}

	test('keeps nobody else from being stored', async () => {
		for (const body of ['first', 'second']) await send(body, { to: other });
		expect(sent(await readLog(other))).toEqual(['first', 'second']);
		await answerLookups();
	});

	test('keeps nobody from being refused while the database is away', async () => {
		faulty.isAway = true;
		await expect(send('never', { to: other })).rejects.toBeInstanceOf(ServiceBusyError);
		await expect(send('nor this')).rejects.toBeInstanceOf(ServiceBusyError);
		faulty.isAway = false;
		await answerLookups();
	});

	test('keeps the order of what comes behind it', async () => {
		faulty.failingLookups = 0;
		const behind = ['second', 'third'].map((body) => send(body));
		const answers = await Promise.all([unknown, ...behind]);
		expect(answers.map(({ message }) => message.sequence)).toEqual([3, 4, 5]);
		expect(queue.load).toEqual({ waiting: 0, storing: 0 });
		expect(sent(await readLog(conversationId))).toEqual(['unknown', 'second', 'third']);
	});
});
