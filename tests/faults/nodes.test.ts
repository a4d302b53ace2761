import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Client } from '../support/client.ts';
import { type Cluster, type ClusterNode, startCluster } from '../support/cluster.ts';
import { skipWithoutPostgresql } from '../support/databases.ts';
import { follow, send, take, takeUntil } from '../support/live.ts';
import { createNamespace, skipWithoutNamespaces } from '../support/network-namespace.ts';
import { personFor } from '../support/process.ts';
import { startProxy } from '../support/proxy.ts';
import { type RedisServer, skipWithoutRedisProgram, startRedis } from '../support/redis-server.ts';
import { attempt, createFor, readHistory } from './senders.ts';
import { type Crew, type Storm, startStorm } from './storm.ts';

/** How long each fault lasts, or goes on; a minute and more where there is time. */
const FAULT_MS = 1_000 * Number(process.env['FAULT_SECONDS'] ?? 3);
const PATIENCE_MS = 60_000 + 3 * FAULT_MS;
const SENDERS = 20;
/** Each follows two conversations, and so does an agent. */
const WATCHERS = 24;
const BEAT_MS = 1_000;
/** The slow beat, which is jittered, on a machine that has other things to do. */
const LATE_MS = 1.25 * BEAT_MS + 4_000;
const HOUR_MS = 3_600_000;

const CLOCK = `--import=${new URL('../support/shifted-clock.ts', import.meta.url).href}`;

const suite = 'three nodes under faults';
const isMissing = [skipWithoutPostgresql(suite), skipWithoutRedisProgram(suite)].includes(true);

