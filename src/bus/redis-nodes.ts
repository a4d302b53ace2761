import type { RedisConfig } from '../config.ts';
import type { Nodes } from './nodes.ts';
import { type BusObserver, RedisBus, type Scope } from './redis.ts';
import { createRedisConnections } from './redis-connections.ts';
import { RedisRoster } from './redis-roster.ts';

/** A node among those that share this Redis and database. */
export function redisNodes(config: RedisConfig, scope: Scope, observer: BusObserver): Nodes {
	const connections = createRedisConnections(config);
	const bus = new RedisBus(config, connections, scope, observer);
	const roster = new RedisRoster(config, connections.keys, scope, bus.node);
	return {
		bus,
		roster,
		get state() {
			return bus.state;
		},
		open: async () => {
			await Promise.all([bus.open(), connections.open()]);
			await roster.open();
		},
		close: async () => {
			await roster.close();
			await bus.close();
			connections.close();
		},
	};
}
