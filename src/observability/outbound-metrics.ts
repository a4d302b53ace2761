import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What is counted of messages that go out through providers. */
export interface OutboundMetrics {
	/** One call of a provider ended, after so many seconds. */
	attempt(provider: string, outcome: 'accepted' | 'retry' | 'rejected' | 'unknown', seconds: number): void;
}

export interface OutboundSources {
	/** How many deliveries have each status, over all nodes. */
	readonly counts: () => Promise<ReadonlyMap<string, number>>;
	/** The providers whose circuit is open on this node. */
	readonly openCircuits: () => readonly string[];
	/** The providers that asked to wait, and are not asked on this node. */
	readonly pausedProviders: () => readonly string[];
	readonly providers: readonly string[];
	readonly statuses: readonly string[];
}

const CALL_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Registers them; the deliveries are counted when the metrics are asked for. */
export function outboundMetrics(registry: Registry, sources: OutboundSources): OutboundMetrics {
	const registers = [registry];
	const attempts = new Counter({
		name: 'pendo_message_provider_attempts_total',
		help: 'Calls of a provider, by outcome: accepted, retry (not accepted), rejected or unknown.',
		labelNames: ['provider', 'outcome'],
		registers,
	});
	const seconds = new Histogram({
		name: 'pendo_message_provider_call_duration_seconds',
		help: 'Time of one call of a provider.',
		labelNames: ['provider'],
		buckets: CALL_SECONDS,
		registers,
	});
	new Gauge({
		name: 'pendo_message_deliveries',
		help: 'Messages that are still to go out or ask for a person, by the status of their delivery, over all nodes.',
		labelNames: ['status'],
		registers,
		async collect() {
			// A database that is away has no counts, and must not take the other metrics with it.
			const counts = await sources.counts().catch(() => undefined);
			this.reset();
			if (counts === undefined) return;
			for (const status of sources.statuses) this.set({ status }, counts.get(status) ?? 0);
		},
	});
	const each = (name: string, help: string, which: () => readonly string[]) =>
		new Gauge({
			name,
			help,
			labelNames: ['provider'],
			registers,
			collect() {
				const those = new Set(which());
				for (const provider of sources.providers) this.set({ provider }, those.has(provider) ? 1 : 0);
			},
		});
	each(
		'pendo_message_provider_circuit_open',
		'Whether the circuit of a provider is open on this node: 1 or 0.',
		sources.openCircuits,
	);
	each(
		'pendo_message_provider_paused',
		'Whether a provider asked to wait (429), and gets nothing from this node until then: 1 or 0.',
		sources.pausedProviders,
	);
	for (const provider of sources.providers)
		for (const outcome of ['accepted', 'retry', 'rejected', 'unknown'])
			attempts.inc({ provider, outcome }, 0);
	return {
		attempt: (provider, outcome, took) => {
			attempts.inc({ provider, outcome });
			seconds.observe({ provider }, took);
		},
	};
}
