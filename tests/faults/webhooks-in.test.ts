import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freshNumber, messagesWith, sendBody, sendOverHttp } from '../support/outbound-api.ts';
import { type PostgresServer, skipWithoutPrograms, startPostgres } from '../support/postgres-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { type Answer, postWebhook, WEBHOOK_SECRET } from '../support/webhooks.ts';

describe.skipIf(skipWithoutPrograms('webhooks that come while PostgreSQL is away'))(
	'while the database is away',
	() => {
		let server: PostgresServer;
		let service: TestService;

		beforeAll(async () => {
			server = await startPostgres();
			service = await startService({
				DATABASE_URL: server.url,
				DATABASE_MIGRATE: 'auto',
				PROVIDER_WEBHOOK_SECRET: WEBHOOK_SECRET,
			});
		});
		afterAll(async () => {
			await service.stop();
			await server.remove();
		});

		/** As a provider does: until it is told that it was taken. */
		async function bring(payload: unknown): Promise<Answer> {
			for (;;) {
				const answer = await postWebhook(service, '/webhooks/messages', payload, { id: 'hook-1' });
				if (answer.status === 200) return answer;
				expect(answer).toMatchObject({
					status: 503,
					body: { error: { code: 'SERVICE_BUSY', retryable: true } },
				});
				expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
			}
		}

		test('a provider is asked to come again, and what it then brings is stored once', async () => {
			const agent = await service.client('Agent', 'AGENT');
			await agent.query('{ viewer { id } }');
			const from = freshNumber();
			const data = {
				id: 'in-1',
				from,
				to: freshNumber(),
				type: 'sms',
				body: 'Where is it?',
				attachments: [],
				timestamp: '2025-05-21T18:00:00Z',
			};
			const payload = { type: 'message.received', data };
			await server.stop('fast');
			const refused = await postWebhook(service, '/webhooks/messages', payload, { id: 'hook-1' });
			expect(refused).toMatchObject({
				status: 503,
				body: { error: { code: 'SERVICE_BUSY', retryable: true } },
			});
			expect(await sendOverHttp(service, agent.person, sendBody())).toMatchObject({
				status: 503,
				body: { error: { code: 'SERVICE_BUSY', retryable: true } },
			});
			await server.start();
			expect((await bring(payload)).body).toEqual({ status: 'stored' });
			await vi.waitFor(async () => expect(await messagesWith(agent, from)).toHaveLength(1), 10_000);
			expect((await bring(payload)).body).toEqual({ status: 'repeated' });
			expect(await messagesWith(agent, from)).toHaveLength(1);
		});
	},
);
