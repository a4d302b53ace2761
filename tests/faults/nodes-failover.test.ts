import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipWithoutPostgresql } from '../support/databases.ts';
import { eventually } from '../support/live.ts';
import { type RedisServer, skipWithoutRedisProgram } from '../support/redis-server.ts';
import { GROUP, type RedisTopology, startSentinel } from '../support/redis-topologies.ts';
import { type Nodes, PATIENCE_MS, repeatedly, startNodes } from './nodes.ts';

const suite = 'two nodes under failovers of Redis';
const isMissing = [skipWithoutPostgresql(suite), skipWithoutRedisProgram(suite)].includes(true);

describe.skipIf(isMissing)('no hole and no double for those who go from node to node, through', () => {
	let redis: RedisTopology;
	let nodes: Nodes;

	beforeAll(async () => {
		redis = await startSentinel();
		nodes = await startNodes(2, redis.url);
	});
	afterAll(async () => {
		await nodes.remove();
		await redis.remove();
	});

	test(
		'a Redis whose replica takes over, and gives back',
		async () => {
			const [master, replica, sentinel] = redis.servers as [RedisServer, RedisServer, RedisServer];
			await nodes.busIs('ok');
			const storm = await nodes.begin();
			const failovers = await repeatedly(storm, async (round) => {
				const next = round % 2 === 0 ? replica : master;
				// It refuses while the one before is not over.
				await eventually(
					() => sentinel.run('sentinel', 'failover', GROUP).catch((error: Error) => error.message),
					'OK',
				);
				await eventually(
					async () => String(await next.run('role').catch(() => '')).startsWith('master'),
					true,
				);
				await nodes.isCarriedOver();
			});
			expect(failovers).toBeGreaterThan(0);
			await nodes.busIs('ok');
			await nodes.end(storm);
		},
		PATIENCE_MS,
	);
});
