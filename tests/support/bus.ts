import { randomUUID } from 'node:crypto';
import { type BusObserver, RedisBus } from '../../src/bus/redis.ts';
import { createRedisConnections } from '../../src/bus/redis-connections.ts';
import { loadConfig } from '../../src/config.ts';

export interface RedisBusSettings {
	/** REDIS_URL. */
	readonly url: string;
	/** Its id; nodes of one hear each other. */
	readonly database?: string;
	readonly epoch?: () => string;
	readonly observer?: Partial<BusObserver>;
	/** Other settings of the service. */
	readonly env?: Readonly<Record<string, string>>;
}

/** A node's bus over Redis, once it is connected or has failed to be. Its connections and keys are of a database of its own unless one is given. */
export async function openRedisBus(settings: RedisBusSettings): Promise<RedisBus> {
	const { url, database = randomUUID(), epoch = () => 'epoch', observer, env } = settings;
	const { redis } = loadConfig({ REDIS_PREFIX: 'pendo-message-test', ...env, REDIS_URL: url });
	if (redis === undefined) throw new TypeError('There is no REDIS_URL.');
	const bus = new RedisBus(
		redis,
		createRedisConnections(redis),
		{ database, epoch },
		{ ...SILENT, ...observer },
	);
	await bus.open();
	return bus;
}

const SILENT: BusObserver = {
	published: () => {},
	dropped: () => {},
	received: () => {},
	ignored: () => {},
	connected: () => {},
	interrupted: () => {},
};
