import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { toGlobalId } from '../../schema/ids.ts';
import { newId } from '../../src/conversations/ids.ts';
import { type PostgresServer, skipWithoutPrograms, startPostgres } from '../support/postgres-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { attempt } from './senders.ts';
import { type Storm, startStorm } from './storm.ts';

const SENDERS = 20;
const POOL = 5;
const CONNECT_MS = 1_500;
const PATIENT_CONNECT_MS = 30_000;
/** A statement that waits for a second is looked after, over a new connection, and then broken. */
const ANSWER_MS = 1_000 + CONNECT_MS + 2_000;
/** Once that is known, nothing is waited for. */
const AWAY_MS = 1_000;

describe.skipIf(skipWithoutPrograms('PostgreSQL lost during a storm of sends'))(
	'during a storm of sends',
	() => {
		let server: PostgresServer;
		let service: TestService;
		let storm: Storm;

		beforeAll(async () => {
			server = await startPostgres();
		});
		afterAll(() => server.remove());

		afterEach(() => service.stop());

		async function begin(connectMs = CONNECT_MS): Promise<void> {
			service = await startService({
				DATABASE_URL: server.url,
				DATABASE_MIGRATE: 'auto',
				DATABASE_POOL_MAX: String(POOL),
				DATABASE_CONNECT_TIMEOUT_MS: String(connectMs),
			});
			const senders = Array.from({ length: SENDERS }, (_, index) => service.person(`Sender ${index}`));
			storm = await startStorm(() => service.url, {
				agent: await service.person('Agent', 'AGENT'),
				watchers: [await service.person('Watcher')],
				senders: await Promise.all(senders),
			});
			await storm.acknowledgements(SENDERS);
		}

		async function killBackends(): Promise<void> {
			const killed = await server.sql(
				"select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pendo-message'",
			);
			expect(killed.length).toBeGreaterThan(0);
		}

		async function status(path: string): Promise<number> {
			const response = await fetch(`${service.url}${path}`);
			await response.text();
			return response.status;
		}

		/** Live, not ready, and every request answered as busy, without waiting long. */
		async function isAway(): Promise<void> {
			await vi.waitFor(async () => expect(await status('/health/ready')).toBe(503), 10_000);
			expect(await status('/health/live')).toBe(200);
			expect(await (await fetch(`${service.url}/health`)).json()).toMatchObject({
				status: 'down',
				parts: expect.arrayContaining([expect.objectContaining({ name: 'database', status: 'down' })]),
			});
			const stranger = await service.client('Stranger');
			const began = performance.now();
			const { errors } = await stranger.ask('{ viewer { name } }');
			expect(errors?.[0]?.extensions['code']).toBe('SERVICE_BUSY');
			expect(performance.now() - began).toBeLessThan(ANSWER_MS);
			await isRefusedAtOnce();
		}

		/** Also while it is not known of others whether they were stored. */
		async function isRefusedAtOnce(): Promise<void> {
			const sender = await service.person('Sender 0');
			const input = {
				conversationId: toGlobalId('Conversation', newId()),
				body: 'never',
				clientMessageId: 'never',
			};
			const began = performance.now();
			expect(await attempt(service.url, sender, input)).toEqual({ kind: 'busy' });
			expect(performance.now() - began).toBeLessThan(AWAY_MS);
		}

		/** All is stored and followed as it should be, by no more connections than are allowed. */
		async function isWell(): Promise<void> {
			await storm.acknowledgements(2 * SENDERS);
			await storm.end();
			await vi.waitFor(async () => expect(await status('/health/ready')).toBe(200), 10_000);
			const [row] = await server.sql<{ count: number }>(
				"select count(*)::int from pg_stat_activity where application_name = 'pendo-message'",
			);
			expect(row?.count).toBeLessThanOrEqual(POOL);
			expect(storm.slowestMs).toBeLessThan(ANSWER_MS + 5_000);
		}

		test('backends that are killed once, which no sender notices', async () => {
			// For as long as a busy machine may take to connect: who waits longer is refused.
			await begin(PATIENT_CONNECT_MS);
			await killBackends();
			await storm.acknowledgements(2 * SENDERS);
			expect(storm.refused).toBe(0);
			await isWell();
		});

		test('backends that are killed again and again', async () => {
			await begin();
			for (let kill = 0; kill < 30; kill++) {
				await killBackends();
				await storm.acknowledgements(1 + Math.floor(Math.random() * SENDERS));
			}
			await isWell();
		});

		test.each(['immediate', 'fast'] as const)(
			'a server that is stopped (%s) and started again',
			async (how) => {
				await begin();
				for (let stop = 0; stop < 3; stop++) {
					await server.stop(how);
					if (stop === 0) await isAway();
					await server.start();
					await storm.acknowledgements(SENDERS);
				}
				expect(storm.refused).toBeGreaterThan(0);
				await isWell();
			},
		);

		test('a server that is frozen and thawed', async () => {
			await begin();
			server.freeze();
			await isAway();
			// Longer than its connections' time limit: what was broken stays so.
			await delay(CONNECT_MS);
			expect(await status('/health/ready')).toBe(503);
			server.thaw();
			await storm.acknowledgements(SENDERS);
			await isWell();
		});
	},
);
