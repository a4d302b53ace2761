import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RequestEntry } from '../../src/mock-provider/log.ts';
import {
	createMockProvider,
	type MockProvider,
	type MockProviderOptions,
} from '../../src/mock-provider/mock-provider.ts';
import { message, post } from './post.ts';

let provider: MockProvider;
let url: string;

async function start(options: MockProviderOptions = {}): Promise<void> {
	provider = createMockProvider(options);
	url = await provider.listen(0, '127.0.0.1');
}

beforeEach(() => start());
afterEach(() => provider.close());

function requests(): RequestEntry[] {
	return provider.log.entries.filter((entry) => entry.kind === 'request');
}

describe('an address says what becomes of its messages', () => {
	test('an ordinary one is accepted at once, on any path', async () => {
		const sent = message('+15550100001');
		const response = await post(`${url}/v1/messages?key=1`, sent);
		expect(response.status).toBe(200);
		const answer: unknown = await response.json();
		expect(answer).toEqual({ id: expect.stringMatching(/^mock_/) });
		expect(requests()).toEqual([
			expect.objectContaining({ message: sent, attempt: 1, outcome: 'accepted', status: 200 }),
		]);
		expect(answer).toEqual({ id: requests()[0]?.providerId });
	});

	test.each([
		['0400', 400, null],
		['0429', 429, /^2$/],
		['1429', 429, /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/],
		['2429', 429, /^when the cows come home$/],
		['3429', 429, /^9{20}$/],
		['0500', 500, null],
		['0502', 502, null],
		['0503', 503, null],
	])('%s is refused at every attempt', async (code, status, retryAfter) => {
		const sent = message(`+1555010${code}`);
		for (const attempt of [1, 2]) {
			const response = await post(url, sent);
			expect(response.status).toBe(status);
			if (retryAfter === null) expect(response.headers.get('retry-after')).toBeNull();
			else expect(response.headers.get('retry-after')).toMatch(retryAfter);
			expect(requests()[attempt - 1]).toMatchObject({
				attempt,
				outcome: 'refused',
				status,
				providerId: null,
			});
		}
	});

	test.each([
		['+10987654321', '+15550100001'],
		['sam+4321@example.com', 'sam@example.com'],
	])('%s is refused once for each message, then accepted', async (to) => {
		for (const sent of [message(to), message(to)]) {
			const first = await post(url, sent);
			expect([first.status, first.headers.get('retry-after')]).toEqual([429, '1']);
			expect((await post(url, sent)).status).toBe(200);
		}
	});

	test('the word behind the + of an email address counts as four digits', async () => {
		const answers = [
			'sam+429@example.com',
			'sam+0503@example.com',
			'sam@0500.example',
			'+0400+x@example.com',
		];
		const statuses = await Promise.all(
			answers.map(async (to) => (await post(url, message(to, { type: 'email' }))).status),
		);
		expect(statuses).toEqual([429, 503, 200, 200]);
	});

	test('5200 is answered with HTML, and not accepted', async () => {
		const response = await post(url, message('+15550105200'));
		expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html']);
		expect(await response.text()).toContain('<h1>');
		expect(requests()).toMatchObject([{ outcome: 'ignored', status: 200, providerId: null }]);
	});

	test('3000 is accepted at once and answered after three seconds, 0000 not even then', async () => {
		const gone = new AbortController();
		const silent = post(url, message('+15550100000'), { signal: gone.signal }).then(
			() => 'answered',
			(error: unknown) => (error instanceof Error ? error.name : 'failed'),
		);
		while (requests().length === 0) await post(`${url}/`, message('+15550100001'));
		const before = performance.now();
		const response = await post(url, message('+15550103000'));
		expect(response.status).toBe(200);
		expect(performance.now() - before).toBeGreaterThan(2_900);
		const told = (code: string) => requests().find(({ message: { to } }) => to.endsWith(code));
		expect(Date.now() - Date.parse(told('3000')?.at ?? '')).toBeGreaterThan(2_900);
		expect(told('0000')).toMatchObject({ outcome: 'ignored', status: null, providerId: null });
		gone.abort();
		expect(await silent).toBe('AbortError');
	});

	test('0444 is accepted, and the connection reset', async () => {
		await expect(post(url, message('+15550100444'))).rejects.toThrow('fetch failed');
		expect(requests()).toMatchObject([{ outcome: 'accepted', status: null }]);
		expect(requests()[0]?.providerId).toMatch(/^mock_/);
	});
});

