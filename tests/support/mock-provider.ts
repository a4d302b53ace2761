import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { LogEntry, RequestEntry } from '../../src/mock-provider/log.ts';
import type { Exit } from './process.ts';

export const PROGRAM = resolve('src/cli/mock-provider.ts');

/** The mock provider as its users run it, a process of its own. */
export interface MockProviderProcess {
	readonly url: string;
	/** Its log so far, of the file. */
	entries(): LogEntry[];
	/** The requests for messages among them, in the order in which they came. */
	requests(): RequestEntry[];
	/** SIGTERM, and its end. */
	stop(): Promise<Exit>;
	/** SIGKILL, and its end. */
	kill(): Promise<Exit>;
	/** Ends it and removes its log. */
	remove(): Promise<void>;
}

/** Starts it on a free port, with these variables beside the log's. @throws when it ends before it listens */
export async function startMockProvider(
	env: Readonly<Record<string, string>> = {},
): Promise<MockProviderProcess> {
	const directory = await mkdtemp(join(tmpdir(), 'pendo-mock-'));
	const file = join(directory, 'log');
	const child = spawn(process.execPath, [PROGRAM], {
		cwd: directory,
		env: { PATH: process.env['PATH'], MOCK_PROVIDER_PORT: '0', MOCK_PROVIDER_LOG: file, ...env },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const exited = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }));
	const listening = new Promise<string>((found) => {
		let output = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			output += text;
			const url = /listens: (http:\S+)\n/.exec(output)?.[1];
			if (url !== undefined) found(url);
		});
	});
	const url = await Promise.race([listening, exited]);
	if (typeof url !== 'string') throw new Error(`The mock provider ended: ${JSON.stringify(url)}`);
	const end = (signal: NodeJS.Signals) => {
		child.kill(signal);
		return exited;
	};
	const entries = () => {
		// What is behind the last line's end is not written to its end.
		const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
		return lines.map((line): LogEntry => JSON.parse(line));
	};
	return {
		url,
		entries,
		requests: () => entries().filter((entry) => entry.kind === 'request'),
		stop: () => end('SIGTERM'),
		kill: () => end('SIGKILL'),
		remove: async () => {
			await end('SIGKILL');
			await rm(directory, { recursive: true });
		},
	};
}
