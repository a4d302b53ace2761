import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, skipWithoutPostgresql, type TestDatabase } from '../support/databases.ts';
import { converse, send } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';
import { attempt } from './senders.ts';

const POOL = 3;
const HELD = 4;
/** So often the server is asked who waits while somebody does. */
const LOOKS = 50;

const WAITING = `select count(*)::integer as waiting from pg_stat_activity
	where datname = current_database() and wait_event_type = 'Lock'`;

describe.skipIf(skipWithoutPostgresql('conversations that others hold'))(
	'conversations that others hold',
	() => {
		let database: TestDatabase;
		let service: TestService;
		let somebody: pg.Client;
		let observer: pg.Client;

		beforeAll(async () => {
			database = await createTestDatabase('postgresql');
			service = await startService({
				DATABASE_URL: database.url,
				DATABASE_POOL_MAX: String(POOL),
				DATABASE_LOCK_TIMEOUT_MS: '300',
			});
			[somebody, observer] = [1, 2].map(() => new pg.Client({ connectionString: database.url })) as [
				pg.Client,
				pg.Client,
			];
			await Promise.all([somebody.connect(), observer.connect()]);
		});
		afterAll(async () => {
			await Promise.all([somebody.end(), observer.end()]);
			await service.stop();
			await database.drop();
		});

		test('are waited for over as many connections as leave some for everybody else', async () => {
			const agent = await service.client('Agent', 'AGENT');
			const free = await converse(agent);
			const held = await Promise.all(Array.from({ length: HELD }, () => converse(agent)));
			await somebody.query('begin');
			await somebody.query('select 1 from conversations where id != $1 for update', [
				free.id.replace('conv_', ''),
			]);
			let areOver = false;
			const sends = Promise.all(
				held.map(({ id }) =>
					attempt(service.url, agent.person, { conversationId: id, body: 'held', clientMessageId: 'k' }),
				),
			).finally(() => {
				areOver = true;
			});
			// Answered once the batch that met the locks was set aside.
			await send(agent, free.id, 'first');
			let most = 0;
			for (let looks = 0; looks < LOOKS && !areOver; ) {
				const { rows } = await observer.query<{ waiting: number }>(WAITING);
				const waiting = rows[0]?.waiting ?? 0;
				most = Math.max(most, waiting);
				if (waiting > 0) looks++;
			}
			expect(most).toBe(POOL - 2);
			await somebody.query('rollback');
			// Refused where it took too long.
			for (const { kind } of await sends) expect(kind).toMatch(/^(acknowledged|busy)$/);
		});
	},
);
