import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * What the processes of one test run share. Its name is handed down in the environment; names of databases begin with
 * the second in which they were made, so that what a killed run left behind can be told from what is in use.
 */

type Notes = 'skipped' | 'databases';

/** Names the run that this process and its children are. */
export function beginRun(): void {
	process.env['TEST_RUN'] = timedName();
	mkdirSync(runFolder());
}

export function endRun(): void {
	rmSync(runFolder(), { recursive: true, force: true });
}

/** A name that no other has, and that tells when it was made. */
export function timedName(): string {
	return `${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`;
}

/** @throws outside of a run. */
export function runName(): string {
	const run = process.env['TEST_RUN'];
	if (run === undefined) throw new Error('TEST_RUN is not set: tests/support/global-setup.ts did not run.');
	return run;
}

/** Notes something for the end of the run. One short append: whole lines, also when two workers write at once. */
export function note(notes: Notes, line: string): void {
	appendFileSync(join(runFolder(), notes), `${line}\n`);
}

/** What was noted, each once. */
export function readNotes(notes: Notes): readonly string[] {
	const file = join(runFolder(), notes);
	return existsSync(file) ? [...new Set(readFileSync(file, 'utf8').trim().split('\n'))] : [];
}

function runFolder(): string {
	return join(tmpdir(), `pendo-message-run-${runName()}`);
}
