import fc from 'fast-check';
import { test } from 'vitest';
import { databaseForService, startService } from '../support/service.ts';
import { Run } from './run.ts';
import { anyScenario } from './scenario.ts';

/** How many scenarios; thousands for a night. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? (process.env['TEST_DATABASE'] === undefined ? 40 : 20));
/** As a failure printed them: `MODEL_SEED=… MODEL_PATH=… npx vitest run tests/model` plays that scenario again. */
const SEED = process.env['MODEL_SEED'];
const PATH = process.env['MODEL_PATH'];

test(
	'whatever users do at the same time, streams, histories and counts are what the log says',
	async () => {
		// One for all scenarios: each has users and conversations of its own, and a service that starts on the data of others.
		const database = await databaseForService();
		const property = fc.asyncProperty(anyScenario, async (scenario) => {
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
		const checked = fc.check(property, {
			numRuns: RUNS,
			// A race seldom comes back in a smaller scenario, so time is better spent on others.
			endOnFailure: true,
			...(SEED !== undefined && { seed: Number(SEED) }),
			...(PATH !== undefined && { path: PATH }),
		});
		const details = await checked.finally(() => database.drop());
		if (!details.failed) return;
		const again = `MODEL_SEED=${details.seed} MODEL_PATH=${details.counterexamplePath} plays it again`;
		const scenario = JSON.stringify(details.counterexample?.[0]);
		throw new Error(`${again}: ${scenario}`, { cause: details.errorInstance });
	},
	60_000 + RUNS * 10_000,
);
