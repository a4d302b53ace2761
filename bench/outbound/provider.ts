import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LogEntry } from '../../src/mock-provider/log.ts';
import { LOAD_CORE, pinned } from '../support/cpu.ts';

/** The mock provider on the load's core, with what it accepted since it was last asked to forget. */
export interface BenchProvider {
	readonly url: string;
	/** What was accepted before counts no more. */
	forget(): void;
	/** The ids of what was accepted, and when, in milliseconds, once it is so many. */
	accepted(count: number): Promise<readonly Accepted[]>;
	stop(): Promise<void>;
}

export interface Accepted {
	readonly id: string;
	readonly at: number;
}

const PROGRAM = fileURLToPath(new URL('../../src/cli/mock-provider.ts', import.meta.url));
const POLL_MS = 200;
const PATIENCE_MS = 120_000;

/** Answers after `delayMs`, and calls nobody back. */
export async function startProvider(directory: string, delayMs: number): Promise<BenchProvider> {
	const log = join(directory, `provider-${delayMs}.log`);
	const [command, args] = pinned(LOAD_CORE, process.execPath, [PROGRAM]);
	const child = spawn(command, args, {
		cwd: directory,
		env: {
			PATH: process.env['PATH'],
			MOCK_PROVIDER_PORT: '0',
			MOCK_PROVIDER_DELAY_MS: String(delayMs),
			MOCK_PROVIDER_LOG: log,
		},
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const exited = once(child, 'exit');
	process.once('exit', () => child.kill('SIGKILL'));
	const [said] = await Promise.race([once(child.stdout, 'data'), exited]);
	const url = /http:\S+/.exec(String(said))?.[0];
	if (url === undefined) throw new Error(`The mock provider does not listen: ${said}`);
	let forgotten = 0;
	return {
		url,
		forget: () => {
			forgotten = readAccepted(log).length;
		},
		accepted: async (count) => {
			const deadline = Date.now() + PATIENCE_MS;
			for (;;) {
				const accepted = readAccepted(log).slice(forgotten);
				if (accepted.length >= count) return accepted;
				if (Date.now() > deadline) throw new Error(`${accepted.length} of ${count} messages were accepted.`);
				await delay(POLL_MS);
			}
		},
		stop: async () => {
			child.kill();
			await exited;
		},
	};
}

function readAccepted(log: string): Accepted[] {
	const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
	return lines.flatMap((line) => {
		const entry: LogEntry = JSON.parse(line);
		return entry.kind === 'request' && entry.outcome === 'accepted'
			? [{ id: entry.message.id, at: Date.parse(entry.at) }]
			: [];
	});
}
