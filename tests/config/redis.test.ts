import { describe, expect, test } from 'vitest';
import { createRedisConnections } from '../../src/bus/redis-connections.ts';
import { type ConfigError, describeConfig, loadConfig } from '../../src/config.ts';

function redisOf(url: string, env: NodeJS.ProcessEnv = {}) {
	const { redis } = loadConfig({ REDIS_URL: url, ...env });
	if (redis === undefined) throw new Error('There is no Redis.');
	return redis;
}

function problemOf(name: string, value: string): string | undefined {
	try {
		loadConfig({ [name]: value });
	} catch (error) {
		const { faults } = error as ConfigError;
		expect(faults.map((fault) => fault.name)).toEqual([name]);
		return faults[0]?.problem;
	}
	throw new Error('It was taken.');
}

describe('REDIS_URL', () => {
	test('is not needed: then there is one node', () => {
		expect(loadConfig({}).redis).toBeUndefined();
	});

	test.each([
		[
			'redis://localhost',
			{ kind: 'single', tls: false, addresses: [{ host: 'localhost', port: 6379 }], db: 0 },
		],
		['redis://10.0.0.7:6380/3', { addresses: [{ host: '10.0.0.7', port: 6380 }], db: 3 }],
		['redis://[::1]:6379', { addresses: [{ host: '::1', port: 6379 }] }],
		['rediss://cache.example:6380', { kind: 'single', tls: true }],
		['REDIS://cache.example', { kind: 'single', tls: false }],
		['redis://:p%40ss%2Fword@cache.example', { username: undefined, password: 'p@ss/word' }],
		['redis://pendo:a:b@cache.example', { username: 'pendo', password: 'a:b' }],
		[
			'redis+sentinel://s1,s2:26380/messages',
			{
				kind: 'sentinel',
				addresses: [
					{ host: 's1', port: 26_379 },
					{ host: 's2', port: 26_380 },
				],
				group: 'messages',
				db: 0,
			},
		],
		[
			'redis+sentinel://pendo:hush@s1/messages/2?sentinelUsername=watch&sentinelPassword=h%26sh',
			{
				username: 'pendo',
				password: 'hush',
				group: 'messages',
				db: 2,
				sentinelUsername: 'watch',
				sentinelPassword: 'h&sh',
			},
		],
		[
			'rediss+cluster://a:7000,b:7001',
			{
				kind: 'cluster',
				tls: true,
				addresses: [
					{ host: 'a', port: 7000 },
					{ host: 'b', port: 7001 },
				],
			},
		],
	])('is taken as %s', (url, expected) => {
		expect(redisOf(url)).toMatchObject(expected);
	});

	test.each([
		['localhost:6379', /must be a Redis as redis:\/\/host:6379/],
		['http://localhost:6379', /must be a Redis as/],
		['redis://', /must be a Redis as/],
		['redis+sharded://a', /must be a Redis as/],
		['redis://host:0', /must name hosts as host or host:port/],
		['redis://host:65536', /must name hosts/],
		['redis://ho st', /must name hosts/],
		['redis://[nonsense]', /must name hosts/],
		['redis+cluster://a,,b', /must name hosts/],
		['redis://a,b', /names several hosts/],
		['redis://host/messages', /must have a number as its database/],
		['redis://:100%@host', /percent-encoded/],
		[
			'redis://host?tls=true',
			/has the parameter "tls", and takes sentinelUsername and sentinelPassword alone/,
		],
		['redis+sentinel://s1:26379', /must name the group/],
		['redis+cluster://a/1', /must not name a database/],
	])('is not taken as %s', (url, problem) => {
		expect(problemOf('REDIS_URL', url)).toMatch(problem);
	});

	test('in a fault, and as it is shown, holds no password', () => {
		for (const url of ['redis://u:hush@', 'redis://u:hush@a,b', 'redis://u:hush@a/x', 'redis+x://u:hush@a'])
			expect(problemOf('REDIS_URL', url)).not.toContain('hush');
		const url = 'rediss+sentinel://pendo:hush@s1:26379,[::1]/messages/2?sentinelPassword=hush';
		const shown = describeConfig(loadConfig({ REDIS_URL: url })).find(({ name }) => name === 'REDIS_URL');
		expect(shown?.value).toBe('rediss+sentinel://pendo:********@s1:26379,[::1]:26379/messages/2');
		expect(redisOf('redis://:hush@a').shown).toBe('redis://:********@a:6379');
	});
});

describe('REDIS_PREFIX', () => {
	test('stands in front of all keys, and has nothing that an ACL or a cluster would read', () => {
		expect(redisOf('redis://a').prefix).toBe('pendo-message');
		expect(redisOf('redis://a', { REDIS_PREFIX: 'team:one' }).prefix).toBe('team:one');
		for (const prefix of ['a*', '{a}', 'a b', 'a?', 'x'.repeat(65)])
			expect(problemOf('REDIS_PREFIX', prefix)).toMatch(/must have 1 to 64/);
	});
});

test('the clients sign in to the sentinels and to the servers, each as they are told', () => {
	const url = 'rediss+sentinel://u:p@s1/messages/1?sentinelUsername=su&sentinelPassword=sp';
	const { publisher } = createRedisConnections(redisOf(url));
	expect(publisher.options).toMatchObject({
		sentinels: [{ host: 's1', port: 26_379 }],
		name: 'messages',
		username: 'u',
		password: 'p',
		db: 1,
		sentinelUsername: 'su',
		sentinelPassword: 'sp',
		enableTLSForSentinelMode: true,
	});
});
