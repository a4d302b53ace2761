import fc from 'fast-check';
import { anyScenario, type Scenario } from './scenario.ts';

/** As a failure printed them: with both set, its test plays that scenario again. */
const SEED = process.env['MODEL_SEED'];
const PATH = process.env['MODEL_PATH'];

/** Plays so many scenarios. @throws with what plays the first one again that fails. */
export async function checkScenarios(
	runs: number,
	play: (scenario: Scenario) => Promise<void>,
): Promise<void> {
	const details = await fc.check(fc.asyncProperty(anyScenario, play), {
		numRuns: runs,
		// A race seldom comes back in a smaller scenario, so time is better spent on others.
		endOnFailure: true,
		...(SEED !== undefined && { seed: Number(SEED) }),
		...(PATH !== undefined && { path: PATH }),
	});
	if (!details.failed) return;
	const again = `MODEL_SEED=${details.seed} MODEL_PATH=${details.counterexamplePath} plays it again`;
	const scenario = JSON.stringify(details.counterexample?.[0]);
	throw new Error(`${again}: ${scenario}`, { cause: details.errorInstance });
}
