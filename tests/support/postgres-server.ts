import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { findPrograms, ownerOfFiles, programFolders } from './installed-postgresql.ts';
import { queryPostgres } from './query-postgres.ts';
import { skipUnless } from './services.ts';
import { runFolder } from './test-run.ts';

/** A PostgreSQL of a test's own, which it may stop, freeze and fill. */
export interface PostgresServer {
	readonly port: number;
	/** Its database, as the superuser. */
	readonly url: string;
	/** With other settings, if any are given, from now on. Answers when it takes connections. */
	start(settings?: Readonly<Record<string, string>>): Promise<void>;
	/** `fast` ends connections in order, `immediate` as a crash would. */
	stop(how: 'fast' | 'immediate'): Promise<void>;
	/** Stops all its processes as they are: connections stay open, and nothing answers. */
	freeze(): void;
	thaw(): void;
	/** Statements of its superuser, beside everybody else. */
	sql<Row extends pg.QueryResultRow>(text: string): Promise<Row[]>;
	/** Ends it and removes its files. */
	remove(): Promise<void>;
}

const programs = findPrograms(programFolders());

/** For `describe.skipIf`: true where none is installed. */
export function skipWithoutPrograms(suite: string): boolean {
	return skipUnless(
		programs !== undefined,
		suite,
		'it needs a PostgreSQL of its own, and none is installed',
		'install PostgreSQL (Debian: apt-get install postgresql)',
	);
}

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** It survives its own crashes, as the tests ask for, but not the machine's. `folderOfPrograms` has what it runs. */
export async function startPostgres(
	settings: Readonly<Record<string, string>> = {},
	folderOfPrograms = programs ?? '',
): Promise<PostgresServer> {
	const owner = ownerOfFiles();
	const folder = await mkdtemp(join(runFolder(), 'postgresql-'));
	const data = join(folder, 'data');
	const port = await freePort();
	const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
	let child: ChildProcess | undefined;
	const server: PostgresServer = {
		port,
		url,
		start: async (more = settings) => {
			const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', ...more };
			const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
			const args = ['-D', data, '-p', String(port), ...flags];
			child = spawn(join(folderOfPrograms, 'postgres'), args, { cwd: folder, stdio: 'ignore', ...owner });
			await answering(child, url);
		},
		stop: (how) => end(child, SIGNALS[how]),
		freeze: () => signalAll(child, 'SIGSTOP'),
		thaw: () => signalAll(child, 'SIGCONT'),
		sql: (text) => queryPostgres(url, text),
		remove: async () => {
			server.thaw();
			await end(child, SIGNALS.immediate);
			await rm(folder, { recursive: true, force: true });
		},
	};
	try {
		if (owner) await chown(folder, owner.uid, owner.gid);
		const trusting = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
		const initdb = join(folderOfPrograms, 'initdb');
		await promisify(execFile)(initdb, ['-D', data, ...trusting], { cwd: folder, ...owner });
		await server.start();
	} catch (error) {
		await server.remove();
		throw error;
	}
	return server;
}

async function answering(child: ChildProcess, url: string): Promise<void> {
	for (;;) {
		const client = new pg.Client({ connectionString: url });
		try {
			await client.connect();
			return await client.end();
		} catch (error) {
			if (child.exitCode !== null || child.signalCode !== null)
				throw new Error('PostgreSQL does not start.', { cause: error });
			await delay(20);
		}
	}
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
	if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
	const ended = once(child, 'exit');
	child.kill(signal);
	await ended;
}

/** The postmaster first, which would start others. */
function signalAll(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
	if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
	child.kill(signal);
	const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
	for (const line of processes.trim().split('\n')) {
		const [pid, parent] = line.trim().split(/\s+/).map(Number);
		if (pid !== undefined && parent === child.pid) signalIfThere(pid, signal);
	}
}

/** One that has ended since it was listed needs no signal. */
function signalIfThere(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
	}
}