describe.skipIf(isMissing)(
	'three nodes under a storm of senders, and of followers who go from one to another',
	() => {
		let redis: RedisServer;
		let cluster: Cluster;
		let crew: Crew;

		beforeAll(async () => {
			redis = await startRedis();
			cluster = await startCluster(3, {
				REDIS_URL: redis.url,
				REDIS_TIMEOUT_MS: '500',
				REDIS_CHECK_INTERVAL_MS: '500',
				FEED_CHECK_INTERVAL_MS: String(BEAT_MS),
			});
			const people = (count: number, name: string) =>
				Promise.all(Array.from({ length: count }, (_, index) => personFor(`${name} ${index}`)));
			crew = {
				agent: await personFor('agent', 'AGENT'),
				watchers: await people(WATCHERS, 'watcher'),
				senders: await people(SENDERS, 'sender'),
			};
		});
		afterEach(() => redis.thaw());
		afterAll(async () => {
			await cluster.remove();
			await redis.remove();
		});

		async function begin(sendTo = cluster.anyUrl): Promise<Storm> {
			const staysMs = () => 300 + 3_000 * Math.random();
			const options = { pauseMs: 200, patienceMs: 2_000, sendTo, staysMs };
			const storm = await startStorm(cluster.anyUrl, crew, options);
			await storm.acknowledgements(2 * SENDERS);
			return storm;
		}

		/** What is sent to one node shows the others nothing by itself. */
		const firstUrl = () => (cluster.nodes[0] as ClusterNode).process.url;

		/** All is as it should be, and nothing came later than the slow beat brings it. */
		async function end(storm: Storm): Promise<void> {
			await storm.acknowledgements(2 * SENDERS);
			const lateness = await storm.end();
			console.info(
				`${expect.getState().currentTestName}: ${storm.acknowledged} messages, ms late:`,
				lateness,
			);
			expect(lateness.max).toBeLessThan(LATE_MS);
		}

		/** Again and again for as long as a fault lasts, with sends in between. */
		async function repeatedly(storm: Storm, fault: (round: number) => Promise<unknown>): Promise<void> {
			const deadline = performance.now() + FAULT_MS;
			for (let round = 0; performance.now() < deadline; round++) {
				await fault(round);
				await storm.acknowledgements(SENDERS / 2);
			}
		}

		/** Every node says that wake-ups reach the others, or that they do not. */
		async function busIs(status: 'ok' | 'degraded'): Promise<void> {
			for (const { process } of cluster.nodes)
				await vi.waitFor(async () => {
					const { parts } = await (await fetch(`${process.url}/health`)).json();
					expect(parts).toContainEqual(expect.objectContaining({ name: 'bus', status }));
				}, 20_000);
		}

		/** What one node stores reaches those who follow at another, who learn of it by nothing else. */
		async function isCarriedOver(): Promise<void> {
			const [here, there] = cluster.nodes.map(({ process }) => new Client(process.url, crew.agent));
			if (here === undefined || there === undefined) throw new Error('It takes two nodes.');
			const id = await createFor(here, []);
			const events = follow(there, id, { after: 0 });
			await take(events, 1);
			for (const body of ['one', 'two', 'three']) {
				await send(here, id, body);
				await takeUntil(events, body);
			}
			await there.close();
		}

		test(
			'nodes that are killed, one after the other',
			async () => {
				const storm = await begin();
				await repeatedly(storm, (round) => (cluster.nodes[round % 3] as ClusterNode).crash());
				expect(storm.refused).toBeGreaterThan(0);
				await end(storm);
			},
			PATIENCE_MS,
		);

		test(
			'a Redis that is frozen: sends go on, and events come at the slow beat',
			async () => {
				const storm = await begin(firstUrl);
				await busIs('ok');
				const before = storm.acknowledged;
				const frozenAt = performance.now();
				redis.freeze();
				await busIs('degraded');
				const noticedMs = performance.now() - frozenAt;
				await isCarriedOver();
				await delay(frozenAt + FAULT_MS - performance.now());
				const meanwhile = storm.acknowledged - before;
				const seconds = (performance.now() - frozenAt) / 1_000;
				redis.thaw();
				console.info(
					`Redis frozen for ${seconds.toFixed(1)} s, noticed after ${Math.round(noticedMs)} ms: ${meanwhile} messages acknowledged`,
				);
				expect(meanwhile).toBeGreaterThan(SENDERS);
				expect(storm.refused).toBe(0);
				await busIs('ok');
				await end(storm);
			},
			PATIENCE_MS,
		);

		test(
			'subscribed connections that Redis kills again and again',
			async () => {
				const storm = await begin();
				await repeatedly(storm, () => redis.killClients('pubsub'));
				await end(storm);
				await busIs('ok');
			},
			PATIENCE_MS,
		);

		test(
			'a Redis that is killed, and comes back empty',
			async () => {
				const storm = await begin(firstUrl);
				await redis.stop();
				const before = storm.acknowledged;
				await storm.acknowledgements(2 * SENDERS);
				await busIs('degraded');
				expect(storm.acknowledged).toBeGreaterThan(before);
				await redis.start();
				await busIs('ok');
				await end(storm);
			},
			PATIENCE_MS,
		);

		test.skipIf(skipWithoutNamespaces('a node that the network cuts off'))(
			'a node that the network cuts off from everything, and that comes back',
			async () => {
				const network = await createNamespace();
				const { hostname, port } = new URL(cluster.databaseUrl);
				expect(hostname).toBe('127.0.0.1');
				const database = await startProxy(Number(port || 5432), network.outside);
				const wakeUps = await startProxy(redis.port, network.outside);
				const url = new URL(cluster.databaseUrl);
				url.host = `${network.outside}:${database.port}`;
				const node = await cluster.add({
					wrapper: network.wrapper,
					env: {
						HOST: network.inside,
						DATABASE_URL: url.href,
						REDIS_URL: `redis://${network.outside}:${wakeUps.port}`,
					},
				});
				try {
					const storm = await begin();
					await network.cut();
					await storm.refusals(5);
					await delay(FAULT_MS);
					await network.heal();
					await vi.waitFor(async () => {
						expect((await fetch(`${node.process.url}/health/ready`)).status).toBe(200);
					}, 30_000);
					await end(storm);
				} finally {
					await cluster.drop(node);
					await Promise.all([database.close(), wakeUps.close()]);
					await network.remove();
				}
			},
			PATIENCE_MS,
		);

		test(
			'clocks that are hours apart',
			async () => {
				const shifts = [5 * HOUR_MS, -7 * HOUR_MS];
				const shifted = await Promise.all(
					shifts.map((shift) => cluster.add({ env: { NODE_OPTIONS: CLOCK, CLOCK_SHIFT_MS: String(shift) } })),
				);
				const storm = await begin();
				await delay(FAULT_MS);
				await end(storm);

				const nodes = [cluster.nodes[0] as ClusterNode, ...shifted];
				const sender = await personFor('late sender');
				const conversationId = await createFor(new Client(cluster.anyUrl(), crew.agent), [sender]);
				for (const [index, { process }] of nodes.entries()) {
					const input = { conversationId, body: `${index}`, clientMessageId: `${index}` };
					expect(await attempt(process.url, sender, input)).toMatchObject({ kind: 'acknowledged' });
				}
				const { messages } = await readHistory(new Client(cluster.anyUrl(), crew.agent), conversationId);
				expect(messages.map(({ body }) => body)).toEqual(['0', '1', '2']);
				const [real = 0, ahead = 0, behind = 0] = messages.map(({ createdAt }) => Date.parse(createdAt));
				expect(ahead - real).toBeGreaterThan(4 * HOUR_MS);
				expect(real - behind).toBeGreaterThan(6 * HOUR_MS);
			},
			PATIENCE_MS,
		);
	},
);
