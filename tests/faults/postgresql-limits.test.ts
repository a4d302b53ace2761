import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Client } from '../support/client.ts';
import { follow, send, take } from '../support/live.ts';
import { type PostgresServer, skipWithoutPrograms, startPostgres } from '../support/postgres-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { attempt, createFor, readHistory } from './senders.ts';

const CONNECT_MS = 1_000;
const STATEMENT_MS = 1_500;
/** The longest that a request may take, whatever limit it meets. */
const ANSWER_MS = 5_000;

describe.skipIf(skipWithoutPrograms('the limits of PostgreSQL'))('a PostgreSQL at its limits', () => {
	let server: PostgresServer;
	let service: TestService;
	let agent: Client;
	let conversationId: string;
	/** Somebody else on the same server. */
	let others: pg.Client[];

	beforeAll(async () => {
		server = await startPostgres({ max_connections: '8', superuser_reserved_connections: '3' });
		await server.sql('create role service login');
		await server.sql('grant all on database postgres to service; grant all on schema public to service');
	});
	afterAll(() => server.remove());

	beforeEach(async () => {
		const url = new URL(server.url);
		url.username = 'service';
		service = await startService({
			DATABASE_URL: url.href,
			DATABASE_MIGRATE: 'auto',
			DATABASE_POOL_MAX: '2',
			DATABASE_CONNECT_TIMEOUT_MS: String(CONNECT_MS),
			DATABASE_REQUEST_TIMEOUT_MS: String(STATEMENT_MS),
			DATABASE_LOCK_TIMEOUT_MS: String(STATEMENT_MS * 2),
		});
		agent = await service.client('Agent', 'AGENT');
		conversationId = await createFor(agent, []);
		others = [];
	});
	afterEach(async () => {
		await Promise.all(others.map((other) => other.end()));
		await service.stop();
	});

	async function connectOther(user = 'postgres'): Promise<pg.Client> {
		const url = new URL(server.url);
		url.username = user;
		const other = new pg.Client({ connectionString: url.href });
		other.on('error', () => undefined);
		await other.connect();
		others.push(other);
		return other;
	}

	async function timed<T>(work: Promise<T>): Promise<T> {
		const began = performance.now();
		const result = await work;
		expect(performance.now() - began).toBeLessThan(ANSWER_MS);
		return result;
	}

	function sendKeyed(key: string) {
		return timed(
			attempt(service.url, agent.person, { conversationId, body: `body of ${key}`, clientMessageId: key }),
		);
	}

	async function readiness(): Promise<number> {
		const response = await fetch(`${service.url}/health/ready`);
		await response.text();
		return response.status;
	}

	async function isReady(): Promise<void> {
		await vi.waitFor(async () => expect(await readiness()).toBe(200), 10_000);
	}

	/** Nothing of what was refused was stored, and the same service goes on. */
	async function goesOn(...refused: readonly string[]): Promise<void> {
		await isReady();
		for (const key of refused)
			await vi.waitFor(async () => expect((await sendKeyed(key)).kind).toBe('acknowledged'), 10_000);
		const { messages } = await readHistory(agent, conversationId);
		expect(messages.map(({ body }) => body)).toEqual(refused.map((key) => `body of ${key}`));
	}

	test('a pool whose connections all wait for what somebody else holds', async () => {
		const other = await connectOther();
		await other.query('begin; lock table messages in access exclusive mode');
		const code = async () => {
			const query = `{ conversation(id: "${conversationId}") { messages(first: 1) { edges { cursor } } } }`;
			const { errors } = await timed(agent.ask(query));
			return errors?.[0]?.extensions['code'];
		};
		let answered = false;
		const found = new Set<number>();
		const watching = (async () => {
			while (!answered) found.add(await readiness());
		})();
		const answers = await Promise.all([sendKeyed('one'), ...Array.from({ length: 6 }, code)]);
		answered = true;
		await watching;
		// That others hold what it waits for makes no database lost.
		expect(found).toEqual(new Set([200]));
		expect(answers).toEqual([{ kind: 'busy' }, ...Array.from({ length: 6 }, () => 'SERVICE_BUSY')]);
		await other.query('rollback');
		await goesOn('one');
	});

	test('a server that takes no more connections', async () => {
		await server.sql(
			"select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pendo-message'",
		);
		const filled = (async () => {
			for (;;) await connectOther('service');
		})();
		await expect(filled).rejects.toMatchObject({ code: '53300' });
		// What the service still has is used up first.
		await server.sql(
			"select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pendo-message'",
		);
		await vi.waitFor(() => expect(connectOther('service')).rejects.toThrow(), 5_000);
		expect(await sendKeyed('one')).toEqual({ kind: 'busy' });
		await vi.waitFor(async () => expect(await readiness()).toBe(503), 10_000);
		await Promise.all(others.splice(0).map((other) => other.end()));
		await goesOn('one');
	});

	test('a server that only reads refuses sends, says so, and takes them again', async () => {
		await server.sql('alter system set default_transaction_read_only = on');
		await server.sql('select pg_reload_conf()');
		await vi.waitFor(async () => expect(await readiness()).toBe(503), 10_000);
		expect(await sendKeyed('one')).toEqual({ kind: 'busy' });
		expect(await readHistory(agent, conversationId)).toMatchObject({ messages: [] });
		await server.sql('alter system reset default_transaction_read_only');
		await server.sql('select pg_reload_conf()');
		await goesOn('one');
	});

	test('statements that take too long are ended, and the connection is used again', async () => {
		const other = await connectOther();
		await other.query('begin');
		await other.query('select 1 from conversations for update');
		expect(await sendKeyed('one')).toEqual({ kind: 'busy' });
		const reader = await agent.ask(`{ conversation(id: "${conversationId}") { lastSequence } }`);
		expect(reader.errors).toBeUndefined();
		await other.query('rollback');
		await goesOn('one');
	});

	test('an event that cannot be read is no hole: its followers are told to come again', async () => {
		const author = await service.client('Author', 'AGENT');
		const { sequence } = await send(author, conversationId, 'with an author');
		// The new one has not seen the author yet.
		await service.restart();
		await agent.query('{ viewer { name } }');
		const other = await connectOther();
		await other.query('begin; lock table users in access exclusive mode');
		const document = `subscription($id: ID!, $after: Int!) { conversationEvents(conversationId: $id, after: $after) {
			__typename ... on MessageSent { sequence message { body author { name } } } } }`;
		const after = sequence - 1;
		const refused = agent.subscribe(document, { id: conversationId, after });
		expect(await refused.ended).toMatchObject({ code: 1013 });
		expect(refused.waiting).toBe(0);
		await other.query('rollback');
		await agent.close();
		expect(await take(follow(agent, conversationId, { after }), 1)).toMatchObject([{ sequence }]);
		const again = agent.subscribe(document, { id: conversationId, after });
		expect(await again.take(1)).toMatchObject([
			{ conversationEvents: { sequence, message: { body: 'with an author', author: { name: 'Author' } } } },
		]);
	});
});
