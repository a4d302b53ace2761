import { note } from './test-run.ts';

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
	const skipped: SkippedSuite = { suite, reason, how };
	note('skipped', JSON.stringify(skipped));
	return true;
}
