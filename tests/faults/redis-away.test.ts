import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from '../support/client.ts';
import { converse, eventually, follow, send, take } from '../support/live.ts';
import {
	type DataDirectory,
	makeDataDirectory,
	type ServiceProcess,
	startProcess,
	tokenFor,
} from '../support/process.ts';
import { type RedisServer, skipWithoutRedisProgram, startRedis } from '../support/redis-server.ts';

const LEVELS: Readonly<Record<number, string>> = { 30: 'info', 40: 'warn', 50: 'error' };
const ENV = { REDIS_TIMEOUT_MS: '1000', REDIS_CHECK_INTERVAL_MS: '500', FEED_CHECK_INTERVAL_MS: '200' };

describe.skipIf(skipWithoutRedisProgram('a service whose Redis is away'))('a service whose Redis', () => {
	let directory: DataDirectory;
	let server: RedisServer;
	let service: ServiceProcess | undefined;

	beforeEach(async () => {
		directory = await makeDataDirectory();
		server = await startRedis();
	});
	afterEach(async () => {
		await service?.kill('SIGKILL');
		await server.remove();
		await directory.remove();
	});

	async function start(): Promise<ServiceProcess> {
		service = await startProcess(directory, { REDIS_URL: server.url, ...ENV });
		return service;
	}

	async function busOf({ url }: ServiceProcess): Promise<string> {
		const report = (await (await fetch(`${url}/health`)).json()) as {
			parts: { name: string; status: string; detail: string }[];
		};
		const bus = report.parts.find(({ name }) => name === 'bus');
		return `${bus?.status}: ${bus?.detail}`;
	}

	/** What it has logged of Redis. */
	function linesOf({ output }: ServiceProcess): string[] {
		const lines = output.stdout.trim().split('\n');
		const messages = lines.map((line) => JSON.parse(line) as { level: number; msg: string });
		return messages
			.filter(({ msg }) => msg.includes('Redis'))
			.map(({ level, msg }) => `${LEVELS[level]} ${msg}`);
	}

	const CONNECTED = 'ok: Redis carries wake-ups between the nodes';
	const AWAY = 'degraded: without Redis: events of other nodes come at the slow beat';

	it('is frozen goes on, says so once, and when it is back', async () => {
		const running = await start();
		expect(await busOf(running)).toBe(CONNECTED);
		server.freeze();
		await eventually(() => busOf(running), AWAY);
		expect((await fetch(`${running.url}/health/ready`)).status).toBe(200);
		const client = new Client(running.url, {
			subject: 'carol',
			name: 'Carol',
			token: await tokenFor('carol', 'CUSTOMER'),
		});
		const { id, lastSequence } = await converse(client);
		const events = follow(client, id, { after: lastSequence - 1 });
		await take(events, 1);
		await send(client, id, 'stored and delivered');
		expect((await take(events, 1))[0]?.message?.body).toBe('stored and delivered');
		const metrics = async () => (await fetch(`${running.url}/metrics`)).text();
		expect(await metrics()).toMatch(/^pendo_message_bus_connected 0$/m);
		expect(await metrics()).toMatch(/^pendo_message_bus_dropped_total\{reason="away"\} [1-9]/m);
		server.thaw();
		await eventually(async () => /^pendo_message_bus_connected 1$/m.test(await metrics()), true);
		await eventually(() => busOf(running), CONNECTED);
		expect(await metrics()).toMatch(/^pendo_message_bus_interruptions_total [1-9]/m);
		await client.close();
		await running.kill('SIGTERM');
		const [warning, ...changes] = linesOf(running);
		expect(warning).toMatch(/^warn REDIS_URL is set, and the database is SQLite/);
		expect(changes.length).toBeGreaterThan(2);
		// A busy machine may have more of them.
		for (const [index, change] of changes.entries())
			expect(change).toMatch(
				index % 2 === 0
					? /^info wake-ups travel between the nodes by Redis/
					: /^error Redis is away: followers hear of other nodes at the slow beat/,
			);
	});

	it('is away at its start, and frozen at its end, starts and ends all the same', async () => {
		await server.stop();
		const running = await start();
		expect(await busOf(running)).toBe(AWAY);
		await server.start();
		await eventually(() => busOf(running), CONNECTED);
		server.freeze();
		expect(await running.kill('SIGTERM')).toEqual({ code: 0, signal: null });
	});
});
