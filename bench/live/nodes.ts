import { createDatabases } from '../support/databases.ts';
import type { Goal, Series } from '../support/report.ts';
import type { Bench } from '../support/run.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { product, type Variant } from '../support/variants.ts';
import { BACKLOG, type Load, measureCrowd, nameOf } from './crowd.ts';
import { PER_CPU_SECOND, prepareSubject, type Subject } from './subject.ts';

const FOLLOWERS = 1000;
/** Each event stands alone, so that the writes are the same ones whoever makes them. */
export const STEADY: Load = { name: '40 events a second', senders: 1, atOnce: 1, perSecond: 40 };
const REDIS_URL = process.env['TEST_REDIS_URL'] || 'redis://127.0.0.1:6379';
const COST = 'CPU a delivery';

const inProcess: Variant = { ...product, name: 'one node' };
const throughRedis: Variant = { ...product, name: 'one node, Redis', env: { ...product.env, REDIS_URL } };
const twoNodes: Variant = { ...throughRedis, name: 'two nodes, Redis' };

/** What Redis between the nodes adds, and what a second node does: all on PostgreSQL, all nodes on one core. */
export const benchNodes: Bench = async (run) => {
	const databases = createDatabases('postgresql', run.directory);
	const servers: RunningServer[] = [];
	const start = async (variant: Variant, nodes: number): Promise<Subject> => {
		const started: RunningServer[] = [];
		for (let node = 0; node < nodes; node += 1) {
			const server = await startServer(variant, { ...run, databases });
			servers.push(server);
			started.push(server);
		}
		return prepareSubject(variant.name, started);
	};
	try {
		const subjects = [await start(inProcess, 1), await start(throughRedis, 1), await start(twoNodes, 2)];
		const crowd = { followers: FOLLOWERS, loads: [STEADY, BACKLOG], rounds: 3, seconds: 3 };
		const series = await measureCrowd(run, subjects, crowd);
		return {
			bench: 'live-nodes',
			setting:
				`${FOLLOWERS} followers of one conversation on PostgreSQL; the two nodes have half of them each and share one ` +
				'core, and are sent to in turn. What Redis and PostgreSQL take is in the CPU of others.',
			series: [...series, ...costSeries(series)],
			goals: costGoals(nameOf(FOLLOWERS, STEADY)),
			warnings: [],
		};
	} finally {
		await Promise.all(servers.map((server) => server.stop()));
		await databases.dropAll();
	}
};

/** Of all nodes together, microseconds. */
function costSeries(series: readonly Series[]): Series[] {
	return series
		.filter(({ metric }) => metric === PER_CPU_SECOND)
		.map((one) => ({ ...one, metric: COST, unit: 'µs', figures: one.figures.map((rate) => 1e6 / rate) }));
}

function costGoals(load: string): Goal[] {
	const goal = (of: Variant, to: Variant, atMost: number): Goal => ({
		load,
		metric: COST,
		of: of.name,
		to: to.name,
		atMost,
	});
	return [goal(throughRedis, inProcess, 1.1), goal(twoNodes, throughRedis, 1.15)];
}
