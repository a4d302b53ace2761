import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds, pinned, SERVER_CORE } from './cpu.ts';
import { type Databases, POOL_SIZE } from './databases.ts';
import { JWT_SECRET } from './users.ts';
import type { Variant } from './variants.ts';

/** What a server's process holds after a forced collection, bytes. */
export interface MemoryReport {
	readonly rss: number;
	readonly heapUsed: number;
	/** Buffers and the like outside of the heap. */
	readonly external: number;
}

export interface RunningServer {
	readonly variant: Variant;
	/** Of its GraphQL endpoint. */
	readonly url: string;
	/** Of its database. */
	readonly databaseUrl: string;
	/** CPU seconds used so far. */
	cpu(): number | undefined;
	/** Only of a server that was started with `reportsMemory`. */
	memory(): Promise<MemoryReport>;
	/** Asks it to stop, and after ten seconds makes it. */
	stop(): Promise<void>;
}

export interface StartOptions {
	/** Where what it says on stderr is put. */
	readonly directory: string;
	readonly databases: Databases;
	/** Name of the database, by default the variant's. Start again with the same name to find the same data. */
	readonly database?: string;
	readonly reportsMemory?: boolean;
}

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 10_000;
const MEMORY_PRELOAD = new URL('report-memory.ts', import.meta.url).href;
const running = new Set<ChildProcess>();

process.on('exit', () => {
	for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts a server as a process of its own and waits until it answers.
 * Rejects with what it said on stderr if it ends first.
 */
export async function startServer(variant: Variant, options: StartOptions): Promise<RunningServer> {
	const { directory, databases, database = variant.name, reportsMemory = false } = options;
	const databaseUrl = await databases.urlOf(database);
	const errors = join(directory, `${database}.stderr`);
	const port = await freePort();
	const flags = reportsMemory ? ['--expose-gc', '--import', MEMORY_PRELOAD] : [];
	const [command, args] = pinned(SERVER_CORE, process.execPath, [...variant.flags, ...flags, variant.entry]);
	const stderr = openSync(errors, 'w');
	const child = spawn(command, args, {
		cwd: directory,
		env: environment(variant, port, databaseUrl),
		stdio: ['ignore', 'ignore', stderr, ...(reportsMemory ? (['ipc'] as const) : [])],
	});
	closeSync(stderr);
	running.add(child);
	child.once('exit', () => running.delete(child));
	try {
		await answering(child, port);
	} catch (error) {
		child.kill('SIGKILL');
		throw new Error(`${variant.name}: ${String(error)}\n${readFileSync(errors, 'utf8').slice(0, 2000)}`);
	}
	return {
		variant,
		url: `http://127.0.0.1:${port}/graphql`,
		databaseUrl,
		cpu: () => (child.pid === undefined ? undefined : cpuSeconds(child.pid)),
		memory: () => memoryOf(child),
		stop: () => stop(child),
	};
}

function environment(variant: Variant, port: number, databaseUrl: string): NodeJS.ProcessEnv {
	const { PATH, HOME, TMPDIR } = process.env;
	return {
		...(PATH !== undefined && { PATH }),
		...(HOME !== undefined && { HOME }),
		...(TMPDIR !== undefined && { TMPDIR }),
		NODE_ENV: 'production',
		PORT: String(port),
		HOST: '127.0.0.1',
		DATABASE_URL: databaseUrl,
		DATABASE_MIGRATE: 'auto',
		DATABASE_POOL_MAX: String(POOL_SIZE),
		JWT_SECRET,
		LOG_LEVEL: 'info',
		// Few users send what thousands would.
		MAX_OPERATIONS_PER_SECOND: '1000000',
		...variant.env,
	};
}

/** Below the ports that systems give to whoever asks for any. */
const PORTS = { from: 10_000, to: 30_000 };

/** A port that was free a moment ago: the servers print theirs in ways of their own. */
async function freePort(): Promise<number> {
	for (;;) {
		const port = randomInt(PORTS.from, PORTS.to);
		const probe = createServer().listen(port, '127.0.0.1');
		const isFree = await once(probe, 'listening').then(
			() => true,
			() => false,
		);
		if (!isFree) continue;
		probe.close();
		await once(probe, 'close');
		return port;
	}
}

/** The product is ready when it says so; a peer when it says anything. */
async function answering(child: ChildProcess, port: number): Promise<void> {
	const deadline = Date.now() + START_TIMEOUT_MS;
	while (child.exitCode === null && child.signalCode === null) {
		if (Date.now() > deadline) throw new Error(`no answer within ${START_TIMEOUT_MS / 1000} s`);
		const response = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
		await response?.arrayBuffer();
		if (response && response.status !== 503) return;
		await delay(50);
	}
	throw new Error(`ended with ${child.exitCode ?? child.signalCode} before it answered`);
}

async function memoryOf(child: ChildProcess): Promise<MemoryReport> {
	const answer = once(child, 'message', { signal: AbortSignal.timeout(30_000) });
	child.send('report-memory');
	const [report] = (await answer) as [MemoryReport];
	return report;
}

async function stop(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const gone = once(child, 'exit');
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
	await gone;
	clearTimeout(timer);
}
