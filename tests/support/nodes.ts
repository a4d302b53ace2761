import { randomUUID } from 'node:crypto';
import { createTestDatabase, skipWithoutPostgresql } from './databases.ts';
import { redisUrl, skipWithoutRedis } from './find-redis.ts';
import { SECRET, startService, type TestService } from './service.ts';

/** Nodes of one service, in this process. */
export interface TestNodes {
	readonly all: readonly TestService[];
	/** For a node beside them. */
	readonly env: Readonly<Record<string, string>>;
	stop(): Promise<void>;
}

/** For `describe.skipIf`: true where the database or the Redis between nodes is missing. */
export function skipWithoutNodes(suite: string): boolean {
	return [skipWithoutPostgresql(suite), skipWithoutRedis(suite)].includes(true);
}

/**
 * So many nodes on one PostgreSQL and the Redis of the tests, under a prefix of their own. Their slow beat is so slow
 * that no test sees it, unless `env` says otherwise.
 */
export async function startNodes(count: number, env: Record<string, string> = {}): Promise<TestNodes> {
	const database = await createTestDatabase('postgresql');
	const shared = {
		JWT_SECRET: SECRET,
		DATABASE_URL: database.url,
		REDIS_URL: redisUrl() ?? '',
		REDIS_PREFIX: `pendo-message-test-${randomUUID()}`,
		FEED_CHECK_INTERVAL_MS: '3600000',
		...env,
	};
	const all: TestService[] = [];
	const stop = async () => {
		await Promise.all(all.map((node) => node.stop()));
		await database.drop();
	};
	try {
		for (let node = 0; node < count; node++) all.push(await startService(shared));
	} catch (error) {
		await stop();
		throw error;
	}
	return { all, env: shared, stop };
}
