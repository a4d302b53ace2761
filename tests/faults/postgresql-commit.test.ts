import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { createTestDatabase, skipWithoutPostgresql, type TestDatabase } from '../support/databases.ts';
import { converse, follow, mutate, send, take, userId } from '../support/live.ts';
import { type LostCommit, type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.ts';
import { startService, type TestService } from '../support/service.ts';
import { readHistory } from './senders.ts';

const HOWS: readonly LostCommit[] = ['undelivered', 'unanswered', 'forgotten'];

describe.skipIf(skipWithoutPostgresql('COMMITs whose end is unknown'))('a COMMIT that is lost', () => {
	let database: TestDatabase;
	let proxy: PostgresProxy;
	let service: TestService;
	let agent: Client;
	let alice: Client;

	beforeAll(async () => {
		database = await createTestDatabase('postgresql');
		const url = new URL(database.url);
		proxy = await startPostgresProxy(Number(url.port || 5432));
		url.hostname = '127.0.0.1';
		url.port = String(proxy.port);
		service = await startService({ DATABASE_URL: url.href });
	});
	afterAll(async () => {
		await service.stop();
		await proxy.close();
		await database.drop();
	});
	beforeEach(async () => {
		agent = await service.client('Agent', 'AGENT');
		alice = await service.client('Alice');
		await Promise.all([userId(agent), userId(alice)]);
	});
	afterEach(() => Promise.all([agent.close(), alice.close()]));

	describe.each(HOWS)('%s', (how) => {
		/** What has happened in the conversation after its first `after` events: once each, and in order. */
		async function logAfter(id: string, after: number, count: number): Promise<readonly string[]> {
			const events = follow(agent, id, { after });
			await send(agent, id, 'the end');
			const taken = await take(events, count + 1);
			expect(taken.map(({ sequence }) => sequence)).toEqual(taken.map((_, index) => after + 1 + index));
			expect(taken.at(-1)?.message?.body).toBe('the end');
			return taken.slice(0, -1).map(({ __typename }) => __typename);
		}

		test.each([{ clientMessageId: 'a key' }, {}])('is a send that is stored once (%o)', async (key) => {
			const { id, lastSequence } = await converse(agent);
			const live = follow(agent, id, { after: lastSequence });
			const lost = proxy.loseCommit(how);
			const sent = await send(agent, id, 'only once', key);
			await lost;
			expect(sent.sequence).toBe(lastSequence + 1);
			expect(await take(live, 1)).toMatchObject([{ sequence: sent.sequence, message: { id: sent.id } }]);
			expect(await logAfter(id, lastSequence, 1)).toEqual(['MessageSent']);
			const { messages } = await readHistory(agent, id);
			expect(messages.map(({ body }) => body)).toEqual(['only once', 'the end']);
		});

		test('is a batch of sends, all of them stored once', async () => {
			const { id, lastSequence } = await converse(agent);
			const lost = proxy.loseCommit(how);
			const bodies = Array.from({ length: 30 }, (_, index) => `body ${index}`);
			const sent = await Promise.all(bodies.map((body) => send(agent, id, body)));
			await lost;
			const { messages } = await readHistory(agent, id);
			expect(messages.map(({ body }) => body).sort()).toEqual([...bodies].sort());
			expect(messages.map((message) => message.id).sort()).toEqual(sent.map((one) => one.id).sort());
			expect(await logAfter(id, lastSequence, 30)).toEqual(bodies.map(() => 'MessageSent'));
		});

		test('is an edit, a deletion, or a member who joins', async () => {
			const { id } = await converse(agent);
			const edited = await send(agent, id, 'first');
			const { sequence } = await send(agent, id, 'second');
			const changes: readonly (() => Promise<void>)[] = [
				() => mutate(agent, 'editMessage', { messageId: edited.id, body: 'edited' }),
				() => mutate(agent, 'deleteMessage', { messageId: edited.id }),
				async () => mutate(agent, 'addMember', { conversationId: id, userId: await userId(alice) }),
			];
			for (const change of changes) {
				const lost = proxy.loseCommit(how);
				await Promise.all([change(), lost]);
			}
			expect(await logAfter(id, sequence, 3)).toEqual(['MessageEdited', 'MessageDeleted', 'MemberJoined']);
		});

		test('is the first request of a user', async () => {
			const stranger = await service.client('Stranger');
			const lost = proxy.loseCommit(how);
			expect(await stranger.query('{ viewer { name } }')).toEqual({ viewer: { name: 'Stranger' } });
			await lost;
		});

		test('is a new conversation', async () => {
			const lost = proxy.loseCommit(how);
			const { id, lastSequence } = await converse(agent);
			await lost;
			expect(await logAfter(id, 0, lastSequence)).toHaveLength(lastSequence);
		});
	});

	test('is not the only thing that a firewall forgets: idle connections answer nothing, and are replaced', async () => {
		const { id, lastSequence } = await converse(agent);
		await Promise.all(Array.from({ length: 10 }, () => alice.query('{ viewer { name } }')));
		proxy.forget();
		const began = performance.now();
		const history = readHistory(agent, id).catch(() => undefined);
		const outcome = await send(agent, id, 'after all').catch(() => undefined);
		await history;
		expect(performance.now() - began).toBeLessThan(8_000);
		const { sequence } = outcome ?? (await send(agent, id, 'after all'));
		expect(sequence).toBe(lastSequence + 1);
		expect((await readHistory(agent, id)).messages.map(({ body }) => body)).toEqual(['after all']);
	});
});