test('a repeated message is accepted twice, as many providers do', async () => {
	const sent = message('+15550100001');
	const ids = [await (await post(url, sent)).json(), await (await post(url, sent)).json()];
	expect(ids[0]).not.toEqual(ids[1]);
	expect(requests().map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
});

test('an idempotent one gives the first answer again, also after a reset', async () => {
	await provider.close();
	await start({ isIdempotent: true });
	const sent = message('+15550100444');
	await expect(post(url, sent)).rejects.toThrow('fetch failed');
	const accepted = requests()[0]?.providerId;
	expect(accepted).toMatch(/^mock_/);
	for (let repeat = 0; repeat < 2; repeat++)
		expect(await (await post(url, sent)).json()).toEqual({ id: accepted });
	expect(requests().map(({ outcome }) => outcome)).toEqual(['accepted', 'repeated', 'repeated']);
});

test('every answer takes as long as it is told', async () => {
	await provider.close();
	await start({ delayMs: 200 });
	const before = performance.now();
	await Promise.all(['+15550100001', '+15550100500', '+15550105200'].map((to) => post(url, message(to))));
	expect(performance.now() - before).toBeGreaterThan(190);
});

test('an answer that is given again takes no time', async () => {
	await provider.close();
	await start({ isIdempotent: true, delayMs: 3_600_000 });
	const sent = message('+15550100001');
	const first = post(url, sent).catch(() => 'lost');
	const repeated = async () => (await post(url, sent)).json();
	while (requests().length === 0) await fetch(url);
	expect(await repeated()).toEqual({ id: requests()[0]?.providerId });
	await provider.close();
	expect(await first).toBe('lost');
});

describe('by chance', () => {
	const chances = { rate429: 30, rate500: 10, rateReset: 5 };
	const seed = 'seven';

	/** What becomes of so many messages, sent one after the other. */
	async function fates(count: number): Promise<(number | null | undefined)[]> {
		for (let n = 0; n < count; n++)
			await post(url, message(`+1555020${String(n).padStart(3, '0')}1`)).catch(() => undefined);
		return requests().map(({ status }) => status);
	}

	test('some are refused or reset, the same ones for the same seed', async () => {
		await provider.close();
		await start({ chances, seed, retryAfter: '0' });
		const first = await fates(200);
		await provider.close();
		await start({ chances, seed });
		expect(await fates(200)).toEqual(first);
		const count = (status: number | null) => first.filter((other) => other === status).length;
		expect([count(429), count(500), count(null), count(200)]).toEqual([56, 30, 9, 105]);
		await provider.close();
		await start({ chances, seed: 'other' });
		expect(await fates(200)).not.toEqual(first);
	});

	test('a 429 carries the Retry-After that it is told to, and else none', async () => {
		await provider.close();
		await start({ chances: { rate429: 100, rate500: 0, rateReset: 0 }, retryAfter: '0' });
		expect((await post(url, message('+15550100001'))).headers.get('retry-after')).toBe('0');
		expect((await post(url, message('+15550100200'))).status).toBe(200);
		await provider.close();
		await start({ chances: { rate429: 100, rate500: 0, rateReset: 0 } });
		const response = await post(url, message('+15550100001'));
		expect([response.status, response.headers.get('retry-after')]).toEqual([429, null]);
	});
});

describe('what is not the wire is refused, and told in the log', () => {
	const sent = message('+15550100001');
	test.each<[string, number, RequestInit]>([
		['another method', 405, { method: 'PUT' }],
		['a form', 415, { headers: { 'content-type': 'text/plain', 'idempotency-key': sent.id } }],
		['no JSON', 400, { body: '{' }],
		['a message without its fields', 400, { body: JSON.stringify({ ...sent, to: undefined }) }],
		['a type in upper case', 400, { body: JSON.stringify({ ...sent, type: 'SMS' }) }],
		['no key', 400, { headers: { 'content-type': 'application/json' } }],
		[
			"another message's key",
			400,
			{ headers: { 'content-type': 'application/json', 'idempotency-key': 'x' } },
		],
		['a body above the limit', 413, { body: JSON.stringify({ ...sent, body: 'x'.repeat(2_000_000) }) }],
	])('%s', async (_, status, init) => {
		const response = await post(url, sent, init);
		expect(response.status).toBe(status);
		expect(await response.json()).toEqual({ error: expect.any(String) });
		expect(provider.log.entries).toMatchObject([{ kind: 'fault', status }]);
	});
});

test('GET shows the log, and what the addresses mean', async () => {
	await post(url, message('+15550100001'));
	const log: unknown = await (await fetch(`${url}/log`)).json();
	expect(log).toEqual({ entries: provider.log.entries });
	expect(requests()).toHaveLength(1);
	expect(await (await fetch(url)).text()).toContain('  0429  429 with Retry-After: 2\n');
});

test('a port that is taken is a fault', async () => {
	const other = createMockProvider();
	await expect(other.listen(Number(new URL(url).port), '127.0.0.1')).rejects.toThrow('EADDRINUSE');
	await other.close();
});
