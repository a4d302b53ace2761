import { machineSeconds } from './cpu.ts';
import type { Databases } from './databases.ts';
import type { Generator } from './generator.ts';
import type { Report, Series } from './report.ts';
import type { RequestsResult } from './requests.ts';
import { type RunningServer, startServer } from './server.ts';
import type { Variant } from './variants.ts';

/** What every benchmark is given. */
export interface Run {
	readonly generator: Generator;
	/** Of what the servers say on stderr, and of databases that are files; on a real disk. */
	readonly directory: string;
	readonly databases: Databases;
	/** Fewer and shorter rounds: shows that everything works, not how fast it is. */
	readonly quick: boolean;
	readonly rounds: number;
	/** Of one measurement. */
	readonly seconds: number;
	/** Leaves the product out, to look at the peers alone. */
	readonly peersOnly: boolean;
	/** Says on stderr how far the run is. */
	progress(text: string): void;
}

export type Bench = (run: Run) => Promise<Report>;

/** A measurement of one server, with what the machine did meanwhile; CPU in percent of one core. */
export interface Measured extends RequestsResult {
	readonly serverCpu: number;
	/** Answers for each second of CPU that the server got: what stays comparable on a machine that others use too. */
	readonly perCpuSecond: number;
	/** Taken by programs that are no part of the measurement. */
	readonly othersCpu: number;
}

/** Requests against one server, its CPU use and that of the rest of the machine beside them. */
export async function measure(server: RunningServer, load: () => Promise<RequestsResult>): Promise<Measured> {
	const [serverBefore, machineBefore] = [server.cpu() ?? Number.NaN, machineSeconds()];
	const result = await load();
	const serverSeconds = (server.cpu() ?? Number.NaN) - serverBefore;
	const serverCpu = (serverSeconds / result.seconds) * 100;
	const machineCpu = ((machineSeconds() - machineBefore) / result.seconds) * 100;
	return {
		...result,
		serverCpu,
		perCpuSecond: result.succeeded / serverSeconds,
		othersCpu: Math.max(0, machineCpu - serverCpu - result.loadCpu),
	};
}

/** The rows that every measurement of requests has in a table beside its own. */
export function costSeries(variant: string, rounds: readonly Measured[]): Series[] {
	const series = (metric: string, unit: string, figure: (round: Measured) => number): Series => ({
		variant,
		metric,
		unit,
		figures: rounds.map(figure),
	});
	return [
		series("answers for a second of the server's CPU", '', ({ perCpuSecond }) => perCpuSecond),
		series("server's CPU", '%', ({ serverCpu }) => serverCpu),
		series("load's CPU", '%', ({ loadCpu }) => loadCpu),
		series("others' CPU", '%', ({ othersCpu }) => othersCpu),
	];
}

/** Starts the servers one by one, gives them to `use`, and stops them whatever happens. */
export async function withServers<Result>(
	run: Run,
	variants: readonly Variant[],
	use: (servers: readonly RunningServer[]) => Promise<Result>,
): Promise<Result> {
	const servers: RunningServer[] = [];
	try {
		for (const variant of variants) servers.push(await startServer(variant, run));
		return await use(servers);
	} finally {
		await Promise.all(servers.map((server) => server.stop()));
	}
}

/**
 * A B C A B C …: the rounds of all servers, interleaved, so that what else happens on the machine meets all of them.
 * The first round only warms up and is not given.
 */
export async function interleave<Subject, Result>(
	rounds: number,
	subjects: readonly Subject[],
	round: (subject: Subject, round: number) => Promise<Result>,
): Promise<Map<Subject, Result[]>> {
	const results = new Map<Subject, Result[]>(subjects.map((subject) => [subject, []]));
	for (let number = 0; number <= rounds; number += 1) {
		for (const subject of subjects) {
			const result = await round(subject, number);
			if (number > 0) results.get(subject)?.push(result);
		}
	}
	return results;
}
