import { createConversation } from '../support/api.ts';
import { machineSeconds } from '../support/cpu.ts';
import type { Delivered, FollowTask, TrafficTask } from '../support/followers.ts';
import type { Goal, Series } from '../support/report.ts';
import type { Run } from '../support/run.ts';
import type { RunningServer } from '../support/server.ts';
import { signTokens } from '../support/users.ts';

/** Distinct users among the followers: with more followers than that, some have several devices. */
const MAX_USERS = 1000;

/** What is measured: one conversation of one server, or of several nodes over one database. */
export interface Subject {
	readonly name: string;
	readonly servers: readonly RunningServer[];
	readonly conversationId: string;
	/** Of its creator, who sends. */
	readonly token: string;
}

export async function prepareSubject(name: string, servers: readonly RunningServer[]): Promise<Subject> {
	const [token = ''] = await signTokens('sender', 1);
	const url = servers[0]?.url ?? '';
	return { name, servers, token, conversationId: await createConversation({ url, token }, 'Followed') };
}

function target({ name, servers, token, conversationId }: Subject) {
	return { group: name, urls: servers.map(({ url }) => url), token, conversationId };
}

/** The followers are agents, who see every conversation without joining it. */
export async function followSubject(
	{ generator }: Run,
	subject: Subject,
	followers: number,
	{ distinctDocuments, resume }: Pick<FollowTask, 'distinctDocuments' | 'resume'> = {},
): Promise<void> {
	const tokens = await signTokens('follower', Math.min(followers, MAX_USERS), 'agent');
	const protocol = subject.servers[0]?.variant.protocol ?? 'graphql-transport-ws';
	await generator.follow({
		...target(subject),
		protocol,
		followers,
		tokens,
		...(distinctDocuments && { distinctDocuments }),
		...(resume && { resume }),
	});
}

export function unfollowSubject({ generator }: Run, { name }: Subject): Promise<void> {
	return generator.unfollow({ group: name });
}

/** Traffic, with what it cost; CPU in percent of one core. */
export interface Fanout extends Delivered {
	/** Deliveries a second. */
	readonly perSecond: number;
	/** Deliveries for each second of CPU that the servers got, all nodes together. */
	readonly perCpuSecond: number;
	readonly serverCpu: number;
	readonly othersCpu: number;
}

export async function measureFanout(
	{ generator, progress }: Run,
	subject: Subject,
	load: Omit<TrafficTask, 'kind' | keyof ReturnType<typeof target>>,
): Promise<Fanout> {
	const cpu = () => subject.servers.reduce((sum, server) => sum + (server.cpu() ?? Number.NaN), 0);
	const [serverBefore, machineBefore] = [cpu(), machineSeconds()];
	const delivered = await generator.traffic({ ...target(subject), ...load });
	const { events, followers, seconds, loadCpu } = delivered;
	const serverSeconds = cpu() - serverBefore;
	const serverCpu = (serverSeconds / seconds) * 100;
	const machineCpu = ((machineSeconds() - machineBefore) / seconds) * 100;
	const [perSecond, perCpuSecond] = [(events * followers) / seconds, (events * followers) / serverSeconds];
	progress(`${load.tag} ${subject.name}: ${perSecond.toFixed(0)}/s, ${perCpuSecond.toFixed(0)} a CPU second`);
	return {
		...delivered,
		perSecond,
		perCpuSecond,
		serverCpu,
		othersCpu: Math.max(0, machineCpu - serverCpu - loadCpu),
	};
}

export const DELIVERIES = 'deliveries';
export const PER_CPU_SECOND = 'deliveries a CPU second';
export const P50 = 'commit to receipt, median';
export const P99 = 'commit to receipt, p99';

/** The rows of a table; `load` says of which traffic. */
export function fanoutSeries(
	load: string,
	results: ReadonlyMap<Pick<Subject, 'name'>, readonly Fanout[]>,
): Series[] {
	const metrics: readonly [string, string, (round: Fanout) => number][] = [
		[DELIVERIES, '/s', ({ perSecond }) => perSecond],
		[PER_CPU_SECOND, '', ({ perCpuSecond }) => perCpuSecond],
		[P50, 'ms', ({ p50 }) => p50],
		[P99, 'ms', ({ p99 }) => p99],
		["server's CPU", '%', ({ serverCpu }) => serverCpu],
		["load's CPU", '%', ({ loadCpu }) => loadCpu],
		["others' CPU", '%', ({ othersCpu }) => othersCpu],
	];
	return metrics.flatMap(([metric, unit, figure]) =>
		[...results].map(([{ name: variant }, rounds]) => ({
			load,
			variant,
			metric,
			unit,
			figures: rounds.map(figure),
		})),
	);
}

/** The same goal for both: a rate is what counts, unless the load or the disk was its limit. */
export function deliveryGoals(load: string, of: string, to: string, atLeast: number): Goal[] {
	return [DELIVERIES, PER_CPU_SECOND].map((metric) => ({ load, metric, of, to, atLeast }));
}
