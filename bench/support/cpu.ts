import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** Servers run on the first core, the load on the second, where the machine lets them be told so. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

const canPin =
	process.platform === 'linux' &&
	availableParallelism() > 1 &&
	spawnSync('taskset', ['--version']).status === 0;

/** The command line that runs a program on one core, or as it is where that cannot be had. */
export function pinned(core: number, command: string, args: readonly string[]): [string, string[]] {
	return canPin ? ['taskset', ['-c', String(core), command, ...args]] : [command, [...args]];
}

export const pinning = canPin
	? `server on core ${SERVER_CORE}, load on core ${LOAD_CORE}`
	: 'not pinned (no taskset, or one core only)';

const ticksPerSecond =
	process.platform === 'linux' ? Number(execFileSync('getconf', ['CLK_TCK']).toString()) : 100;

/** CPU seconds, user and system, that a process has used so far; undefined where /proc is missing. */
export function cpuSeconds(pid: number): number | undefined {
	try {
		// The command's name may hold blanks; the fields after its closing bracket do not.
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
		return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
	} catch {
		return undefined;
	}
}

/** CPU seconds that all programs together have used so far, over all cores. */
export function machineSeconds(): number {
	const busy = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
	return busy.reduce((sum, one) => sum + one, 0) / 1000;
}
