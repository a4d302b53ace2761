import type { RedisConfig } from '../config.ts';
import type { Bus } from '../live/bus.ts';
import { MemoryBus } from './memory.ts';
import type { BusObserver, Scope } from './redis.ts';

/** The bus of this service, whichever it is. */
export interface OpenBus extends Bus {
	/** Begins to connect, and does not wait for long. */
	open(): Promise<void>;
	/** `local`: there is one node. `away`: wake-ups do not reach the other nodes, which read the log at a slow beat. */
	readonly state: 'local' | 'connected' | 'away';
}

/** Redis' clients are loaded only where there is one: a single node starts sooner without them. */
export async function createBus(
	config: RedisConfig | undefined,
	scope: Scope,
	observer: () => BusObserver,
): Promise<OpenBus> {
	if (config === undefined) {
		const bus = new MemoryBus();
		return Object.assign(bus, { open: async () => {}, state: 'local' as const });
	}
	const [{ RedisBus }, { createRedisConnections }] = await Promise.all([
		import('./redis.ts'),
		import('./redis-connections.ts'),
	]);
	return new RedisBus(config, createRedisConnections(config), scope, observer());
}
