import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedisConnections, type RedisConnections } from '../../src/bus/redis-connections.ts';
import { RedisRoster } from '../../src/bus/redis-roster.ts';
import type { RosterListeners, Sighting } from '../../src/live/roster.ts';
import { redisConfigOf, TEST_PREFIX } from '../support/bus.ts';
import { userOf } from '../support/events.ts';
import { eventually } from '../support/live.ts';
import { skipWithoutRedisProgram, startRedis } from '../support/redis-server.ts';
import { type RedisTopology, startCluster } from '../support/redis-topologies.ts';

const TTL_MS = 900;
const BRIEF = { PRESENCE_TTL_MS: String(TTL_MS) };
/** For one that is frozen. */
const HASTY = { ...BRIEF, REDIS_TIMEOUT_MS: '200' };
/** For what nobody may renew meanwhile, however busy the machine is. */
const LASTING = { PRESENCE_TTL_MS: '60000' };

/** A node with users, which writes them down as the service does. */
class Node {
	readonly users = new Map<string, Sighting>();
	readonly connections: RedisConnections;
	readonly roster: RedisRoster;
	comparisons = 0;
	forgotten = 0;

	constructor(
		url: string,
		scope: { readonly database: string; readonly epoch: () => string },
		env: Readonly<Record<string, string>> = BRIEF,
	) {
		const config = redisConfigOf(url, env);
		this.connections = createRedisConnections(config);
		this.roster = new RedisRoster(config, this.connections.keys, scope, randomUUID());
		const listeners: RosterListeners = {
			rewrite: async () => {
				for (const sighting of this.users.values()) this.roster.write('a', sighting);
			},
			compare: () => void this.comparisons++,
			forget: () => void this.forgotten++,
		};
		this.roster.listen(listeners);
	}

	async open(): Promise<this> {
		for (const client of [this.connections.publisher, this.connections.subscriber])
			client.on('error', () => undefined);
		await this.connections.open();
		if (this.connections.keys.status === 'wait') await this.connections.keys.connect();
		await this.roster.open();
		return this;
	}

	put(
		name: string,
		state: { readonly online?: boolean; readonly typing?: number } = { online: true },
	): Sighting {
		const { online = false, typing = 0 } = state;
		const sighting = { node: this.roster.node, user: userOf(name), online, typing };
		if (online || typing > 0) this.users.set(name, sighting);
		else this.users.delete(name);
		this.roster.write('a', sighting);
		return sighting;
	}

	/** The names of those whom it reads. */
	async reads(): Promise<string> {
		const sightings = await this.roster.read('a');
		return sightings
			.map(({ user }) => user.name)
			.sort()
			.join(' ');
	}

	/** As a process that is killed. */
	die(): void {
		this.roster.close = async () => {};
		this.connections.keys.disconnect();
	}

	async close(): Promise<void> {
		await this.roster.close();
		this.connections.keys.disconnect();
		this.connections.close();
	}
}

