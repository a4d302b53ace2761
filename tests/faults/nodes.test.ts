import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Client } from '../support/client.ts';
import type { ClusterNode } from '../support/cluster.ts';
import { skipWithoutPostgresql } from '../support/databases.ts';
import { createNamespace, skipWithoutNamespaces } from '../support/network-namespace.ts';
import { personFor } from '../support/process.ts';
import { startProxy } from '../support/proxy.ts';
import { type RedisServer, skipWithoutRedisProgram, startRedis } from '../support/redis-server.ts';
import { FAULT_MS, type Nodes, PATIENCE_MS, repeatedly, SENDERS, startNodes } from './nodes.ts';
import { attempt, createFor, readHistory } from './senders.ts';

const HOUR_MS = 3_600_000;
const CLOCK = `--import=${new URL('../support/shifted-clock.ts', import.meta.url).href}`;

const suite = 'three nodes under faults';
const isMissing = [skipWithoutPostgresql(suite), skipWithoutRedisProgram(suite)].includes(true);

describe.skipIf(isMissing)('no hole and no double for those who go from node to node, through', () => {
	let redis: RedisServer;
	let nodes: Nodes;

	beforeAll(async () => {
		redis = await startRedis();
		nodes = await startNodes(3, redis.url);
	});
	afterEach(() => redis.thaw());
	afterAll(async () => {
		await nodes.remove();
		await redis.remove();
	});

	const throughFault = (name: string, play: () => Promise<void>) => test(name, play, PATIENCE_MS);

	throughFault('nodes that are killed, one after the other', async () => {
		const storm = await nodes.begin();
		await repeatedly(storm, (round) => (nodes.cluster.nodes[round % 3] as ClusterNode).crash());
		expect(storm.refused).toBeGreaterThan(0);
		await nodes.end(storm);
	});

	throughFault('a Redis that is frozen: sends go on, and events come at the slow beat', async () => {
		await nodes.busIs('ok');
		const storm = await nodes.begin(nodes.firstUrl);
		const before = storm.acknowledged;
		const frozenAt = performance.now();
		redis.freeze();
		await nodes.busIs('degraded');
		const noticedMs = performance.now() - frozenAt;
		await nodes.isCarriedOver();
		await delay(frozenAt + FAULT_MS - performance.now());
		const meanwhile = storm.acknowledged - before;
		const seconds = (performance.now() - frozenAt) / 1_000;
		redis.thaw();
		console.info(
			`Redis frozen for ${seconds.toFixed(1)} s, noticed after ${Math.round(noticedMs)} ms: ${meanwhile} messages acknowledged`,
		);
		expect(meanwhile).toBeGreaterThan(SENDERS);
		expect(storm.refused).toBe(0);
		await nodes.busIs('ok');
		await nodes.end(storm);
	});

	throughFault('subscribed connections that Redis kills again and again', async () => {
		const storm = await nodes.begin();
		await repeatedly(storm, () => redis.killClients('pubsub'));
		await nodes.end(storm);
		await nodes.busIs('ok');
	});

	throughFault('a Redis that is killed, and comes back empty', async () => {
		const storm = await nodes.begin(nodes.firstUrl);
		await redis.stop();
		await nodes.busIs('degraded');
		await nodes.isCarriedOver();
		await storm.acknowledgements(2 * SENDERS);
		expect(storm.refused).toBe(0);
		await redis.start();
		await nodes.busIs('ok');
		await nodes.end(storm);
	});

	describe.skipIf(skipWithoutNamespaces('a node that the network cuts off'))('a network', () => {
		throughFault('that cuts a node off from everything, and lets it come back', async () => {
			const { cluster } = nodes;
			const network = await createNamespace();
			const url = new URL(cluster.databaseUrl);
			expect(url.hostname, 'where the proxy goes').toBe('127.0.0.1');
			const database = await startProxy(Number(url.port || 5432), network.outside);
			const wakeUps = await startProxy(redis.port, network.outside);
			url.host = `${network.outside}:${database.port}`;
			const env = {
				HOST: network.inside,
				DATABASE_URL: url.href,
				REDIS_URL: `redis://${network.outside}:${wakeUps.port}`,
			};
			const node = await cluster.add({ wrapper: network.wrapper, env });
			try {
				const storm = await nodes.begin();
				await network.cut();
				await storm.refusals(5);
				await delay(FAULT_MS);
				await network.heal();
				await vi.waitFor(async () => {
					expect((await fetch(`${node.process.url}/health/ready`)).status).toBe(200);
				}, 60_000);
				await nodes.end(storm);
			} finally {
				await cluster.drop(node);
				await Promise.all([database.close(), wakeUps.close()]);
				await network.remove();
			}
		});
	});

	throughFault('clocks that are hours apart', async () => {
		const { cluster, crew } = nodes;
		const shifts = [5 * HOUR_MS, -7 * HOUR_MS];
		const shifted = await Promise.all(
			shifts.map((shift) => cluster.add({ env: { NODE_OPTIONS: CLOCK, CLOCK_SHIFT_MS: String(shift) } })),
		);
		const storm = await nodes.begin();
		await nodes.end(storm);

		const sender = await personFor('late sender');
		const reader = new Client(nodes.firstUrl(), crew.agent);
		const conversationId = await createFor(reader, [sender]);
		for (const [index, { process }] of [cluster.nodes[0] as ClusterNode, ...shifted].entries()) {
			const input = { conversationId, body: `${index}`, clientMessageId: `${index}` };
			expect(await attempt(process.url, sender, input)).toMatchObject({ kind: 'acknowledged' });
		}
		const { messages } = await readHistory(reader, conversationId);
		expect(messages.map(({ body }) => body)).toEqual(['0', '1', '2']);
		const [real = 0, ahead = 0, behind = 0] = messages.map(({ createdAt }) => Date.parse(createdAt));
		expect(ahead - real).toBeGreaterThan(4 * HOUR_MS);
		expect(real - behind).toBeGreaterThan(6 * HOUR_MS);
	});
});
