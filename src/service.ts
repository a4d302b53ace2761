import { setImmediate } from 'node:timers/promises';
import { createNodes, type Nodes } from './bus/nodes.ts';
import type { BusObserver } from './bus/redis.ts';
import type { Config, DatabaseConfig } from './config.ts';
import type { Domain } from './conversations/domain.ts';
import type { ConversationEvent } from './conversations/model.ts';
import { RequestReader } from './conversations/request-reader.ts';
import { WriteQueue } from './conversations/write-queue.ts';
import { createHealth } from './health.ts';
import { createHealthChecks } from './health-checks.ts';
import type { GraphiQLPage } from './http/graphiql.ts';
import { resolveTokenSettings } from './identity/development-secret.ts';
import { createTokenSigner } from './identity/sign.ts';
import type { TokenSettings } from './identity/tokens.ts';
import { Live } from './live/live.ts';
import { createNotices, type ServiceNotices } from './notices.ts';
import { createLogBuffer } from './observability/log-buffer.ts';
import { createLogger, type Logger } from './observability/logger.ts';
import { createMetrics, type Metrics } from './observability/metrics.ts';
import { openStore, type Store } from './store/database.ts';
import { WebhookReader } from './webhooks/webhook-reader.ts';
import { type OutboundParts, wireOutbound } from './wire-outbound.ts';
import { type CreateContext, wireServer } from './wire-server.ts';
import { type WebhooksParts, wireWebhooks } from './wire-webhooks.ts';

export interface Service {
	/** Opens the port; answers with it. */
	start(): Promise<number>;
	/**
	 * Not ready, no new work, the write queue drained and answered, sockets closed with 1001, the database closed.
	 * Safe to call twice.
	 */
	stop(): Promise<void>;
	readonly logger: Logger;
	/** Where the mock provider listens, if it serves. */
	readonly mockProviderUrl: string | undefined;
	/** A ready-made token, where the service signs with a secret of its own making. */
	readonly developmentToken: (
		subject: string,
		role: 'CUSTOMER' | 'AGENT' | 'ADMIN',
	) => Promise<string> | undefined;
}

const HEALTH_TIMEOUT_MS = 2_000;
/** Of the time that a stop may take: what calls are under way is waited for. */
const OUTBOUND_SHARE_OF_STOP = 0.6;
const DEVELOPMENT_TOKEN_SECONDS = 30 * 24 * 60 * 60;

/** Wires everything. Opens the database, the mock provider's port where that serves, and nothing else until it is started. */
export async function createService(config: Config): Promise<Service> {
	const metrics = createMetrics();
	const logBuffer = createLogBuffer({ lines: config.log.bufferLines });
	const logger = createLogger({
		level: config.log.level,
		format: config.log.format === 'auto' ? (process.stdout.isTTY ? 'pretty' : 'json') : config.log.format,
		buffer: logBuffer,
		onLine: (level) => metrics.logLine(level),
	});
	const tokens = await resolveTokenSettings(config.identity);
	const notices = createNotices(logger);
	const store = await openStore(config.database, notices.database);
	const core = await createCore(config, store, metrics, notices);
	const { parts: outbound, webhooks } = core;
	if (config.redis !== undefined && config.database.kind === 'sqlite')
		logger.warn(
			'REDIS_URL is set, and the database is SQLite, which only one node can use: Redis has nobody to wake',
		);
	const developmentToken = signer(config, tokens);
	const health = createHealth(
		createHealthChecks({
			ping: store.ping,
			writes: core.writes,
			maxQueued: config.writeQueue.maxQueuedSends,
			live: core.live,
			openCircuits: outbound.openCircuits,
			pausedProviders: outbound.pausedProviders,
			nodes: core.nodes,
		}),
		{
			timeoutMs: HEALTH_TIMEOUT_MS,
			onChange: (part, before, reason) => {
				const line = {
					part: part.name,
					status: part.status,
					before,
					...(reason instanceof Error && { err: reason }),
				};
				if (part.status === 'ok') logger.info(line, 'a part of the service is back');
				else logger.error(line, 'a part of the service is not well');
			},
		},
	);
	const createContext: CreateContext = (viewer, requestId, turns) => ({
		viewer,
		requestId,
		turns,
		refusals: [],
		reader: new RequestReader(core.domain, viewer),
		domain: core.domain,
		outbound: outbound.outbound,
		webhooks: webhooks.webhooks,
		webhookReader: new WebhookReader(store.webhooks, viewer),
		live: core.live,
		health: () => health.report(),
	});
	const pageTokens = config.graphql.graphiql ? await signPageTokens(developmentToken) : undefined;
	const server = wireServer({
		config,
		store,
		tokens,
		domain: core.domain,
		live: core.live,
		outbound: outbound.outbound,
		webhookSecret: outbound.webhookSecret,
		metrics,
		logger,
		logBuffer,
		health,
		createContext,
		pageTokens,
	});

	let stopped: Promise<void> | undefined;
	const stop = async () => {
		health.stopping();
		const graceMs = config.http.shutdownTimeoutMs * OUTBOUND_SHARE_OF_STOP;
		await Promise.all([outbound.stop(graceMs), webhooks.stop(graceMs)]);
		// The port stays open meanwhile: a closed one would tell probes nothing, and a full queue takes its time.
		await core.writes.close();
		server.refuse();
		// What was committed last is still on its way to the followers.
		await setImmediate();
		// Before their streams are ended: a client takes the end of a stream for final, and the end of a socket not.
		await server.closeSockets();
		core.live.stop();
		await core.nodes.close();
		await server.close();
		await outbound.close();
		await webhooks.close();
		await store.close();
	};
	return {
		logger,
		mockProviderUrl: outbound.mockUrl,
		developmentToken,
		start: async () => {
			await core.live.start();
			await core.nodes.open();
			await webhooks.start();
			const port = await server.listen(config.http.port, config.http.host);
			outbound.start(`http://${loopbackOf(config.http.host)}:${port}`);
			return port;
		},
		stop: () => {
			stopped ??= stop();
			return stopped;
		},
	};
}

