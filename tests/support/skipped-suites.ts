import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SkippedSuite } from './services.ts';

/** Vitest's global setup: gives the workers a file to note skipped suites in. */
export function setup(): void {
	process.env['SKIPPED_SUITES_FILE'] = join(mkdtempSync(join(tmpdir(), 'skipped-suites-')), 'skipped.jsonl');
}

/** Prints what was noted after everything else, so that it is the last thing that a reader sees. */
export function teardown(): void {
	const file = process.env['SKIPPED_SUITES_FILE'];
	if (file === undefined) return;
	const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
	rmSync(dirname(file), { recursive: true });
	if (lines.length === 0) return;
	const skipped = [...new Set(lines)].map((line) => JSON.parse(line) as SkippedSuite);
	process.stderr.write(`\n${describeSkipped(skipped)}\n`);
}

function describeSkipped(skipped: readonly SkippedSuite[]): string {
	const heading = `!!! ${skipped.length} ${skipped.length === 1 ? 'SUITE' : 'SUITES'} DID NOT RUN !!!`;
	return [
		heading,
		...skipped.map(({ suite, reason, how }) => `  ${suite}: ${reason}\n    to run it: ${how}`),
	].join('\n');
}
