import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, Cluster, Redis, type RedisOptions, SentinelConnector } from 'ioredis';
import type { RedisAddress } from '../config/redis.ts';
import type { RedisConfig } from '../config.ts';

export interface RedisConnections {
	readonly publisher: Redis;
	readonly subscriber: Redis;
	/** For keys: in a cluster each is on a node of its own. */
	readonly keys: Redis | Cluster;
	/** Connects what is for keys alone; the bus connects the others. Answers when it has, or after the time-out. */
	open(): Promise<void>;
	close(): void;
}

type Options = Omit<RedisOptions, 'replyMapping'>;

/** Soon again, but not all nodes of a service at once. */
function retryDelay(attempt: number): number {
	return Math.min(50 * 2 ** Math.min(attempt, 6), 2_000) * (0.5 + Math.random() / 2);
}

/**
 * What both kinds of connections share. Nothing waits for a connection that is not there, and nothing is sent again
 * over the next one; a server that does not answer within the time-out is left, frozen or not.
 */
function commonOptions({ timeoutMs, username, password, db, tls }: RedisConfig): Options {
	return {
		username,
		password,
		db,
		...(tls && { tls: {} }),
		lazyConnect: true,
		enableOfflineQueue: false,
		autoResendUnfulfilledCommands: false,
		maxRetriesPerRequest: 0,
		connectTimeout: timeoutMs,
		socketTimeout: timeoutMs,
		retryStrategy: retryDelay,
		// The master has become a replica.
		reconnectOnError: ({ message }) => message.startsWith('READONLY'),
	};
}

/** Clients of the configured Redis; none connects before it is told to. */
export function createRedisConnections(config: RedisConfig): RedisConnections {
	const options = commonOptions(config);
	// Whoever is subscribed when the check comes is refused it.
	const subscribing: Options = { ...options, enableReadyCheck: false, autoResubscribe: false };
	if (config.kind === 'cluster') return clusterConnections(config, options, subscribing);
	const place = config.kind === 'sentinel' ? sentinelOptions(config) : singleOptions(config);
	const publisher = new Redis({ ...options, ...place });
	const subscriber = new Redis({ ...subscribing, ...place });
	return { publisher, subscriber, keys: publisher, open: async () => {}, close: () => {} };
}

function singleOptions({ addresses: [address], tls }: RedisConfig): Options {
	const { host = 'localhost', port = 6379 } = address ?? {};
	return { Connector: connectorTo(() => ({ host, port }), tls) };
}

function sentinelOptions(config: RedisConfig): Options {
	const { addresses, group, timeoutMs, tls, sentinelUsername, sentinelPassword } = config;
	return {
		sentinels: [...addresses],
		name: group,
		sentinelUsername,
		sentinelPassword,
		sentinelCommandTimeout: timeoutMs,
		sentinelRetryStrategy: retryDelay,
		sentinelReconnectStrategy: retryDelay,
		failoverDetector: true,
		Connector: sentinelConnector(tls) as new (options: unknown) => AbstractConnector,
		...(tls && { sentinelTLS: {}, enableTLSForSentinelMode: true }),
	};
}

/** In a cluster any node serves all channels, but messages keep their order only while they go through one. */
function clusterConnections(config: RedisConfig, options: Options, subscribing: Options): RedisConnections {
	const { retryStrategy: _, enableOfflineQueue: __, db: ___, ...ofNodes } = options;
	const keys = new Cluster([...config.addresses], {
		lazyConnect: true,
		enableOfflineQueue: false,
		clusterRetryStrategy: retryDelay,
		slotsRefreshTimeout: config.timeoutMs,
		// A node's name is what its certificate has.
		...(config.tls && { dnsLookup: (address, callback) => callback(null, address) }),
		redisOptions: { ...ofNodes, Connector: connectorTo((node) => node, config.tls) },
	});
	let attempts = 0;
	const next = () => {
		const known = keys.nodes().map((node) => node.options as RedisAddress);
		const nodes = [...config.addresses, ...known];
		return nodes[attempts++ % nodes.length] as RedisAddress;
	};
	const Connector = connectorTo(next, config.tls);
	return {
		publisher: new Redis({ ...options, Connector }),
		subscriber: new Redis({ ...subscribing, Connector }),
		keys,
		open: async () => {
			// The bus says so when Redis is away.
			keys.on('error', () => undefined);
			const connected = keys.connect().catch(() => undefined);
			await Promise.race([connected, delay(config.timeoutMs, undefined, { ref: false })]);
		},
		close: () => keys.disconnect(),
	};
}

/** How long a connection that is being closed may take. */
const DISCONNECT_MS = 500;

/** Connects to where it is told at each attempt, by the client's own options if need be. */
function connectorTo(address: (own: RedisAddress) => RedisAddress, tls: boolean) {
	return class extends AbstractConnector {
		readonly #own: RedisAddress;

		constructor(options: unknown) {
			super(DISCONNECT_MS);
			this.#own = options as RedisAddress;
		}

		async connect(): Promise<Socket> {
			const { host, port } = address(this.#own);
			this.connecting = true;
			// The name is what the certificate is checked for.
			const name = isIP(host) === 0 ? { servername: host } : {};
			const stream = tls ? connectTls({ host, port, ...name }) : connectTcp({ host, port });
			stream.once('error', (error) => {
				this.firstError = error;
			});
			this.stream = outliving(stream);
			return stream;
		}
	};
}

/** What ioredis' connector asks sentinels by: with `options` one that stays, and hears of failovers. */
interface SentinelClients {
	connectToSentinel(sentinel: RedisAddress, options?: Options): Redis;
}

/** Where the sentinel tells of a failover. */
const FAILOVERS = '+switch-master';

/**
 * As ioredis' own, which leaves two things of the clients that stay to nobody: their errors, which it prints, and a
 * refusal when they subscribe again, which would end the process.
 */
function sentinelConnector(tls: boolean) {
	return class extends SentinelConnector {
		constructor(options: ConstructorParameters<typeof SentinelConnector>[0]) {
			super(options);
			const clients = this as unknown as SentinelClients;
			const connectToSentinel = clients.connectToSentinel.bind(this);
			clients.connectToSentinel = (sentinel, ofStaying) => {
				const client = connectToSentinel(sentinel, {
					...ofStaying,
					Connector: connectorTo(() => sentinel, tls),
					autoResubscribe: false,
					autoResendUnfulfilledCommands: false,
				});
				client.on('error', () => undefined);
				if (ofStaying !== undefined)
					client.on('ready', () => void client.subscribe(FAILOVERS).catch(() => undefined));
				return client;
			};
		}

		override async connect(emit: ErrorEmitter): Promise<Socket> {
			return outliving(await super.connect(emit));
		}
	};
}

type ErrorEmitter = Parameters<AbstractConnector['connect']>[0];

/** ioredis listens to one error of a stream, and TLS has a second one where a handshake is broken off: it would end the process. */
function outliving<Stream extends Socket>(stream: Stream): Stream {
	return stream.on('error', () => undefined);
}