interface Core {
	readonly domain: Domain;
	readonly live: Live;
	readonly nodes: Nodes;
	readonly writes: WriteQueue;
	readonly parts: OutboundParts;
	readonly webhooks: WebhooksParts;
}

/** The domain with its write queue, and the live side that is told of every commit. */
async function createCore(
	config: Config,
	store: Store,
	metrics: Metrics,
	notices: ServiceNotices,
): Promise<Core> {
	const scope = { database: store.id, epoch: (): string => live.epoch() };
	const nodes = await createNodes(config.redis, scope, () => observeBus(config, metrics, notices));
	const live: Live = new Live(store.conversations, nodes.bus, nodes.roster, {
		...config.live,
		slowReaderMaxMs: config.sockets.slowReaderMaxMs,
		onError: (err) => notices.feedFailed(err),
		onResume: (source) => metrics.resume(source),
		onDelivered: ({ event, committedAt = event.occurredAt.getTime() }) =>
			metrics.deliveryLag((Date.now() - committedAt) / 1000),
	});
	const webhooks = wireWebhooks({
		config: config.webhooks,
		allowPrivateUrls: config.outbound.allowPrivateUrls,
		store: store.webhooks,
		events: store.conversations,
		users: store.users,
		metrics,
		notices,
	});
	const writes = new WriteQueue(store.conversations, {
		maxQueued: config.writeQueue.maxQueuedSends,
		maxBatch: config.writeQueue.maxBatchSize,
		held: { atOnce: heldAtOnce(config.database) },
		onCommitted: (events: readonly ConversationEvent[]) => {
			live.announce(events);
			parts.committed(events);
			webhooks.committed(events);
		},
		queueWebhooks: webhooks.queue,
		observe: ({ size: commands, seconds }) => {
			notices.stored();
			metrics.commit(commands, seconds);
		},
		onRefused: (err, size) => notices.refused(err, size),
	});
	const domain: Domain = {
		store: store.conversations,
		users: store.users,
		writes,
		attempts: (messageIds) => store.outbound.attempts(messageIds),
		epoch: () => live.epoch(),
		observeSend: (outcome) => metrics.send(outcome),
		announceRead: (conversationId, user, sequence) => live.announceRead(conversationId, user, sequence),
	};
	const parts: OutboundParts = await wireOutbound({
		config: config.outbound,
		domain,
		store: store.outbound,
		metrics,
		notices,
	});
	return { domain, live, nodes, writes, parts, webhooks };
}

/** Where this machine reaches a service that listens on `host`. */
function loopbackOf(host: string): string {
	if (host === '0.0.0.0') return '127.0.0.1';
	if (host === '::') return '[::1]';
	return host.includes(':') ? `[${host}]` : host;
}

function observeBus({ redis }: Config, metrics: Metrics, notices: ServiceNotices): BusObserver {
	const counts = metrics.bus();
	return {
		...counts,
		connected: (isConnected, reason) => {
			counts.connected(isConnected);
			notices.bus(redis?.shown ?? '', isConnected, reason);
		},
	};
}

/** The queue itself takes a connection, and reads need some. */
function heldAtOnce(database: DatabaseConfig): number {
	return database.kind === 'sqlite' ? 1 : Math.min(3, Math.max(1, database.poolMax - 2));
}

function signer(config: Config, tokens: TokenSettings): Service['developmentToken'] {
	const sign = config.identity.kind === 'development' ? createTokenSigner(tokens) : undefined;
	return (subject, role) => {
		const name = subject.charAt(0).toUpperCase() + subject.slice(1);
		return sign?.({ subject, name, role, expiresInSeconds: DEVELOPMENT_TOKEN_SECONDS });
	};
}

async function signPageTokens(sign: Service['developmentToken']): Promise<GraphiQLPage['tokens']> {
	const agent = await sign('agent', 'AGENT');
	const customer = await sign('customer', 'CUSTOMER');
	return agent === undefined || customer === undefined ? undefined : { agent, customer };
}
