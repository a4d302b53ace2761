import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findRedis, REDIS, redisPlaces } from './find-redis.ts';
import { type FoundServer, findMssql, findPostgresql, type MissingServer } from './find-servers.ts';
import { programFolders } from './installed-postgresql.ts';
import type { SkippedSuite } from './services.ts';
import { beginRun, endRun, readNotes, removeKilledRuns } from './test-run.ts';
import { SERVERS, serverUrl } from './test-servers.ts';

type Servers = Record<keyof typeof SERVERS | 'redis', FoundServer | MissingServer>;

const KINDS = ['postgresql', 'mssql'] as const;
const NOWHERE = 'none was found';
/** How long a SQL Server that was just started may take until it answers. */
const START_MS = 120_000;

/** Vitest's global setup: looks for the databases and the Redis; the end of the run says which were used, and what did not run. */
export async function setup(): Promise<() => Promise<void>> {
	beginRun();
	// Hundreds of processes are started, which load the same modules.
	process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'pendo-message-compile-cache');
	const missing = { missing: NOWHERE };
	const servers: Servers = { postgresql: missing, mssql: missing, redis: missing };
	try {
		removeKilledRuns();
		servers.postgresql = (await findPostgresql(postgresqlPlaces())) ?? servers.postgresql;
		servers.redis = (await findRedis(redisPlaces())) ?? missing;
		servers.mssql = await readyMssql();
	} catch (error) {
		await stop(servers);
		endRun();
		throw error;
	}
	for (const kind of KINDS) {
		const server = servers[kind];
		if ('url' in server) process.env[SERVERS[kind].setting] = server.url;
	}
	if ('url' in servers.redis) process.env[REDIS.setting] = servers.redis.url;
	return () => finish(servers);
}

function postgresqlPlaces() {
	const usual = SERVERS.postgresql.example;
	return { given: serverUrl('postgresql'), usual, programs: programFolders() };
}

/** One that is given must answer. The drivers are loaded only here: that takes longer than many a run. */
async function readyMssql(): Promise<FoundServer | MissingServer> {
	const given = serverUrl('mssql');
	if (given !== undefined) await (await import('./server-databases.ts')).answers('mssql', given, START_MS);
	return findMssql(given, async (url) => {
		const { answers } = await import('./server-databases.ts');
		await eventually(() => answers('mssql', url, 0), START_MS);
	});
}

/** While it starts, it refuses the password that it was given. */
async function eventually(attempt: () => Promise<void>, patienceMs: number): Promise<void> {
	const deadline = performance.now() + patienceMs;
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			if (performance.now() > deadline) throw error;
			await delay(500);
		}
	}
}

async function stop(servers: Servers): Promise<void> {
	await Promise.all(Object.values(servers).map((server) => 'stop' in server && server.stop()));
}

async function finish(servers: Servers): Promise<void> {
	const used = readNotes('databases');
	const skipped = readNotes('skipped').map((line) => JSON.parse(line) as SkippedSuite);
	try {
		for (const kind of KINDS)
			if (used.includes(kind)) await (await import('./server-databases.ts')).cleanUp(kind);
	} finally {
		await stop(servers).finally(endRun);
	}
	// After everything else, so that it is the last thing that a reader sees.
	process.stderr.write(`\n${describeDatabases(servers, used)}\n`);
	if (skipped.length > 0) process.stderr.write(`\n${describeSkipped(skipped)}\n`);
}

function describeDatabases(servers: Servers, used: readonly string[]): string {
	const sqlite = `SQLite ${used.includes('sqlite') ? 'ran' : 'not needed'}`;
	const others = KINDS.map((kind) => describeServer({ ...SERVERS[kind], kind }, servers[kind], used));
	const redis = { ...REDIS, name: 'Redis', kind: 'redis', example: REDIS.usual };
	others.push(describeServer(redis, servers.redis, used));
	return `databases: ${[sqlite, ...others].join(', ')}`;
}

function describeServer(
	{ name, kind, setting, example }: Readonly<Record<'name' | 'kind' | 'setting' | 'example', string>>,
	server: FoundServer | MissingServer,
	used: readonly string[],
): string {
	if ('missing' in server) return `${name}: not run (${server.missing}; set ${setting}=${example})`;
	return `${name} ${used.includes(kind) ? 'ran' : 'not needed'} (${server.where})`;
}

function describeSkipped(skipped: readonly SkippedSuite[]): string {
	const heading = `!!! ${skipped.length} ${skipped.length === 1 ? 'SUITE' : 'SUITES'} DID NOT RUN !!!`;
	return [
		heading,
		...skipped.map(({ suite, reason, how }) => `  ${suite}: ${reason}\n    to run it: ${how}`),
	].join('\n');
}
