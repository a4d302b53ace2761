import { Redis } from 'ioredis';
import type { FoundServer } from './find-servers.ts';
import { findRedisProgram, startRedis } from './redis-server.ts';
import { skipUnless } from './services.ts';
import { note } from './test-run.ts';

/** The setting that names the Redis of the tests, and where one usually is. */
export const REDIS = { setting: 'TEST_REDIS_URL', usual: 'redis://127.0.0.1:6379' } as const;

/** The Redis of the tests, if there is one. It is shared: tests keep to prefixes of their own, and do it no harm. */
export function redisUrl(): string | undefined {
	return process.env[REDIS.setting] || undefined;
}

/** For `describe.skipIf`: true where there is no Redis. */
export function skipWithoutRedis(suite: string): boolean {
	const isMissing = skipUnless(
		redisUrl() !== undefined,
		`${suite} on Redis`,
		`none answers on 127.0.0.1:6379, none is installed, and ${REDIS.setting} is not set`,
		`${REDIS.setting}=${REDIS.usual} npm test, or install Redis`,
	);
	if (!isMissing) note('databases', 'redis');
	return isMissing;
}

export interface RedisPlaces {
	/** A server that must be used. */
	readonly given: string | undefined;
	/** A server that is used if it answers. */
	readonly usual: string;
	/** The program that is started else. */
	readonly program: string | undefined;
}

/** The given server, else the usual one, else one that is started; undefined where there is none. @throws when the given one does not answer. */
export async function findRedis({ given, usual, program }: RedisPlaces): Promise<FoundServer | undefined> {
	if (given !== undefined) {
		const reason = await refusalOf(given);
		if (reason === undefined) return running(given);
		throw new Error(`${REDIS.setting} names ${hostOf(given)}, which cannot be used: ${reason}`);
	}
	if ((await refusalOf(usual)) === undefined) return running(usual);
	if (program === undefined) return undefined;
	const server = await startRedis();
	return { url: server.url, where: `started from ${program}`, stop: () => server.remove() };
}

export function redisPlaces(): RedisPlaces {
	return { given: redisUrl(), usual: REDIS.usual, program: findRedisProgram() };
}

function running(url: string): FoundServer {
	return { url, where: hostOf(url), stop: async () => {} };
}

async function refusalOf(url: string): Promise<string | undefined> {
	const client = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: 3_000 });
	let reason: Error | undefined;
	client.on('error', (error: Error) => {
		reason = error;
	});
	try {
		await client.connect();
		await client.ping();
		return undefined;
	} catch (error) {
		return (reason ?? (error as Error)).message || 'it does not answer';
	} finally {
		client.disconnect();
	}
}

function hostOf(url: string): string {
	return URL.parse(url)?.host ?? 'a text that is no URL';
}
