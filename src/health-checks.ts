import type { HealthCheck } from './health.ts';

export interface HealthSources {
	/** Rejects when the database does not answer. */
	readonly ping: () => Promise<void>;
	/** Commands that wait for a transaction, and those whose transaction is under way. */
	readonly writes: { readonly load: { readonly waiting: number; readonly storing: number } };
	/** More waiting commands than this are refused. */
	readonly maxQueued: number;
	/** The followed conversations on this node, and those who follow. */
	readonly live: { readonly load: { readonly feeds: number; readonly followers: number } };
	/** The providers whose circuit is open on this node. */
	readonly openCircuits: () => readonly string[];
	/** The providers that asked to wait. */
	readonly pausedProviders: () => readonly string[];
	/** What carries wake-ups between the nodes, if there are several. */
	readonly nodes: { readonly state: 'one' | 'connected' | 'away' };
}

const BUS = {
	one: { status: 'ok', detail: 'one node: wake-ups stay within its process' },
	connected: { status: 'ok', detail: 'Redis carries wake-ups between the nodes' },
	away: { status: 'degraded', detail: 'without Redis: events of other nodes come at the slow beat' },
} as const;

/** The parts of the service that its health report names. Shown to anyone: counts, and no names. */
export function createHealthChecks(sources: HealthSources): Readonly<Record<string, HealthCheck>> {
	const { ping, writes, maxQueued, live, openCircuits, pausedProviders, nodes } = sources;
	return {
		database: ping,
		writeQueue: async () => {
			const { waiting, storing } = writes.load;
			return {
				status: waiting > maxQueued / 2 ? 'degraded' : 'ok',
				detail: `waiting: ${waiting} of at most ${maxQueued}, being stored: ${storing}`,
			};
		},
		live: async () => {
			const { feeds, followers } = live.load;
			return { status: 'ok', detail: `on this node: feeds ${feeds}, followers ${followers}` };
		},
		bus: async () => BUS[nodes.state],
		providers: async () => {
			const [open, paused] = [openCircuits().length, pausedProviders().length];
			const notAsked = [
				...(open === 0 ? [] : [`providers that fail and are left alone for a while: ${open}`]),
				...(paused === 0 ? [] : [`providers that asked to wait: ${paused}`]),
			];
			return {
				status: open === 0 ? 'ok' : 'degraded',
				detail: notAsked.join(', ') || 'every provider is asked',
			};
		},
	};
}
