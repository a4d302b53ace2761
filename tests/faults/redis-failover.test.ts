import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RedisBus } from '../../src/bus/redis.ts';
import { Heard, head, openRedisBus } from '../support/bus.ts';
import { eventually } from '../support/live.ts';
import {
	countSubscribers,
	type RedisServer,
	skipWithoutRedisProgram,
	startRedis,
} from '../support/redis-server.ts';
import { GROUP, type RedisTopology, startCluster, startSentinel } from '../support/redis-topologies.ts';

const ENV = { REDIS_TIMEOUT_MS: '300', REDIS_CHECK_INTERVAL_MS: '100' };

/** It ends its connections when it becomes one. */
async function isMaster(server: RedisServer): Promise<boolean> {
	const role = await server.run('role').catch(() => 'unknown');
	return String(role).startsWith('master');
}

describe.skipIf(skipWithoutRedisProgram('failovers of Redis'))('the bus', () => {
	let redis: RedisTopology | undefined;
	let buses: RedisBus[] = [];

	afterEach(async () => {
		await Promise.all(buses.map((bus) => bus.close()));
		await redis?.remove();
	});

	/** Two nodes, the second of which listens. */
	async function open({ url }: RedisTopology): Promise<Heard> {
		const node = { url, database: randomUUID(), env: ENV };
		buses = await Promise.all([openRedisBus(node), openRedisBus(node)]);
		const heard = new Heard();
		await buses[1]?.subscribe('a', heard.handler);
		return heard;
	}

	/** From the first node to the second: what is lost meanwhile is not sent again, so another one is sent. */
	async function delivers(heard: Heard, sequence: number): Promise<void> {
		await eventually(() => {
			buses[0]?.publish('a', head(sequence));
			return heard.sequences.includes(sequence);
		}, true);
		for (const bus of buses) await eventually(() => bus.state, 'connected');
	}

	it('goes on with the replica when the master is frozen', async () => {
		redis = await startSentinel();
		const [master, replica] = redis.servers as [RedisServer, RedisServer];
		const heard = await open(redis);
		await delivers(heard, 1);
		master.freeze();
		await eventually(() => isMaster(replica), true);
		await delivers(heard, 2);
	});

	it('hears of failovers again from a sentinel that was away, or refused to tell', async () => {
		const print = vi.spyOn(console, 'error');
		onTestFinished(() => print.mockRestore());
		const master = await startRedis();
		const monitor = { [`sentinel monitor ${GROUP} 127.0.0.1`]: `${master.port} 1` };
		const sentinel = await startRedis(monitor, 'sentinel');
		const servers = [master, sentinel];
		const url = `redis+sentinel://127.0.0.1:${sentinel.port}/${GROUP}`;
		redis = {
			url,
			servers,
			remove: async () => void (await Promise.all(servers.map((one) => one.remove()))),
		};
		await open(redis);
		const listeners = () => countSubscribers(sentinel);
		// Two connections of two nodes.
		await eventually(listeners, 4);
		await sentinel.stop();
		await sentinel.start();
		await eventually(listeners, 4);
		await sentinel.run('acl', 'setuser', 'default', '-subscribe');
		await sentinel.killClients('pubsub');
		await eventually(async () => String(await sentinel.run('acl', 'log')).includes('subscribe'), true);
		await sentinel.run('acl', 'setuser', 'default', '+subscribe');
		await sentinel.killClients('normal');
		await eventually(listeners, 4);
		expect(print).not.toHaveBeenCalled();
	});

	it('goes on by the other nodes of a cluster when one is down', async () => {
		redis = await startCluster();
		const heard = await open(redis);
		await delivers(heard, 1);
		for (const [index, server] of redis.servers.entries()) {
			await server.stop();
			await delivers(heard, 2 * index + 2);
			await server.start();
			await delivers(heard, 2 * index + 3);
		}
		expect(heard.sequences).toEqual(heard.sequences.toSorted((a, b) => a - b));
	});
});
