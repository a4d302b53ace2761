import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RedisBus } from '../../src/bus/redis.ts';
import { createRedisConnections } from '../../src/bus/redis-connections.ts';
import { RedisRoster } from '../../src/bus/redis-roster.ts';
import { BusRecord, openRedisBus, redisConfigOf } from '../support/bus.ts';
import { userOf } from '../support/events.ts';
import { freePort } from '../support/free-port.ts';
import { eventually } from '../support/live.ts';
import {
	countSubscribers,
	type RedisServer,
	skipWithoutRedisProgram,
	startRedis,
} from '../support/redis-server.ts';
import { skipUnless } from '../support/services.ts';
import { runFolder } from '../support/test-run.ts';

let bus: RedisBus | undefined;
let record: BusRecord;

afterEach(() => bus?.close());

/** How a node fares with this URL at its start. */
async function connect(url: string): Promise<string> {
	record = new BusRecord();
	bus = await openRedisBus({ url, observer: record });
	return record.changes.join('; ');
}

describe.skipIf(skipWithoutRedisProgram('sign-in to Redis'))('a Redis with users', () => {
	let server: RedisServer;

	beforeAll(async () => {
		server = await startRedis();
		// What docs/redis.md says that a node needs.
		const rights = [
			...['resetchannels', '&pendo-message-test:*', '~pendo-message-test:*'],
			...['+ping', '+info', '+publish', '+subscribe', '+unsubscribe'],
			...['+hset', '+hdel', '+hgetall', '+set', '+del', '+exists', '+pexpire'],
		];
		await server.run('acl', 'setuser', 'pendo', 'on', '>ano:ther@secret', ...rights);
		await server.run('config', 'set', 'requirepass', 'a-secret');
	});
	afterAll(() => server?.remove());

	const urlFor = (login: string) => server.url.replace('://', `://${login}@`);

	it.each([
		['by password', ':a-secret'],
		['by user and password', 'default:a-secret'],
		['as one who may do what is needed', `pendo:${encodeURIComponent('ano:ther@secret')}`],
	])('lets a node in %s', async (_, login) => {
		expect(await connect(urlFor(login))).toBe('connected');
	});

	it('lets a node in that may ask its sentinel what is needed', async () => {
		const monitor = { 'sentinel monitor messages 127.0.0.1': `${server.port} 1` };
		const sentinel = await startRedis(monitor, 'sentinel');
		onTestFinished(() => sentinel.remove());
		// What docs/redis.md says that a sentinel's user needs.
		const rights = ['+sentinel|get-master-addr-by-name', '+sentinel|sentinels', '+subscribe'];
		await sentinel.run('acl', 'setuser', 'ana', 'on', '>two', 'resetchannels', '&+switch-master', ...rights);
		const signIn = 'sentinelUsername=ana&sentinelPassword=two';
		const url = `redis+sentinel://:a-secret@127.0.0.1:${sentinel.port}/messages?${signIn}`;
		expect(await connect(url)).toBe('connected');
		// It hears of failovers.
		await eventually(() => countSubscribers(sentinel), 2);
	});

	it('lets a node that may do what is needed write and read who is there', async () => {
		const config = redisConfigOf(urlFor(`pendo:${encodeURIComponent('ano:ther@secret')}`));
		const rosters = ['here', 'there'].map((name) => {
			const { keys } = createRedisConnections(config);
			return { keys, roster: new RedisRoster(config, keys, { database: 'one', epoch: () => 'one' }, name) };
		});
		for (const { keys, roster } of rosters) await keys.connect().then(() => roster.open());
		const [here, there] = rosters.map(({ roster }) => roster) as [RedisRoster, RedisRoster];
		const present = { node: 'here', user: userOf('bob'), online: true, typing: 0 };
		here.write('a', present);
		await eventually(async () => (await there.read('a')).length, 1);
		here.write('a', { ...present, online: false });
		await eventually(async () => (await there.read('a')).length, 0);
		for (const { keys, roster } of rosters) await roster.close().then(() => keys.disconnect());
	});

	it.each([
		['another password', ':wrong-one', /^away: .*WRONGPASS/],
		['none', ':', /^away: .*NOAUTH/],
	])('keeps a node out with %s, and the reason does not repeat it', async (_, login, reason) => {
		expect(await connect(urlFor(login))).toMatch(reason);
		expect(record.changes.join()).not.toContain('wrong-one');
	});
});

const noProgram = [skipWithoutRedisProgram('Redis over TLS'), skipWithoutOpenssl('Redis over TLS')];

describe.skipIf(noProgram.includes(true))('a Redis over TLS', () => {
	const trusted = getCACertificates();
	let folder: string;
	let server: RedisServer;
	let port: number;
	let certificate: string;
	let tls: Readonly<Record<string, string>>;

	beforeAll(async () => {
		folder = await mkdtemp(join(runFolder(), 'tls-'));
		port = await freePort();
		const [key, file] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
		execFileSync(
			'openssl',
			[
				...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
				...[
					'-keyout',
					key,
					'-out',
					file,
					'-subj',
					'/CN=localhost',
					'-addext',
					'subjectAltName=DNS:localhost',
				],
			],
			{ stdio: 'ignore' },
		);
		certificate = await readFile(file, 'utf8');
		tls = { 'tls-cert-file': file, 'tls-key-file': key, 'tls-auth-clients': 'no' };
		server = await startRedis({ ...tls, 'tls-port': String(port) });
	});
	afterEach(() => setDefaultCACertificates(trusted));
	afterAll(async () => {
		await server?.remove();
		await rm(folder, { recursive: true });
	});

	it('is reached where its certificate is trusted', async () => {
		setDefaultCACertificates([...trusted, certificate]);
		expect(await connect(`rediss://localhost:${port}`)).toBe('connected');
	});

	it('is reached by a sentinel over TLS, under the name that this gives it', async () => {
		setDefaultCACertificates([...trusted, certificate]);
		const sentinelPort = await freePort();
		const sentinel = await startRedis(
			{
				...tls,
				'tls-port': String(sentinelPort),
				'tls-ca-cert-file': tls['tls-cert-file'] ?? '',
				'tls-replication': 'yes',
				'sentinel resolve-hostnames': 'yes',
				'sentinel announce-hostnames': 'yes',
				'sentinel monitor messages localhost': `${port} 1`,
			},
			'sentinel',
		);
		onTestFinished(() => sentinel.remove());
		expect(await connect(`rediss+sentinel://localhost:${sentinelPort}/messages`)).toBe('connected');
	});

	it('is not reached by another name', async () => {
		setDefaultCACertificates([...trusted, certificate]);
		expect(await connect(`rediss://127.0.0.1:${port}`)).toMatch(/^away: .*altnames/);
	});

	it('is not reached where its certificate is not trusted', async () => {
		expect(await connect(`rediss://localhost:${port}`)).toMatch(/^away: .*self-signed certificate/);
	});

	it('ends nobody where a handshake is broken off', async () => {
		for (let wait = 0; wait < 40; wait++) {
			await connect(`rediss://localhost:${port}`);
			await delay(2 * wait);
			await bus?.close();
		}
		// What is not caught fails the run.
		expect(record.changes).toHaveLength(1);
	});
});

function skipWithoutOpenssl(suite: string): boolean {
	let isThere = true;
	try {
		execFileSync('openssl', ['version'], { stdio: 'ignore' });
	} catch {
		isThere = false;
	}
	return skipUnless(isThere, suite, 'openssl is not installed', 'install openssl');
}