describe.skipIf(skipWithoutRedisProgram('the roster')).each([
	{ name: 'in Redis', isCluster: false },
	{ name: 'in a Redis Cluster', isCluster: true },
])('the roster $name', ({ isCluster }) => {
	let redis: RedisTopology;
	let nodes: Node[] = [];
	let epoch: string;
	let database: string;

	beforeAll(async () => {
		redis = isCluster ? await startCluster() : await single();
	});
	afterAll(() => redis?.remove());
	beforeEach(() => {
		epoch = 'one';
		database = randomUUID();
		nodes = [];
	});
	afterEach(() => Promise.all(nodes.map((node) => node.close())));

	async function node(scope = { database, epoch: () => epoch }, env = BRIEF): Promise<Node> {
		const opened = await new Node(redis.url, scope, env).open();
		nodes.push(opened);
		return opened;
	}

	it('shows the users of the other nodes, and not of this one', async () => {
		const [here, there, third] = [await node(), await node(), await node()];
		here.put('alice');
		const bob = there.put('bob', { online: true, typing: 3 });
		third.put('carol', { typing: 1 });
		await eventually(() => here.reads(), 'bob carol');
		await eventually(() => there.reads(), 'alice carol');
		expect(await here.roster.read('a')).toContainEqual(bob);
		expect(await here.roster.read('b')).toEqual([]);
	});

	it('takes off who is gone', async () => {
		const [here, there] = [await node(), await node()];
		there.put('bob');
		there.put('carol');
		await eventually(() => here.reads(), 'bob carol');
		there.put('bob', {});
		await eventually(() => here.reads(), 'carol');
	});

	it('shows nobody of a node that died, and keeps those of one that lives', async () => {
		const [here, there, dying] = [await node(), await node(), await node()];
		there.put('bob');
		dying.put('carol');
		await eventually(() => here.reads(), 'bob carol');
		dying.die();
		const died = performance.now();
		await eventually(() => here.reads(), 'bob');
		expect(performance.now() - died).toBeLessThan(3 * TTL_MS);
		const { comparisons } = here;
		await eventually(() => here.comparisons > comparisons + 3, true);
		expect(await here.reads()).toBe('bob');
	});

	it('shows nobody of a node that has ended', async () => {
		const [here, there] = [await node(), await node()];
		there.put('bob');
		await eventually(() => here.reads(), 'bob');
		await there.roster.close();
		const keys = await Promise.all(redis.servers.map((server) => server.run('keys', '*:node:*')));
		expect(String(keys)).not.toContain(there.roster.node);
		await eventually(() => here.reads(), '');
	});

	it('is written again where Redis has lost it', async () => {
		const [here, there] = [await node(), await node()];
		there.put('bob');
		await eventually(() => here.reads(), 'bob');
		for (const server of redis.servers) await server.run('flushall');
		await eventually(() => here.reads(), 'bob');
	});

	it('leaves alone what a node of another version wrote, while that lives', async () => {
		const scope = { database, epoch: () => epoch };
		const [here, there] = [await node(scope, LASTING), await node(scope, LASTING)];
		there.put('bob');
		await eventually(() => here.reads(), 'bob');
		const { keys } = there.connections;
		const key = `${TEST_PREFIX}:${database}:one:present:a`;
		const [life] = String(await keys.hkeys(key)).split(' ');
		await keys.hset(key, `${life} dave`, '{"version":2}', 'dead.1 erin', '{"version":2}');
		expect(await here.reads()).toBe('bob');
		await eventually(() => keys.hexists(key, 'dead.1 erin'), 0);
		expect(await keys.hexists(key, `${life} dave`)).toBe(1);
	});

	it('is of one log', async () => {
		const [here, there] = [await node(), await node()];
		there.put('bob');
		await eventually(() => here.reads(), 'bob');
		const copied = await node({ database, epoch: () => 'two' });
		expect(await copied.reads()).toBe('');
		epoch = 'two';
		await eventually(() => copied.reads(), 'bob');
	});

	async function single(): Promise<RedisTopology> {
		const server = await startRedis();
		return { url: server.url, servers: [server], remove: () => server.remove() };
	}
});

describe.skipIf(skipWithoutRedisProgram('the roster and its breaks'))('the roster', () => {
	it('shows nobody who went while Redis was away, and everybody who came', async () => {
		const server = await startRedis();
		const scope = { database: randomUUID(), epoch: () => 'one' };
		const [here, there] = [
			await new Node(server.url, scope, HASTY).open(),
			await new Node(server.url, scope, HASTY).open(),
		];
		there.put('bob');
		there.put('carol');
		await eventually(() => here.reads(), 'bob carol');
		server.freeze();
		await eventually(() => there.connections.keys.status !== 'ready', true);
		there.put('bob', {});
		there.put('dave');
		await eventually(() => here.forgotten > 0, true);
		server.thaw();
		await eventually(() => here.reads().catch(() => 'away'), 'carol dave');
		await here.close();
		await there.close();
		await server.remove();
	});

	it('shows nobody who went in a break that was shorter than its time', async () => {
		const server = await startRedis();
		const scope = { database: randomUUID(), epoch: () => 'one' };
		const [here, there] = [
			await new Node(server.url, scope).open(),
			await new Node(server.url, scope).open(),
		];
		there.put('bob');
		there.put('carol');
		await eventually(() => here.reads(), 'bob carol');
		const { keys } = there.connections;
		keys.disconnect(true);
		await new Promise((resolve) => keys.once('close', resolve));
		there.put('bob', {});
		there.put('dave');
		await eventually(() => here.reads(), 'carol dave');
		await here.close();
		await there.close();
		await server.remove();
	});

	it('expires in Redis by itself', async () => {
		const server = await startRedis();
		const node = await new Node(server.url, { database: randomUUID(), epoch: () => 'one' }).open();
		node.put('bob');
		await eventually(async () => ((await server.run('keys', '*')) as string[]).length, 2);
		for (const key of (await server.run('keys', '*')) as string[])
			expect(await server.run('pttl', key)).toBeGreaterThan(0);
		await node.close();
		await server.remove();
	});
});
