import { type ChildProcess, execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { runProgram } from '../../src/cli/run-program.ts';

const NODE = resolve('node_modules/.bin/node');
const PROGRAM = resolve('src/cli/pendo-message.ts');

export interface Outcome {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunningCommand {
	readonly child: ChildProcess;
	readonly done: Promise<Outcome>;
}

/** Starts `pendo-message` with these variables and no others, in a folder without `.env`. */
export function startCommand(
	args: readonly string[],
	env: Readonly<Record<string, string>>,
	cwd: string,
): RunningCommand {
	const options = { cwd, env: { PATH: process.env['PATH'], ...env } };
	const { promise: done, resolve: settle } = Promise.withResolvers<Outcome>();
	const child = execFile(NODE, [PROGRAM, ...args], options, (_, stdout, stderr) => {
		settle({ code: child.exitCode ?? -1, stdout, stderr });
	});
	return { child, done };
}

/** Runs it to its end. */
export function runCommand(
	args: readonly string[],
	env: Readonly<Record<string, string>>,
	cwd: string,
): Promise<Outcome> {
	return startCommand(args, env, cwd).done;
}

/**
 * Runs it to its end in this process, which spares a start; one at a time, and not for what belongs to a process, such
 * as standard input. Its folder is this process's.
 */
export async function callCommand(
	args: readonly string[],
	env: Readonly<Record<string, string>>,
): Promise<Outcome> {
	const written = { stdout: '', stderr: '' };
	const spies = [
		vi.spyOn(console, 'log').mockImplementation((line) => {
			written.stdout += `${line}\n`;
		}),
		vi.spyOn(console, 'error').mockImplementation((line) => {
			written.stderr += `${line}\n`;
		}),
	];
	for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
	try {
		await runProgram(createProgram(), [NODE, PROGRAM, ...args]);
		return { code: Number(process.exitCode ?? 0), ...written };
	} finally {
		process.exitCode = undefined;
		vi.unstubAllEnvs();
		for (const spy of spies) spy.mockRestore();
	}
}
