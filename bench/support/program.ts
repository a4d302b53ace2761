import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createDatabases, DATABASE_KINDS, type Databases, synchronousCommit } from './databases.ts';
import { startGenerator } from './generator.ts';
import { describeMachine } from './machine.ts';
import { printReport, writeReport } from './report.ts';
import type { Bench } from './run.ts';
import { PEERS_DIRECTORY } from './variants.ts';

/** Benchmarks by the names that they are asked for by. */
export interface Program {
	/** Of the npm script. */
	readonly name: string;
	readonly benches: Readonly<Record<string, Bench>>;
	/** Whether the product is measured against none but itself. */
	readonly withoutPeers?: boolean;
}

export const RESULTS = fileURLToPath(new URL('../results', import.meta.url));
const USAGE = `[--database ${DATABASE_KINDS.join('|')}] [--quick] [--peers-only]`;

function readArguments({ benches }: Program) {
	const options = {
		database: { type: 'string', default: 'sqlite' },
		quick: { type: 'boolean', default: false },
		'peers-only': { type: 'boolean', default: false },
	} as const;
	const { values, positionals } = parseArgs({ options, allowPositionals: true });
	const names = positionals.length > 0 ? positionals : Object.keys(benches);
	const unknown = names.filter((name) => !(name in benches));
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
async function run(
	{ benches, withoutPeers = false }: Program,
	{ names, database, quick, peersOnly }: ReturnType<typeof readArguments>,
): Promise<boolean> {
	if (!withoutPeers) installPeers();
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
	const given = { generator, quick, peersOnly, ...length, progress };
	let sound = true;
	for (const name of names) {
		// A folder for each, so that no benchmark meets the data of another.
		const own = join(directory, name);
		mkdirSync(own);
		databases = createDatabases(database, own);
		const measuring = benches[name]?.({ ...given, directory: own, databases });
		try {
			const report = await measuring?.finally(databases.dropAll);
			if (!report) continue;
			printReport(report);
			sound &&= report.warnings.length === 0;
			console.log(`\nWritten to ${writeReport(RESULTS, machine, quick, report)}`);
		} catch (error) {
			sound = false;
			console.log(`\n! ${name} was broken off: ${error instanceof Error ? error.message : error}`);
		}
		rmSync(own, { recursive: true });
	}
	return sound;
}

function fail(error: unknown, hint = ''): never {
	console.error(error instanceof Error ? error.message : error, hint);
	process.exit(1);
}

/** Runs what the command line names, or all, and ends the process: with 1 if a server answered other than it should. */
export async function runBenches(program: Program): Promise<never> {
	const usage = `\nUsage: npm run ${program.name} -- [${Object.keys(program.benches).join('|')} …] ${USAGE}`;
	let asked: ReturnType<typeof readArguments>;
	try {
		asked = readArguments(program);
	} catch (error) {
		return fail(error, usage);
	}
	const sound = await run(program, asked).catch(fail);
	process.exit(sound ? 0 : 1);
}
