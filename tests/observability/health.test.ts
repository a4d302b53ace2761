import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createHealth, type HealthCheck, type HealthOptions } from '../../src/health.ts';
import { createHealthChecks } from '../../src/health-checks.ts';
import { handleHealth } from '../../src/http/health.ts';
import { serve } from './support.ts';

afterEach(() => vi.restoreAllMocks());

const well: HealthCheck = async () => {};
const fails: HealthCheck = async () => {
	throw new Error('connect ECONNREFUSED postgresql://app:hush@10.0.0.7');
};
const hangs: HealthCheck = () => new Promise<void>(() => {});

function health(checks: Record<string, HealthCheck>, options: Partial<HealthOptions> = {}) {
	return createHealth(checks, { timeoutMs: 30, ...options });
}

/** Moves the clock that decides whether a report is still young. */
function clock() {
	let now = 1000;
	vi.spyOn(performance, 'now').mockImplementation(() => now);
	return (ms: number) => {
		now += ms;
	};
}

describe('a report', () => {
	test('names every part in order, with latency and without the reason of a failure', async () => {
		const report = await health({
			database: fails,
			bus: well,
			disk: async () => ({ status: 'degraded', detail: 'nearly full' }),
		}).report();
		expect(report).toEqual({
			status: 'down',
			parts: [
				{ name: 'database', status: 'down', latencyMs: null, detail: 'failed' },
				{ name: 'bus', status: 'ok', latencyMs: expect.any(Number), detail: null },
				{ name: 'disk', status: 'degraded', latencyMs: expect.any(Number), detail: 'nearly full' },
			],
		});
		expect(JSON.stringify(report)).not.toContain('hush');
	});

	test.each<[string, Record<string, HealthCheck>, string]>([
		['all parts well', { database: well, bus: well }, 'ok'],
		['a part down that is not required', { database: well, bus: fails }, 'degraded'],
		[
			'a required part degraded',
			{ database: async () => ({ status: 'degraded', detail: null }) },
			'degraded',
		],
		['a required part down', { database: fails, bus: well }, 'down'],
		['no parts', {}, 'ok'],
	])('%s', async (_, checks, status) => {
		expect((await health(checks).report()).status).toBe(status);
	});

	test('a hanging check is down, timed out, and the others are checked beside it', async () => {
		const { parts } = await health({ database: well, bus: hangs, peer: hangs }).report();
		expect(parts.map(({ name, status, detail }) => [name, status, detail])).toEqual([
			['database', 'ok', null],
			['bus', 'down', 'timed out'],
			['peer', 'down', 'timed out'],
		]);
	});

	test('a check that still hangs is not started again; its late answer counts', async () => {
		const pass = clock();
		const { promise, resolve } = Promise.withResolvers<void>();
		const check = vi.fn(() => promise);
		const subject = health({ database: check });
		expect((await subject.report()).status).toBe('down');
		pass(501);
		expect((await subject.report()).status).toBe('down');
		expect(check).toHaveBeenCalledTimes(1);
		resolve();
		pass(501);
		expect((await subject.report()).status).toBe('ok');
	});

	test('calls at the same time share one run, and a young report is given again', async () => {
		const pass = clock();
		const { promise, resolve } = Promise.withResolvers<void>();
		const check = vi.fn(() => promise);
		const subject = health({ database: check }, { timeoutMs: 5000 });
		const calls = [subject.report(), subject.report(), subject.ready()];
		resolve();
		await Promise.all(calls);
		pass(499);
		await subject.report();
		expect(check).toHaveBeenCalledTimes(1);
		pass(1);
		await subject.report();
		expect(check).toHaveBeenCalledTimes(2);
	});

	test('a call during a run joins it, the parts already checked included', async () => {
		const { promise, resolve } = Promise.withResolvers<void>();
		const quick = vi.fn(well);
		const subject = health({ database: quick, bus: () => promise }, { timeoutMs: 5000 });
		const first = subject.report();
		await setImmediate();
		const second = subject.report();
		resolve();
		expect(await second).toBe(await first);
		expect(quick).toHaveBeenCalledTimes(1);
	});

	test('onChange hears of each change of a part once, with the reason', async () => {
		const pass = clock();
		let check = well;
		const changes: unknown[] = [];
		const subject = health(
			{ database: () => check() },
			{ onChange: (part, before, reason) => changes.push([before, part.status, String(reason)]) },
		);
		for (const next of [well, fails, fails, well]) {
			check = next;
			await subject.report();
			pass(500);
		}
		expect(changes).toEqual([
			['ok', 'down', expect.stringContaining('ECONNREFUSED')],
			['down', 'ok', 'undefined'],
		]);
	});
});

