import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createConversation } from '../../src/conversations/create-conversation.ts';
import { ServiceBusyError } from '../../src/conversations/errors.ts';
import { skipWithoutPostgresql } from '../support/databases.ts';
import {
	alice,
	announced,
	conversationId,
	database,
	domain,
	expectAnnounced,
	open,
	queue,
	readLog,
	send,
	sent,
	store,
	useWriteQueue,
} from './write-queue-setup.ts';

describe.skipIf(skipWithoutPostgresql('rows that somebody else holds'))(
	'a row that somebody else holds',
	() => {
		useWriteQueue('postgresql');

		let somebody: pg.Client;
		let observer: pg.Client;
		let others: string[];

		beforeAll(async () => {
			somebody = new pg.Client({ connectionString: database.url });
			observer = new pg.Client({ connectionString: database.url });
			await Promise.all([somebody.connect(), observer.connect()]);
		});
		afterAll(() => Promise.all([somebody.end(), observer.end()]));

		beforeEach(async () => {
			others = [];
			for (let count = 0; count < 20; count++)
				others.push((await createConversation(domain, alice, {})).conversation.id);
			announced.length = 0;
			await somebody.query('begin');
			await somebody.query('select * from conversations where id = $1 for update', [conversationId]);
		});
		afterEach(() => free());

		const free = () => somebody.query('rollback');

		test('keeps back its own conversation alone', async () => {
			const answered: string[] = [];
			const held = ['one', 'two', 'three'].map(async (body) => {
				await send(body, { clientMessageId: body });
				answered.push(body);
			});
			// Each round is answered while the row is held.
			for (const body of ['first', 'second', 'third'])
				await Promise.all(others.map((to) => send(body, { to, clientMessageId: body })));
			expect(answered).toEqual([]);
			await free();
			await Promise.all(held);
			expect(sent(await readLog())).toEqual(['one', 'two', 'three']);
			for (const id of others) expect(sent(await readLog(id))).toEqual(['first', 'second', 'third']);
			await expectAnnounced(2);
		});

		test('for too long has its commands refused as busy; sent again they are stored once', async () => {
			open({ held: { lockedMs: 200 } });
			const sendOnce = () => send('once', { clientMessageId: 'k' });
			await expect(sendOnce()).rejects.toBeInstanceOf(ServiceBusyError);
			expect(queue.load).toEqual({ waiting: 0, storing: 0 });
			await free();
			expect((await sendOnce()).message.sequence).toBe(3);
			expect((await sendOnce()).message.sequence).toBe(3);
			expect(sent(await readLog())).toEqual(['once']);
		});

		/** Answers once the send waits in the database for the row. */
		async function isWaitedFor(): Promise<void> {
			const waiting =
				"select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
			for (;;) if ((await observer.query(waiting)).rowCount !== 0) return;
		}

		test('gives what waited for it a time after its release', async () => {
			const held = send('held');
			await isWaitedFor();
			const released = Date.now();
			await free();
			const { message, conversation } = await held;
			expect(message.createdAt.getTime()).toBeGreaterThanOrEqual(released);
			expect(conversation.lastActivityAt).toEqual(message.createdAt);
		});

		test('whose holder has a clock that is ahead keeps the later time of its last activity', async () => {
			const ahead = new Date(Date.now() + 60_000);
			await somebody.query('update conversations set last_activity_at = $1 where id = $2', [
				ahead,
				conversationId,
			]);
			await somebody.query('commit');
			const { conversation } = await send('behind');
			expect(conversation.lastActivityAt).toEqual(ahead);
			const [seen] = await store.conversations.conversations([conversationId], alice.user.id);
			expect(seen?.conversation.lastActivityAt).toEqual(ahead);
		});

		test('with what its holder writes meanwhile is what the held commands are decided by', async () => {
			const held = send('never', { clientMessageId: 'k' });
			await Promise.all(others.map((to) => send('free', { to })));
			await somebody.query('update conversations set closed_at = now() where id = $1', [conversationId]);
			await somebody.query('commit');
			await expect(held).rejects.toMatchObject({ code: 'CONVERSATION_CLOSED' });
			expect(sent(await readLog())).toEqual([]);
		});
	},
);
