import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createConversation } from '../../src/conversations/create-conversation.ts';
import { ServiceBusyError } from '../../src/conversations/errors.ts';
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

let others: string[];

beforeEach(async () => {
	others = [];
	for (let count = 0; count < 5; count++)
		others.push((await createConversation(domain, alice, {})).conversation.id);
	announced.length = 0;
	faulty.done.length = 0;
	faulty.held.add(conversationId);
});

const free = () => faulty.held.clear();
const sendToOthers = (body: string) => Promise.all(others.map((to) => send(body, { to })));
const bodies = (count: number) => Array.from({ length: count }, (_, index) => `message ${index}`);
const isSettled = (promise: Promise<unknown>) => {
	const turn = new Promise<boolean>((resolve) => setImmediate(resolve, false));
	const settled = () => true;
	return Promise.race([promise.then(settled, settled), turn]);
};

describe('a conversation that somebody else holds', () => {
	test('does not keep those of the same batch from being answered', async () => {
		const held = send('held');
		const answers = await sendToOthers('free');
		expect(answers.map(({ message }) => message.sequence)).toEqual(others.map(() => 3));
		expect(await isSettled(held)).toBe(false);
		free();
		expect((await held).message.sequence).toBe(3);
		await expectAnnounced(2);
	});

	test('does not keep those that come later from being answered, when it was alone in its batch', async () => {
		open({ maxBatch: 1 });
		const held = send('held');
		await sendToOthers('free');
		expect(await isSettled(held)).toBe(false);
		free();
		await held;
		await expectAnnounced(2);
	});

	test('keeps the order of its commands, whenever they came', async () => {
		open({ maxBatch: 7 });
		// Some are in the batch that meets the lock, some wait behind it, some come once it is set aside.
		const early = bodies(20).map((body) => send(body));
		await sendToOthers('free');
		const late = bodies(20).map((body) => send(`late ${body}`));
		await sendToOthers('free again');
		free();
		const answers = await Promise.all([...early, ...late]);
		expect(answers.map(({ message }) => message.sequence)).toEqual(answers.map((_, index) => index + 3));
		expect(sent(await readLog())).toEqual([...bodies(20), ...bodies(20).map((body) => `late ${body}`)]);
		await expectAnnounced(2);
	});

	test('is taken with the others again once it is free', async () => {
		const held = send('held');
		await sendToOthers('free');
		free();
		await held;
		faulty.done.length = 0;
		await Promise.all([send('together'), sendToOthers('with the others')]);
		expect(faulty.done).toEqual(['well']);
	});

	test('lets a conversation of the same batch be created', async () => {
		const held = send('held');
		const { conversation } = await createConversation(domain, alice, {});
		expect((await readLog(conversation.id)).map(({ type }) => type)).toEqual([
			'ConversationChanged',
			'MemberJoined',
		]);
		free();
		await held;
	});

	test('for longer than a command is tried: the command is refused as busy, and nothing of it is stored', async () => {
		open({ held: { lockedMs: 150 } });
		const refused = await Promise.allSettled([send('never'), send('nor this')]);
		for (const outcome of refused) expect(outcome).toMatchObject({ reason: expect.any(ServiceBusyError) });
		expect(queue.load).toEqual({ waiting: 0, storing: 0 });
		free();
		await send('at last');
		expect(sent(await readLog())).toEqual(['at last']);
		await expectAnnounced(2);
	});

	test('is one of many: each is answered once it is free', async () => {
		for (const id of others) faulty.held.add(id);
		const held = [send('held'), ...others.map((to) => send('held', { to }))];
		const { conversation } = await createConversation(domain, alice, {});
		await send('free', { to: conversation.id });
		free();
		for (const answer of await Promise.all(held)) expect(answer.message.sequence).toBe(3);
	});
});

describe('a queue with a conversation that somebody else holds', () => {
	test('stays within its bound', async () => {
		open({ maxQueued: 5, maxBatch: 10 });
		const held: Promise<unknown>[] = [];
		const refused: unknown[] = [];
		for (let round = 0; round < 10; round++) {
			for (const body of bodies(5)) {
				const answer = send(body);
				answer.catch((reason: unknown) => refused.push(reason));
				held.push(answer);
			}
			await new Promise((resolve) => setImmediate(resolve));
		}
		const { waiting, storing } = queue.load;
		expect(waiting).toBeLessThanOrEqual(5);
		// What is not waiting is in the one transaction that the conversation has at a time.
		expect(waiting + storing).toBeLessThanOrEqual(15);
		expect(waiting + storing).toBe(held.length - refused.length);
		for (const reason of refused) expect(reason).toBeInstanceOf(ServiceBusyError);
		free();
		const outcomes = await Promise.allSettled(held);
		const stored = outcomes.filter(({ status }) => status === 'fulfilled');
		expect(sent(await readLog())).toHaveLength(stored.length);
		expect(stored).toHaveLength(held.length - refused.length);
	});

	test('closes when that is done too', async () => {
		const held = send('held');
		await sendToOthers('free');
		let closed = false;
		const closing = queue.close().then(() => {
			closed = true;
		});
		await expect(send('too late')).rejects.toBeInstanceOf(ServiceBusyError);
		expect(closed).toBe(false);
		free();
		await closing;
		expect(await isSettled(held)).toBe(true);
		expect((await held).message.sequence).toBe(3);
	});
});

describe('a held conversation and other faults', () => {
	test.each(['unknown-stored', 'unknown-lost'] as const)(
		'%s while it is tried again: stored once',
		async (course) => {
			const held = [send('one'), send('two', { clientMessageId: 'k' })];
			await sendToOthers('free');
			faulty.courses = [course];
			free();
			expect((await Promise.all(held)).map(({ message }) => message.sequence)).toEqual([3, 4]);
			expect(sent(await readLog())).toEqual(['one', 'two']);
			await expectAnnounced(2);
		},
	);

	test.each(['unknown-stored', 'unknown-lost'] as const)(
		'%s, and then it is held: the others are looked up and answered, and it is once it is free',
		async (course) => {
			free();
			faulty.courses = [course];
			faulty.afterwards = () => faulty.held.add(conversationId);
			const held = send('held');
			await sendToOthers('free');
			expect(await isSettled(held)).toBe(false);
			const behind = send('behind');
			free();
			expect((await Promise.all([held, behind])).map(({ message }) => message.sequence)).toEqual([3, 4]);
			for (const id of others) expect(sent(await readLog(id))).toEqual(['free']);
			expect(sent(await readLog())).toEqual(['held', 'behind']);
			await expectAnnounced(2);
		},
	);

	test('a batch that runs command by command keeps the order of what it sets aside', async () => {
		free();
		faulty.courses = [new TypeError('a defect')];
		// Held when its first command is run, free when its second one would be.
		faulty.afterwards = () => vi.spyOn(faulty.held, 'has').mockReturnValueOnce(true);
		const held = bodies(3).map((body) => send(body));
		await Promise.all([sendToOthers('free'), ...held]);
		expect(sent(await readLog())).toEqual(bodies(3));
		for (const id of others) expect(sent(await readLog(id))).toEqual(['free']);
		await expectAnnounced(2);
	});

	test('a database that cannot be reached refuses it at once', async () => {
		const held = send('never');
		await sendToOthers('free');
		faulty.courses = ['unavailable'];
		await expect(held).rejects.toBeInstanceOf(ServiceBusyError);
		free();
		await send('after');
		expect(sent(await readLog())).toEqual(['after']);
	});
});
