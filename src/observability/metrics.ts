import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LogLevel } from './levels.ts';
import { type OutboundMetrics, type OutboundSources, outboundMetrics } from './outbound-metrics.ts';
import { type WebhookDeliveryMetrics, webhookDeliveryMetrics } from './webhook-delivery-metrics.ts';
import { type WebhookMetrics, webhookMetrics } from './webhook-metrics.ts';

export type OperationKind = 'query' | 'mutation' | 'subscription' | 'unknown';
export type RequestOutcome = 'ok' | 'error';
export type SocketTransport = 'websocket' | 'sse';
export type SendOutcome = 'stored' | 'repeated' | 'refused' | 'busy' | 'failed';
export type ResumeSource = 'ring' | 'log';

/** Of a frame or body, of a socket, of a user over all transports, or of all on this node. */
const LIMITS = [
	'frame_bytes',
	'body_bytes',
	'socket_frames',
	'socket_subscriptions',
	'user_operations',
	'user_subscriptions',
	'user_connections',
	'connections',
] as const;

export type LimitName = (typeof LIMITS)[number];

/** What the bus between the nodes counts, in wake-ups. */
export interface BusMetrics {
	published(wakeUps: number): void;
	/** Not published: Redis is away, does not keep up, or refused or lost it. */
	dropped(reason: 'away' | 'full' | 'failed', wakeUps: number): void;
	received(wakeUps: number): void;
	/** Of another log or format, or not to be understood. */
	ignored(reason: 'foreign' | 'invalid', wakeUps: number): void;
	connected(isConnected: boolean): void;
	/** Wake-ups may have been lost: every feed looks at its log. */
	interrupted(): void;
}

/** What the service counts. Recording never throws and costs about a microsecond; durations are in seconds. */
export interface Metrics extends WebhookMetrics, WebhookDeliveryMetrics {
	/** An operation that was answered. `operation` is the client's name for it, undefined when it has none. */
	request(operation: string | undefined, kind: OperationKind, outcome: RequestOutcome, seconds: number): void;
	/** An error that was answered, by its public code. */
	error(code: string): void;
	/** Something was refused, by this limit. */
	limited(limit: LimitName): void;
	socketOpened(transport: SocketTransport): void;
	socketClosed(transport: SocketTransport): void;
	/** `field` is the subscription's root field. */
	subscriptionStarted(field: string): void;
	subscriptionEnded(field: string): void;
	send(outcome: SendOutcome): void;
	/** One transaction of the write queue: how many commands it carried, and how long it took from begin to commit. */
	commit(commands: number, seconds: number): void;
	/** From an event's commit to its being handed to its first live follower on this node. */
	deliveryLag(seconds: number): void;
	/** An event was executed and written out for followers: once for all who asked the same. */
	eventExecuted(): void;
	/** A follower that asked for events after a sequence, by where they were read. */
	resume(source: ResumeSource): void;
	logLine(level: LogLevel): void;
	/** Where there are several nodes; asked for once. */
	bus(): BusMetrics;
	/** What goes out through providers; asked for once. */
	outbound(sources: OutboundSources): OutboundMetrics;
	/** Everything, with Node's own metrics of this process, in Prometheus' text format 0.0.4. */
	text(): Promise<string>;
	readonly contentType: string;
}

/** Label values that clients choose: so many are kept apart, and what comes later is `other`. */
const MAX_OPERATIONS = 200;
const MAX_FIELDS = 50;
const MAX_CODES = 50;
const NAME = /^[_A-Za-z][_0-9A-Za-z]{0,63}$/;

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const COMMIT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const LAG_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

let nodeRegistry: Registry | undefined;

/** Node's metrics are the process's: one registry for all services in it, whose observers cannot be taken down. */
function nodeMetrics(): Registry {
	if (nodeRegistry === undefined) {
		nodeRegistry = new Registry();
		collectDefaultMetrics({ register: nodeRegistry });
	}
	return nodeRegistry;
}

