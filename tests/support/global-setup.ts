import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FoundServer, findMssql, findPostgresql } from './find-servers.ts';
import { programFolders } from './installed-postgresql.ts';
import type { SkippedSuite } from './services.ts';
import { beginRun, endRun, readNotes } from './test-run.ts';
import { SERVERS, serverUrl } from './test-servers.ts';

type Servers = Record<keyof typeof SERVERS, FoundServer | undefined>;

/** Vitest's global setup: looks for the databases; the end of the run says which were used, and what did not run. */
export async function setup(): Promise<() => Promise<void>> {
	beginRun();
	// Hundreds of processes are started, which load the same modules.
	process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'pendo-message-compile-cache');
	const postgresql = await findPostgresql({
		given: serverUrl('postgresql'),
		usual: SERVERS.postgresql.example,
		programs: programFolders(),
	});
	if (postgresql) process.env[SERVERS.postgresql.setting] = postgresql.url;
	const mssql = await findMssql(serverUrl('mssql'));
	if (mssql) process.env[SERVERS.mssql.setting] = mssql.url;
	return () => finish({ postgresql, mssql });
}

async function finish(servers: Servers): Promise<void> {
	const used = readNotes('databases');
	for (const kind of ['postgresql', 'mssql'] as const) {
		if (!used.includes(kind)) continue;
		// Only here: loading the drivers takes longer than many a run.
		const { cleanUp } = await import('./server-databases.ts');
		await cleanUp(kind);
	}
	await Promise.all([servers.postgresql?.stop(), servers.mssql?.stop()]);
	const skipped = readNotes('skipped').map((line) => JSON.parse(line) as SkippedSuite);
	endRun();
	// After everything else, so that it is the last thing that a reader sees.
	process.stderr.write(`\n${describeDatabases(servers, used)}\n`);
	if (skipped.length > 0) process.stderr.write(`\n${describeSkipped(skipped)}\n`);
}

function describeDatabases(servers: Servers, used: readonly string[]): string {
	const sqlite = `SQLite ${used.includes('sqlite') ? 'ran' : 'not needed'}`;
	const others = (['postgresql', 'mssql'] as const).map((kind) => {
		const { name, setting, example } = SERVERS[kind];
		const server = servers[kind];
		if (server === undefined) return `${name}: not run (set ${setting}=${example})`;
		return `${name} ${used.includes(kind) ? 'ran' : 'not needed'} (${server.where})`;
	});
	return `databases: ${[sqlite, ...others].join(', ')}`;
}

function describeSkipped(skipped: readonly SkippedSuite[]): string {
	const heading = `!!! ${skipped.length} ${skipped.length === 1 ? 'SUITE' : 'SUITES'} DID NOT RUN !!!`;
	return [
		heading,
		...skipped.map(({ suite, reason, how }) => `  ${suite}: ${reason}\n    to run it: ${how}`),
	].join('\n');
}
