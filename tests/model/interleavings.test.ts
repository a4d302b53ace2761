import { test } from 'vitest';
import { databaseForService, startService } from '../support/service.ts';
import { checkScenarios } from './check.ts';
import { Run } from './run.ts';

/** How many scenarios; thousands for a night. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? (process.env['TEST_DATABASE'] === undefined ? 40 : 20));

test(
	'whatever users do at the same time, streams, histories and counts are what the log says',
	async () => {
		// One for all scenarios: each has users and conversations of its own, and a service that starts on the data of others.
		const database = await databaseForService();
		const checked = checkScenarios(RUNS, async (scenario) => {
			const service = await startService({
				DATABASE_URL: database.url,
				FEED_RING_EVENTS: String(scenario.ringEvents),
			});
			try {
				await new Run(service).play(scenario);
			} finally {
				await service.stop();
			}
		});
		await checked.finally(() => database.drop());
	},
	60_000 + RUNS * 10_000,
);