describe("the service's parts", () => {
	const report = (
		waiting: number,
		openCircuits: readonly string[] = [],
		pausedProviders: readonly string[] = [],
	) =>
		health(
			createHealthChecks({
				ping: async () => {},
				writes: { load: { waiting, storing: 7 } },
				maxQueued: 100,
				live: { load: { feeds: 2, followers: 30 } },
				openCircuits: () => openCircuits,
				pausedProviders: () => pausedProviders,
				nodes: { state: 'one' },
			}),
		).report();

	test('are the database, the write queue, what is followed, the bus and the providers, with counts', async () => {
		const { parts } = await report(50);
		expect(parts.map(({ name, status, detail }) => [name, status, detail])).toEqual([
			['database', 'ok', null],
			['writeQueue', 'ok', 'waiting: 50 of at most 100, being stored: 7'],
			['live', 'ok', 'on this node: feeds 2, followers 30'],
			['bus', 'ok', 'one node: wake-ups stay within its process'],
			['providers', 'ok', 'every provider is asked'],
		]);
	});

	test('a provider whose circuit is open is degraded', async () => {
		const { status, parts } = await report(0, ['webhook']);
		expect([status, parts.at(-1)?.status]).toEqual(['degraded', 'degraded']);
	});

	test('a provider that asked to wait is well, and named by count', async () => {
		const { status, parts } = await report(0, [], ['webhook']);
		expect([status, parts.at(-1)?.detail]).toEqual(['ok', 'providers that asked to wait: 1']);
	});

	test('a write queue more than half full is degraded', async () => {
		const { status, parts } = await report(51);
		expect([status, parts[1]?.status]).toEqual(['degraded', 'degraded']);
	});
});

describe('over HTTP', () => {
	const probe = (checks: Record<string, HealthCheck>) => {
		const subject = health(checks);
		return serve((req, res) => handleHealth(req, res, { health: subject, version: '1.2.3' }));
	};

	test('/health reports parts, uptime and version; 503 only when down', async () => {
		await using degraded = await probe({ database: well, bus: fails });
		const answer = await fetch(`${degraded.url}/health`);
		expect(answer.status).toBe(200);
		expect(answer.headers.get('cache-control')).toBe('no-store');
		expect(await answer.json()).toMatchObject({
			status: 'degraded',
			version: '1.2.3',
			uptimeSeconds: expect.any(Number),
			parts: [{ name: 'database' }, { name: 'bus' }],
		});
		await using down = await probe({ database: fails });
		expect((await fetch(`${down.url}/health`)).status).toBe(503);
	});

	test('/health/live answers 200 and /health/ready 503 while the database is away', async () => {
		await using server = await probe({ database: hangs });
		expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
		expect((await fetch(`${server.url}/health/ready`)).status).toBe(503);
	});

	test('/health/ready does not care for parts that are not required, but for stopping', async () => {
		const subject = health({ database: well, bus: fails });
		await using server = await serve((req, res) => handleHealth(req, res, { health: subject, version: '1' }));
		expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
		subject.stopping();
		expect((await fetch(`${server.url}/health/ready`)).status).toBe(503);
		expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
	});

	test('HEAD gets the status without a body, other methods 405 with Allow, other paths 404', async () => {
		await using server = await probe({ database: fails });
		const head = await fetch(`${server.url}/health/ready`, { method: 'HEAD' });
		expect([head.status, await head.text()]).toEqual([503, '']);
		const post = await fetch(`${server.url}/health`, { method: 'POST' });
		expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
		expect(await post.json()).toMatchObject({ error: { code: 'METHOD_NOT_ALLOWED' } });
		expect((await fetch(`${server.url}/health/other`)).status).toBe(404);
	});
});