/** The metrics of one service, in a registry of its own: several services may live in one process. */
export function createMetrics(): Metrics {
	const registry = new Registry();
	const node = nodeMetrics();
	return {
		...requestMetrics(registry),
		...connectionMetrics(registry),
		...messageMetrics(registry),
		...webhookMetrics(registry),
		...webhookDeliveryMetrics(registry),
		...logMetrics(registry),
		bus: () => busMetrics(registry),
		outbound: (sources) => outboundMetrics(registry, sources),
		contentType: registry.contentType,
		text: async () => `${await registry.metrics()}\n${await node.metrics()}`,
	};
}

function requestMetrics(registry: Registry): Pick<Metrics, 'request' | 'error' | 'limited'> {
	const registers = [registry];
	const requests = new Counter({
		name: 'pendo_message_requests_total',
		help: 'GraphQL operations answered, by the name that the client gave, kind and outcome.',
		labelNames: ['operation', 'kind', 'outcome'],
		registers,
	});
	const durations = new Histogram({
		name: 'pendo_message_request_duration_seconds',
		help: 'Time to answer a GraphQL operation, by the name that the client gave and kind.',
		labelNames: ['operation', 'kind'],
		buckets: REQUEST_SECONDS,
		registers,
	});
	const errors = new Counter({
		name: 'pendo_message_errors_total',
		help: 'Errors answered, by code.',
		labelNames: ['code'],
		registers,
	});
	const refusals = new Counter({
		name: 'pendo_message_limited_total',
		help: 'What was refused (operations, subscriptions, connections, frames, bodies), by the limit that refused it.',
		labelNames: ['limit'],
		registers,
	});
	for (const limit of LIMITS) refusals.inc({ limit }, 0);
	const operationLabel = boundedLabel(MAX_OPERATIONS);
	const codeLabel = boundedLabel(MAX_CODES);
	return {
		request(name, kind, outcome, seconds) {
			const operation = name === undefined || name === '' ? 'anonymous' : operationLabel(name);
			requests.inc({ operation, kind, outcome });
			durations.observe({ operation, kind }, duration(seconds));
		},
		error: (code) => errors.inc({ code: codeLabel(code) }),
		limited: (limit) => refusals.inc({ limit }),
	};
}

function connectionMetrics(
	registry: Registry,
): Pick<Metrics, 'socketOpened' | 'socketClosed' | 'subscriptionStarted' | 'subscriptionEnded' | 'resume'> {
	const registers = [registry];
	const sockets = new Gauge({
		name: 'pendo_message_open_sockets',
		help: 'Open WebSocket and SSE connections.',
		labelNames: ['transport'],
		registers,
	});
	const subscriptions = new Gauge({
		name: 'pendo_message_open_subscriptions',
		help: 'Open subscriptions, by root field.',
		labelNames: ['field'],
		registers,
	});
	const resumes = new Counter({
		name: 'pendo_message_resumes_total',
		help: 'Followers that resumed after a sequence, by where the events were read: the ring in memory or the log.',
		labelNames: ['source'],
		registers,
	});
	for (const transport of ['websocket', 'sse']) sockets.set({ transport }, 0);
	for (const source of ['ring', 'log']) resumes.inc({ source }, 0);
	const fieldLabel = boundedLabel(MAX_FIELDS);
	return {
		socketOpened: (transport) => sockets.inc({ transport }),
		socketClosed: (transport) => sockets.dec({ transport }),
		subscriptionStarted: (field) => subscriptions.inc({ field: fieldLabel(field) }),
		subscriptionEnded: (field) => subscriptions.dec({ field: fieldLabel(field) }),
		resume: (source) => resumes.inc({ source }),
	};
}

