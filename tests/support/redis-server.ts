import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';
import { skipUnless } from './services.ts';
import { runFolder } from './test-run.ts';

/** A Redis of a test's own, which it may stop, freeze and empty. It keeps nothing on disk. */
export interface RedisServer {
	readonly port: number;
	readonly url: string;
	/** Again on the same port, and empty. Answers when it takes connections. */
	start(): Promise<void>;
	/** As a crash would. */
	stop(): Promise<void>;
	/** Stops the process as it is: connections stay open, and nothing answers. */
	freeze(): void;
	thaw(): void;
	/** A command of its administrator, over a connection of its own. */
	run(...command: readonly [string, ...(string | number)[]]): Promise<unknown>;
	/** Ends the connections that are subscribed (`pubsub`) or all others (`normal`). */
	killClients(type: 'pubsub' | 'normal'): Promise<void>;
	/** Ends it and removes its files. */
	remove(): Promise<void>;
}

/** The first `redis-server` in PATH. */
export function findRedisProgram(path = process.env['PATH'] ?? ''): string | undefined {
	return path
		.split(delimiter)
		.map((folder) => join(folder, 'redis-server'))
		.find((program) => existsSync(program));
}

/** For `describe.skipIf`: true where none is installed. */
export function skipWithoutRedisProgram(suite: string): boolean {
	return skipUnless(
		findRedisProgram() !== undefined,
		suite,
		'it needs a Redis of its own, and none is installed',
		'install Redis (Debian: apt-get install redis-server)',
	);
}

/** The connections that are subscribed to something. */
export async function countSubscribers(server: RedisServer): Promise<number> {
	const clients = String(await server.run('client', 'list', 'type', 'pubsub'));
	return clients.split('\n').filter((client) => client.includes(' sub=1 ')).length;
}

/** Settings as redis.conf names them, or its lines. `as` a sentinel it watches other servers. */
export async function startRedis(
	settings: Readonly<Record<string, string>> = {},
	as: 'server' | 'sentinel' = 'server',
): Promise<RedisServer> {
	const program = findRedisProgram();
	if (program === undefined) throw new Error('No redis-server is installed.');
	const folder = await mkdtemp(join(runFolder(), 'redis-'));
	const port = await freePort();
	const file = join(folder, 'redis.conf');
	const inMemory = { save: '""', appendonly: 'no' };
	const all = {
		port: String(port),
		bind: '127.0.0.1',
		dir: folder,
		pidfile: join(folder, 'redis.pid'),
		// What belongs to the folder is found by it.
		'set-proc-title': 'no',
		...(as === 'server' && inMemory),
		...settings,
	};
	await writeFile(
		file,
		Object.entries(all)
			.map(([name, value]) => `${name} ${value}\n`)
			.join(''),
	);
	let child: ChildProcess | undefined;
	const server: RedisServer = {
		port,
		url: `redis://127.0.0.1:${port}`,
		start: async () => {
			const args = as === 'sentinel' ? [file, '--sentinel'] : [file];
			child = spawn(program, args, { cwd: folder, stdio: 'ignore' });
			await answering(child, port);
		},
		stop: async () => {
			server.thaw();
			await end(child);
		},
		freeze: () => signal(child, 'SIGSTOP'),
		thaw: () => signal(child, 'SIGCONT'),
		run: (...command) => runCommand(port, command),
		killClients: async (type) => void (await server.run('client', 'kill', 'type', type)),
		remove: async () => {
			await server.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
	try {
		await server.start();
	} catch (error) {
		await server.remove();
		throw error;
	}
	return server;
}

async function runCommand(port: number, [name, ...args]: readonly [string, ...(string | number)[]]) {
	const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: null });
	client.on('error', () => undefined);
	try {
		await client.connect();
		return await client.call(name, ...args);
	} finally {
		client.disconnect();
	}
}

async function answering(child: ChildProcess, port: number): Promise<void> {
	for (;;) {
		try {
			await runCommand(port, ['ping']);
			return;
		} catch (error) {
			if (child.exitCode !== null || child.signalCode !== null)
				throw new Error('Redis does not start.', { cause: error });
			await delay(10);
		}
	}
}

async function end(child: ChildProcess | undefined): Promise<void> {
	if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
	const ended = once(child, 'exit');
	child.kill('SIGKILL');
	await ended;
}

function signal(child: ChildProcess | undefined, name: NodeJS.Signals): void {
	if (child?.exitCode === null && child.signalCode === null) child.kill(name);
}
