import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { signToken } from '../../src/identity/sign.ts';
import type { Person } from './client.ts';

const SECRET = 'a secret for child processes, long enough for HS256';

export interface Exit {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
}

/** The service as its users run it, a process of its own. */
export interface ServiceProcess {
	/** Without a slash at the end. */
	readonly url: string;
	readonly port: number;
	readonly exited: Promise<Exit>;
	/** What it has written so far. */
	readonly output: { readonly stdout: string; readonly stderr: string };
	/** Sends the signal and waits for the end. */
	kill(signal: NodeJS.Signals): Promise<Exit>;
	/** Closes the reading end of its standard output. */
	stopReading(): void;
	/** Sends a signal that ends nothing. */
	signal(signal: NodeJS.Signals): void;
}

export interface DataDirectory {
	readonly path: string;
	readonly databaseFile: string;
	remove(): Promise<void>;
}

export async function makeDataDirectory(): Promise<DataDirectory> {
	const path = await mkdtemp(join(tmpdir(), 'pendo-message-'));
	return {
		path,
		databaseFile: join(path, 'test.db'),
		remove: () => rm(path, { recursive: true, force: true }),
	};
}

export function tokenFor(subject: string, role: 'CUSTOMER' | 'AGENT' | 'ADMIN'): Promise<string> {
	return signToken(SECRET, { subject, name: subject, role });
}

/** Somebody with that subject, who is known by a token of such a service. */
export async function personFor(
	subject: string,
	role: 'CUSTOMER' | 'AGENT' | 'ADMIN' = 'CUSTOMER',
): Promise<Person> {
	return { subject, name: subject, token: await tokenFor(subject, role) };
}

/**
 * Starts it on a free port and waits until it listens; `wrapper` is a command that runs it. @throws when it ends before,
 * with what it wrote.
 */
export async function startProcess(
	directory: DataDirectory,
	env: Readonly<Record<string, string>> = {},
	wrapper: readonly string[] = [],
): Promise<ServiceProcess> {
	const running = run(directory, env, wrapper);
	const listening = new Promise<string>((found) => {
		running.child.stdout?.on('data', () => {
			const url = /"url":"(http:[^"]+)\/graphql"/.exec(running.output.stdout)?.[1];
			if (url !== undefined) found(url);
		});
	});
	const url = await Promise.race([listening, running.exited]);
	if (typeof url !== 'string')
		throw new Error(`The service ended: ${JSON.stringify({ ...running.output, url })}`);
	return {
		url,
		port: Number(new URL(url).port),
		exited: running.exited,
		output: running.output,
		kill: (signal) => {
			running.child.kill(signal);
			return running.exited;
		},
		stopReading: () => void running.child.stdout?.destroy(),
		signal: (signal) => void running.child.kill(signal),
	};
}

/** Runs it to its end, for a start that fails or is broken off. */
export async function runToEnd(
	directory: DataDirectory,
	env: Readonly<Record<string, string>> = {},
	started: (kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Exit & { readonly stdout: string; readonly stderr: string }> {
	const running = run(directory, env);
	started((signal) => running.child.kill(signal));
	return { ...(await running.exited), ...running.output };
}

function run(
	directory: DataDirectory,
	env: Readonly<Record<string, string>>,
	wrapper: readonly string[] = [],
) {
	const [command = process.execPath, ...args] = [...wrapper, process.execPath, resolve('src/main.ts')];
	const child: ChildProcess = spawn(command, args, {
		cwd: directory.path,
		env: {
			PATH: process.env['PATH'],
			NODE_ENV: 'production',
			HOST: '127.0.0.1',
			PORT: '0',
			JWT_SECRET: SECRET,
			DATABASE_URL: `sqlite:${directory.databaseFile}`,
			...env,
		},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const output = { stdout: '', stderr: '' };
	child.stdout?.setEncoding('utf8').on('data', (text: string) => {
		output.stdout += text;
	});
	child.stderr?.setEncoding('utf8').on('data', (text: string) => {
		output.stderr += text;
	});
	const exited = new Promise<Exit>((done) => {
		child.once('close', (code, signal) => done({ code, signal }));
	});
	return { child, output, exited };
}
