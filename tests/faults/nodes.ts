import { expect, vi } from 'vitest';
import { Client } from '../support/client.ts';
import { type Cluster, type ClusterNode, startCluster } from '../support/cluster.ts';
import { follow, send, take, takeUntil } from '../support/live.ts';
import { personFor } from '../support/process.ts';
import { createFor } from './senders.ts';
import { type Crew, type Storm, startStorm } from './storm.ts';

/** How long each fault lasts, or goes on; a minute and more where there is time. */
export const FAULT_MS: number = 1_000 * Number(process.env['FAULT_SECONDS'] ?? 2);
/** For a test of one fault. */
export const PATIENCE_MS: number = 180_000 + 3 * FAULT_MS;
export const SENDERS = 20;
/** Each follows two conversations, and so does an agent. */
const WATCHERS = 24;
const BEAT_MS = 500;
/** The slow beat, which is jittered, on a machine that has much else to do. */
const LATE_MS = 1.25 * BEAT_MS + 10_000;

/** Nodes on one database and one Redis, and the people who use them. */
export interface Nodes {
	readonly cluster: Cluster;
	readonly crew: Crew;
	/** The first node's. What is sent to one node shows the others nothing by itself. */
	readonly firstUrl: () => string;
	/** A storm that is under way; its followers go from one node to another. */
	begin(sendTo?: () => string): Promise<Storm>;
	/** All is as it should be, and nothing came later than the slow beat brings it. */
	end(storm: Storm): Promise<void>;
	/** Every node says that wake-ups reach the others, or that they do not. */
	busIs(status: 'ok' | 'degraded'): Promise<void>;
	/** What one node stores reaches those who follow at another, who learn of it by nothing else. */
	isCarriedOver(): Promise<void>;
	remove(): Promise<void>;
}

export async function startNodes(size: number, redisUrl: string): Promise<Nodes> {
	const cluster = await startCluster(size, {
		REDIS_URL: redisUrl,
		REDIS_TIMEOUT_MS: '500',
		REDIS_CHECK_INTERVAL_MS: '500',
		FEED_CHECK_INTERVAL_MS: String(BEAT_MS),
	});
	const people = (count: number, name: string) =>
		Promise.all(Array.from({ length: count }, (_, index) => personFor(`${name} ${index}`)));
	const crew = {
		agent: await personFor('agent', 'AGENT'),
		watchers: await people(WATCHERS, 'watcher'),
		senders: await people(SENDERS, 'sender'),
	};
	return {
		cluster,
		crew,
		firstUrl: () => (cluster.nodes[0] as ClusterNode).process.url,
		begin: async (sendTo) => {
			const staysMs = () => 300 + 3_000 * Math.random();
			// Only where there is another one to ask: a machine that is busy lets a send take long.
			const asked = sendTo === undefined ? { patienceMs: 2_000 } : { sendTo };
			const options = { pauseMs: 200, staysMs, ...asked };
			const storm = await startStorm(cluster.anyUrl, crew, options);
			await storm.acknowledgements(2 * SENDERS);
			return storm;
		},
		end: async (storm) => {
			await storm.acknowledgements(2 * SENDERS);
			const lateness = await storm.end();
			const name = expect.getState().currentTestName?.split(' > ').at(-1);
			console.info(`${name}: ${storm.acknowledged} messages, ms late:`, lateness);
			expect(lateness.max).toBeLessThan(LATE_MS);
		},
		busIs: async (status) => {
			for (const { process } of cluster.nodes)
				await vi.waitFor(async () => {
					const { parts } = await (await fetch(`${process.url}/health`)).json();
					expect(parts).toContainEqual(expect.objectContaining({ name: 'bus', status }));
				}, 60_000);
		},
		isCarriedOver: async () => {
			const [here, there] = cluster.nodes.map(({ process }) => new Client(process.url, crew.agent));
			if (here === undefined || there === undefined) throw new Error('It takes two nodes.');
			const id = await createFor(here, []);
			const events = follow(there, id, { after: 0 });
			await take(events, 1);
			for (const body of ['one', 'two']) {
				await send(here, id, body);
				await takeUntil(events, body);
			}
			await there.close();
		},
		remove: () => cluster.remove(),
	};
}

/** Again and again for as long as a fault lasts, with sends in between. Answers how often. */
export async function repeatedly(storm: Storm, fault: (round: number) => Promise<unknown>): Promise<number> {
	const deadline = performance.now() + FAULT_MS;
	let round = 0;
	for (; performance.now() < deadline; round++) {
		await fault(round);
		await storm.acknowledgements(SENDERS / 2);
	}
	return round;
}
