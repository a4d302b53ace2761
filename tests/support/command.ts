import { type ChildProcess, execFile } from 'node:child_process';
import { resolve } from 'node:path';

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
