import type { RedisConfig } from '../config.ts';
import type { Bus } from '../live/bus.ts';
import type { Roster } from '../live/roster.ts';
import { MemoryBus } from './memory.ts';
import { MemoryRoster } from './memory-roster.ts';
import type { BusObserver, Scope } from './redis.ts';

/** What is between the nodes of this service, if there are several. */
export interface Nodes {
	readonly bus: Bus;
	readonly roster: Roster;
	/** Begins to connect, and does not wait for long. */
	open(): Promise<void>;
	close(): Promise<void>;
	/** `one`: there are no others. `away`: wake-ups do not reach them, and they read the log at the slow beat. */
	readonly state: 'one' | 'connected' | 'away';
}

/** Redis' clients are loaded only where there is one: a single node starts sooner without them. */
export async function createNodes(
	config: RedisConfig | undefined,
	scope: Scope,
	observer: () => BusObserver,
): Promise<Nodes> {
	if (config !== undefined) return (await import('./redis-nodes.ts')).redisNodes(config, scope, observer());
	const bus = new MemoryBus();
	return { bus, roster: new MemoryRoster(), open: async () => {}, close: () => bus.close(), state: 'one' };
}
