import { describe, expect, test } from 'vitest';
import { handleMetrics, isLoopbackAddress } from '../../src/http/metrics.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { get, serve } from './support.ts';

/** The value of a series, by its name and labels as they are printed. */
function sample(text: string, series: string): number | undefined {
	const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
	return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('metrics', () => {
	test('count what was recorded', async () => {
		const metrics = createMetrics();
		metrics.request('Send', 'mutation', 'ok', 0.004);
		metrics.request('Send', 'mutation', 'error', 0.2);
		metrics.request(undefined, 'query', 'ok', 0.001);
		metrics.error('NOT_FOUND');
		metrics.socketOpened('websocket');
		metrics.socketOpened('websocket');
		metrics.socketClosed('websocket');
		metrics.subscriptionStarted('conversationEvents');
		metrics.subscriptionStarted('conversationActivity');
		metrics.subscriptionEnded('conversationActivity');
		metrics.send('stored');
		metrics.commit(17, 0.003);
		metrics.deliveryLag(0.002);
		metrics.resume('ring');
		metrics.logLine('warn');
		const text = await metrics.text();
		const expected: Record<string, number> = {
			'pendo_message_requests_total{operation="Send",kind="mutation",outcome="ok"}': 1,
			'pendo_message_requests_total{operation="Send",kind="mutation",outcome="error"}': 1,
			'pendo_message_requests_total{operation="anonymous",kind="query",outcome="ok"}': 1,
			'pendo_message_request_duration_seconds_bucket{le="0.005",operation="Send",kind="mutation"}': 1,
			'pendo_message_request_duration_seconds_count{operation="Send",kind="mutation"}': 2,
			'pendo_message_errors_total{code="NOT_FOUND"}': 1,
			'pendo_message_open_sockets{transport="websocket"}': 1,
			'pendo_message_open_sockets{transport="sse"}': 0,
			'pendo_message_open_subscriptions{field="conversationEvents"}': 1,
			'pendo_message_open_subscriptions{field="conversationActivity"}': 0,
			'pendo_message_sends_total{outcome="stored"}': 1,
			'pendo_message_sends_total{outcome="busy"}': 0,
			pendo_message_batch_size_commands_sum: 17,
			pendo_message_commit_duration_seconds_sum: 0.003,
			pendo_message_delivery_lag_seconds_sum: 0.002,
			'pendo_message_resumes_total{source="ring"}': 1,
			'pendo_message_resumes_total{source="log"}': 0,
			'pendo_message_log_lines_total{level="warn"}': 1,
		};
		const found = Object.keys(expected).map((series) => [series, sample(text, series)]);
		expect(Object.fromEntries(found)).toEqual(expected);
	});

	test('carry the event loop lag of Node, and HELP and TYPE once for each', async () => {
		const text = await createMetrics().text();
		expect(text).toContain('\nnodejs_eventloop_lag_p99_seconds ');
		const names = text.split('\n').filter((line) => line.startsWith('# TYPE '));
		expect(new Set(names).size).toBe(names.length);
		expect(text.split('\n').filter((line) => line.startsWith('# HELP '))).toHaveLength(names.length);
	});

	test('keep services in one process apart', async () => {
		const [one, other] = [createMetrics(), createMetrics()];
		one.send('stored');
		expect(sample(await other.text(), 'pendo_message_sends_total{outcome="stored"}')).toBe(0);
	});

	test('keep 200 operation names apart; later and malformed ones are other', async () => {
		const metrics = createMetrics();
		metrics.request('bad"} 1\nforged 2', 'query', 'ok', 0);
		metrics.request('x'.repeat(65), 'query', 'ok', 0);
		for (let i = 0; i < 250; i += 1) metrics.request(`Operation${i}`, 'query', 'ok', 0);
		metrics.request('Operation7', 'query', 'ok', 0);
		const text = await metrics.text();
		const count = (operation: string) =>
			sample(text, `pendo_message_requests_total{operation="${operation}",kind="query",outcome="ok"}`);
		expect(count('other')).toBe(2 + 50);
		expect(count('Operation7')).toBe(2);
		expect(count('Operation199')).toBe(1);
		expect(count('Operation200')).toBeUndefined();
		expect(text).not.toContain('forged');
	});

	test('take durations that are no durations for 0', async () => {
		const metrics = createMetrics();
		for (const seconds of [-3, Number.NaN, Number.POSITIVE_INFINITY]) {
			metrics.deliveryLag(seconds);
			metrics.commit(1, seconds);
			metrics.request('A', 'query', 'ok', seconds);
		}
		const text = await metrics.text();
		expect(sample(text, 'pendo_message_delivery_lag_seconds_sum')).toBe(0);
		expect(sample(text, 'pendo_message_delivery_lag_seconds_count')).toBe(3);
	});
});

test.each([
	['127.0.0.1', true],
	['127.8.9.10', true],
	['::1', true],
	['::ffff:127.0.0.1', true],
	['::ffff:7f00:1', true],
	['10.0.0.1', false],
	['128.0.0.1', false],
	['::ffff:10.0.0.1', false],
	['::2', false],
	['fe80::1', false],
	['127.0.0.1.example.com', false],
	['', false],
	[undefined, false],
])('%s is a loopback address: %s', (address, expected) => {
	expect(isLoopbackAddress(address)).toBe(expected);
});

describe('GET /metrics', () => {
	const expose = (token?: string) => {
		const metrics = createMetrics();
		return serve((req, res) => handleMetrics(req, res, { metrics, token }));
	};
	/** What a proxy on this machine sends: the peer is on loopback, the client is not. */
	const proxied = { 'x-forwarded-for': '203.0.113.9' };

	test('is open to a direct peer on loopback', async () => {
		await using server = await expose('right');
		const answer = await fetch(server.url);
		expect(answer.status).toBe(200);
		expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
		expect(await answer.text()).toContain('# HELP pendo_message_requests_total ');
		expect((await fetch(server.url, { method: 'POST' })).status).toBe(405);
	});

	test.each<[string, Record<string, string>, number]>([
		['no token', proxied, 401],
		['no token, Forwarded', { forwarded: 'for=203.0.113.9' }, 401],
		['no token, an empty X-Forwarded-For', { 'x-forwarded-for': '' }, 401],
		['another token', { ...proxied, authorization: 'Bearer wrong' }, 401],
		['a prefix of the token', { ...proxied, authorization: 'Bearer righ' }, 401],
		['an empty token', { ...proxied, authorization: 'Bearer ' }, 401],
		['another scheme', { ...proxied, authorization: 'Basic right' }, 401],
		['the token', { ...proxied, authorization: 'Bearer right' }, 200],
		['the token, the scheme in another case', { ...proxied, authorization: 'bearer right' }, 200],
	])('through a proxy with %s', async (_, headers, status) => {
		await using server = await expose('right');
		const answer = await get(server.url, headers);
		expect(answer.status).toBe(status);
		if (status === 401) expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
	});

	test('is closed to others without a token set, whatever they send', async () => {
		await using server = await expose();
		for (const authorization of ['Bearer ', 'Bearer undefined']) {
			const answer = await get(server.url, { ...proxied, authorization });
			expect(answer.status).toBe(403);
			expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'FORBIDDEN' } });
		}
	});
});