function messageMetrics(
	registry: Registry,
): Pick<Metrics, 'send' | 'commit' | 'deliveryLag' | 'eventExecuted'> {
	const registers = [registry];
	const sends = new Counter({
		name: 'pendo_message_sends_total',
		help: 'Sends, by outcome: stored, repeated (the same key again), refused, busy (queue full) or failed.',
		labelNames: ['outcome'],
		registers,
	});
	const batches = new Histogram({
		name: 'pendo_message_batch_size_commands',
		help: 'Commands (sends, edits, deletions, changes of membership and the like) carried by one transaction of the write queue.',
		buckets: BATCH_SIZES,
		registers,
	});
	const commits = new Histogram({
		name: 'pendo_message_commit_duration_seconds',
		help: 'Time of one transaction of the write queue, from begin to commit.',
		buckets: COMMIT_SECONDS,
		registers,
	});
	const lag = new Histogram({
		name: 'pendo_message_delivery_lag_seconds',
		help: 'Time from the commit of an event to its being handed to its first live follower on this node.',
		buckets: LAG_SECONDS,
		registers,
	});
	const executions = new Counter({
		name: 'pendo_message_event_executions_total',
		help: 'Events executed and written out for followers: once for all who asked the same.',
		registers,
	});
	for (const outcome of ['stored', 'repeated', 'refused', 'busy', 'failed']) sends.inc({ outcome }, 0);
	return {
		send: (outcome) => sends.inc({ outcome }),
		commit(commands, seconds) {
			batches.observe(commands);
			commits.observe(duration(seconds));
		},
		deliveryLag: (seconds) => lag.observe(duration(seconds)),
		eventExecuted: () => executions.inc(),
	};
}

function logMetrics(registry: Registry): Pick<Metrics, 'logLine'> {
	const lines = new Counter({
		name: 'pendo_message_log_lines_total',
		help: 'Log lines written, by level.',
		labelNames: ['level'],
		registers: [registry],
	});
	return { logLine: (level) => lines.inc({ level }) };
}

function busMetrics(registry: Registry): BusMetrics {
	const registers = [registry];
	const counter = (name: string, help: string, labels: readonly string[] = []) =>
		new Counter({ name: `pendo_message_bus_${name}_total`, help, labelNames: labels, registers });
	const published = counter('published', 'Wake-ups that Redis took.');
	const dropped = counter(
		'dropped',
		'Wake-ups that were not published: Redis away, full (it does not keep up) or failed.',
		['reason'],
	);
	const received = counter('received', 'Wake-ups that came from other nodes.');
	const ignored = counter(
		'ignored',
		"Messages on this database's channels that were not taken: foreign (of another log or format) or invalid.",
		['reason'],
	);
	const interruptions = counter(
		'interruptions',
		'Times that wake-ups may have been lost: feeds then look at the log.',
	);
	const connected = new Gauge({
		name: 'pendo_message_bus_connected',
		help: 'Whether Redis carries wake-ups between the nodes, both ways: 1 or 0.',
		registers,
	});
	for (const reason of ['away', 'full', 'failed']) dropped.inc({ reason }, 0);
	for (const reason of ['foreign', 'invalid']) ignored.inc({ reason }, 0);
	return {
		published: (wakeUps) => published.inc(wakeUps),
		dropped: (reason, wakeUps) => dropped.inc({ reason }, wakeUps),
		received: (wakeUps) => received.inc(wakeUps),
		ignored: (reason, wakeUps) => ignored.inc({ reason }, wakeUps),
		connected: (isConnected) => connected.set(isConnected ? 1 : 0),
		interrupted: () => interruptions.inc(),
	};
}

/** The first `limit` well-formed names stay themselves for good; all others are `other`. */
function boundedLabel(limit: number): (name: string) => string {
	const known = new Set<string>();
	return (name) => {
		if (known.has(name)) return name;
		if (known.size >= limit || !NAME.test(name)) return 'other';
		known.add(name);
		return name;
	};
}

/** The clocks of two nodes may differ: what would be negative, or is no number, counts as 0. */
function duration(seconds: number): number {
	return seconds > 0 && seconds < Number.POSITIVE_INFINITY ? seconds : 0;
}
