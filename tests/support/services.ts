import { appendFileSync } from 'node:fs';

/** A suite that did not run because a service that it needs is not there. */
export interface SkippedSuite {
	readonly suite: string;
	readonly reason: string;
	/** What a reader types to have it run. */
	readonly how: string;
}

/**
 * For `describe.skipIf(skipUnless(…))`: true when the suite has to be left out. The end of the run lists what was
 * left out. With REQUIRE_ALL_SUITES=1 it throws instead, which fails the test file.
 */
export function skipUnless(available: boolean, suite: string, reason: string, how: string): boolean {
	if (available) return false;
	if (process.env['REQUIRE_ALL_SUITES'] === '1') {
		throw new Error(`${suite}: ${reason}, and REQUIRE_ALL_SUITES=1 allows no skips. ${how}`);
	}
	const file = process.env['SKIPPED_SUITES_FILE'];
	if (file === undefined)
		throw new Error('SKIPPED_SUITES_FILE is not set: tests/support/skipped-suites.ts did not run.');
	const skipped: SkippedSuite = { suite, reason, how };
	// One short append per skip: whole lines, also when two workers write at once.
	appendFileSync(file, `${JSON.stringify(skipped)}\n`);
	return true;
}
