import { createTestDatabase } from './databases.ts';
import { type DataDirectory, makeDataDirectory, type ServiceProcess, startProcess } from './process.ts';

/** A node of a cluster: a process of the service. Started again it has another port. */
export interface ClusterNode {
	readonly process: ServiceProcess;
	/** Kills it as a crash would, and starts it again. */
	crash(): Promise<void>;
}

export interface NodeOptions {
	readonly env?: Readonly<Record<string, string>>;
	/** A command that runs it. */
	readonly wrapper?: readonly string[];
}

/** Nodes on one PostgreSQL database of their own, and on whatever else their settings name. */
export interface Cluster {
	readonly databaseUrl: string;
	readonly nodes: readonly ClusterNode[];
	/** Any node's, whether it answers or not. */
	readonly anyUrl: () => string;
	add(options?: NodeOptions): Promise<ClusterNode>;
	/** Kills a node for good. */
	drop(node: ClusterNode): Promise<void>;
	/** Ends all nodes and drops the database. */
	remove(): Promise<void>;
}

/** Few: PostgreSQL has 100 for all that runs on it. */
const POOL = '5';

/** `size` nodes with the same settings. */
export async function startCluster(size: number, env: Readonly<Record<string, string>>): Promise<Cluster> {
	const database = await createTestDatabase('postgresql');
	const directory = await makeDataDirectory();
	const nodes: ClusterNode[] = [];
	const cluster: Cluster = {
		databaseUrl: database.url,
		nodes,
		anyUrl: () => (nodes[Math.floor(Math.random() * nodes.length)] as ClusterNode).process.url,
		add: async (options) => {
			const shared = { DATABASE_URL: database.url, DATABASE_POOL_MAX: POOL, ...env };
			const node = await startNode(directory, shared, options);
			nodes.push(node);
			return node;
		},
		drop: async (node) => {
			nodes.splice(nodes.indexOf(node), 1);
			await node.process.kill('SIGKILL');
		},
		remove: async () => {
			await Promise.all(nodes.map((node) => node.process.kill('SIGKILL')));
			await directory.remove();
			await database.drop();
		},
	};
	const started = await Promise.allSettled(Array.from({ length: size }, () => cluster.add()));
	const failed = started.find((one) => one.status === 'rejected');
	if (failed === undefined) return cluster;
	await cluster.remove();
	throw failed.reason;
}

async function startNode(
	directory: DataDirectory,
	shared: Readonly<Record<string, string>>,
	{ env, wrapper }: NodeOptions = {},
): Promise<ClusterNode> {
	const start = () => startProcess(directory, { ...shared, ...env }, wrapper);
	let running = await start();
	return {
		get process() {
			return running;
		},
		crash: async () => {
			await running.kill('SIGKILL');
			running = await start();
		},
	};
}
