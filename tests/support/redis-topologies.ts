import { freePort } from './free-port.ts';
import { eventually } from './live.ts';
import { type RedisServer, startRedis } from './redis-server.ts';

/** Several servers of a test's own that are one Redis together. */
export interface RedisTopology {
	/** For REDIS_URL. */
	readonly url: string;
	readonly servers: readonly RedisServer[];
	remove(): Promise<void>;
}

/** What the sentinel calls its servers. */
export const GROUP = 'messages';
/** How long a server may not answer before it counts as down. */
const DOWN_MS = 500;
const SLOTS = 16_384;

/** A master, its replica, and a sentinel that makes the replica the master where that is down. */
export async function startSentinel(): Promise<RedisTopology> {
	const master = await startRedis();
	const replica = await startRedis({ replicaof: `127.0.0.1 ${master.port}` });
	// A sentinel looks at a server every ten seconds only.
	await eventually(async () => String(await replica.run('info')).includes('master_link_status:up'), true);
	const sentinel = await startRedis(
		{
			[`sentinel monitor ${GROUP} 127.0.0.1`]: `${master.port} 1`,
			[`sentinel down-after-milliseconds ${GROUP}`]: String(DOWN_MS),
			[`sentinel failover-timeout ${GROUP}`]: '3000',
		},
		'sentinel',
	);
	const servers = [master, replica, sentinel];
	await eventually(async () => isReplicated(await sentinel.run('sentinel', 'replicas', GROUP)), true);
	return {
		url: `redis+sentinel://127.0.0.1:${sentinel.port}/${GROUP}`,
		servers,
		remove: () => removeAll(servers),
	};
}

/** The sentinel knows the replica, and that is in touch with the master. */
function isReplicated(replicas: unknown): boolean {
	const text = JSON.stringify(replicas);
	return text.includes('"master-link-status","ok"') || text.includes('"master-link-status":"ok"');
}

/** Three masters; what one of them has is gone with it, and the others go on. */
export async function startCluster(): Promise<RedisTopology> {
	const busPorts = await Promise.all([freePort(), freePort(), freePort()]);
	const servers = await Promise.all(
		busPorts.map((busPort) =>
			startRedis({
				'cluster-enabled': 'yes',
				'cluster-port': String(busPort),
				'cluster-node-timeout': String(DOWN_MS),
				'cluster-require-full-coverage': 'no',
			}),
		),
	);
	const share = Math.ceil(SLOTS / servers.length);
	for (const [index, server] of servers.entries()) {
		const last = Math.min((index + 1) * share, SLOTS) - 1;
		await server.run('cluster', 'addslotsrange', index * share, last);
		for (const [other, { port }] of servers.entries())
			if (other !== index) await server.run('cluster', 'meet', '127.0.0.1', port, busPorts[other] ?? 0);
	}
	for (const server of servers)
		await eventually(async () => isWhole(String(await server.run('cluster', 'info'))), true);
	return {
		url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
		servers,
		remove: () => removeAll(servers),
	};
}

function isWhole(info: string): boolean {
	return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
}

async function removeAll(servers: readonly RedisServer[]): Promise<void> {
	await Promise.all(servers.map((server) => server.remove()));
}
