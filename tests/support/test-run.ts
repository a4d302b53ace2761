import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/*
 * What the processes of one test run share. Its name is handed down in the environment; names of databases begin with
 * the second in which they were made, so that what a killed run left behind can be told from what is in use.
 */

type Notes = 'skipped' | 'databases';

/** What is older was left behind by a run that was killed. */
const LEFTOVER_SECONDS = 3_600;
const RUN_FOLDER = 'pendo-message-run-';

/** Names the run that this process and its children are. */
export function beginRun(): void {
	process.env['TEST_RUN'] = timedName();
	// Servers that run as another user have their folders in it.
	mkdirSync(runFolder(), { mode: 0o755 });
}

/** What killed runs left behind: their folders, with the servers that work in them. */
export function removeKilledRuns(): void {
	const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(RUN_FOLDER) && isLeftover(name));
	for (const folder of folders.map((name) => join(tmpdir(), name)))
		try {
			for (const server of readdirSync(folder)) {
				endServer(join(folder, server, 'data', 'postmaster.pid'), 'SIGQUIT');
				endServer(join(folder, server, 'redis.pid'), 'SIGKILL');
			}
			rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
		} catch {
			// Another run removes it as well, or it is another user's.
		}
}

/** The server that has written this file into its folder: by now another process may have its id. */
function endServer(pidFile: string, signal: NodeJS.Signals): void {
	if (!existsSync(pidFile)) return;
	const [pid = ''] = readFileSync(pidFile, 'utf8').split('\n');
	const folder = dirname(pidFile);
	const isRunning = () =>
		spawnSync('ps', ['-o', 'args=', '-p', pid], { encoding: 'utf8' }).stdout.includes(folder);
	if (!isRunning()) return;
	// It may have been stopped as it was.
	for (const name of ['SIGCONT', signal]) process.kill(Number(pid), name);
	// Until then it writes to the folder.
	while (isRunning()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
}

export function endRun(): void {
	rmSync(runFolder(), { recursive: true, force: true });
}

/** A name that no other has, and that tells when it was made. */
export function timedName(): string {
	return `${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`;
}

/** Whether what has a timed name was left behind by a run that was killed. */
export function isLeftover(name: string): boolean {
	return Number(/(\d+)_[0-9a-f]{12}/.exec(name)?.[1]) < Date.now() / 1000 - LEFTOVER_SECONDS;
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

/** For the files of a run, removed at its end. */
export function runFolder(): string {
	return join(tmpdir(), `${RUN_FOLDER}${runName()}`);
}
