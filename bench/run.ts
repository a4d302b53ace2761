/** `npm run bench -- [sends|history|memory|lone …] [--database kind] [--quick] [--peers-only]`: see README.md here. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchHistory } from './history.ts';
import { benchLone } from './lone.ts';
import { benchMemory } from './memory.ts';
import { benchSends } from './sends.ts';
import { createDatabases, DATABASE_KINDS, type Databases, synchronousCommit } from './support/databases.ts';
import { startGenerator } from './support/generator.ts';
import { describeMachine } from './support/machine.ts';
import { printReport, writeReport } from './support/report.ts';
import type { Bench } from './support/run.ts';
import { PEERS_DIRECTORY } from './support/variants.ts';

const BENCHES: Readonly<Record<string, Bench>> = {
	sends: benchSends,
	lone: benchLone,
	history: benchHistory,
	memory: benchMemory,
};
const RESULTS = fileURLToPath(new URL('results', import.meta.url));
const USAGE = `Usage: npm run bench -- [${Object.keys(BENCHES).join('|')} …] [--database ${DATABASE_KINDS.join('|')}] [--quick] [--peers-only]`;

function readArguments() {
	const options = {
		database: { type: 'string', default: 'sqlite' },
		quick: { type: 'boolean', default: false },
		'peers-only': { type: 'boolean', default: false },
	} as const;
	const { values, positionals } = parseArgs({ options, allowPositionals: true });
	const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
	const unknown = names.filter((name) => !(name in BENCHES));
	if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}.`);
	const database = DATABASE_KINDS.find((kind) => kind === values.database);
	if (database === undefined) throw new Error(`There are no benchmarks on ${values.database}.`);
	return { names, database, quick: values.quick, peersOnly: values['peers-only'] };
}

/** The peers are a package of their own; it is installed when it is first needed. */
function installPeers(): void {
	if (existsSync(join(PEERS_DIRECTORY, 'node_modules'))) return;
	console.error('Installing the peers …');
	execFileSync('npm', ['--prefix', PEERS_DIRECTORY, 'ci', '--no-audit', '--no-fund'], {
		stdio: ['ignore', 2, 2],
	});
}

/** @returns whether every server answered as it should; how fast is not judged. */
async function main({
	names,
	database,
	quick,
	peersOnly,
}: ReturnType<typeof readArguments>): Promise<boolean> {
	installPeers();
	mkdirSync(RESULTS, { recursive: true });
	// Beside the results and not in the system's folder for such: that one may be in memory.
	const directory = mkdtempSync(join(RESULTS, 'databases-'));
	const generator = startGenerator();
	const stop = (): void => {
		generator.stop();
		rmSync(directory, { recursive: true, force: true });
	};
	let databases: Databases | undefined;
	for (const signal of ['SIGINT', 'SIGTERM'] as const)
		process.once(signal, () => Promise.resolve(databases?.dropAll()).finally(() => process.exit(130)));
	process.once('exit', stop);
	const machine = describeMachine(directory);
	const { cpu, cores, node, pinning, fsyncMs, inMemory } = machine;
	console.log(`${cpu}, ${cores} cores, Node ${node}, ${pinning}; one fsync takes ${fsyncMs.toFixed(2)} ms.`);
	if (inMemory)
		console.log('! The databases are in memory here: commits cost nothing, and sends mean little.');
	if (database === 'postgresql')
		console.log(`PostgreSQL with synchronous_commit = ${await synchronousCommit()}.`);
	const progress = (text: string): void => console.error(`  ${text}`);
	const length = quick ? { rounds: 2, seconds: 2 } : { rounds: 5, seconds: 5 };
	const run = { generator, quick, peersOnly, ...length, progress };
	let sound = true;
	for (const name of names) {
		// A folder for each, so that no benchmark meets the data of another.
		const own = join(directory, name);
		mkdirSync(own);
		databases = createDatabases(database, own);
		const measuring = BENCHES[name]?.({ ...run, directory: own, databases });
		const report = await measuring?.finally(databases.dropAll);
		if (!report) continue;
		printReport(report);
		sound &&= report.warnings.length === 0;
		console.log(`\nWritten to ${writeReport(RESULTS, machine, report)}`);
		rmSync(own, { recursive: true });
	}
	return sound;
}

function fail(error: unknown, hint = ''): never {
	console.error(error instanceof Error ? error.message : error, hint);
	process.exit(1);
}

function readArgumentsOrFail() {
	try {
		return readArguments();
	} catch (error) {
		return fail(error, `\n${USAGE}`);
	}
}

const sound = await main(readArgumentsOrFail()).catch(fail);
process.exit(sound ? 0 : 1);
