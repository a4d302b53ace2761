import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Provider, ProviderOutcome, ProviderRequest } from '../../src/outbound/provider.ts';
import { type Conduct, type FarEnd, WIRINGS } from './provider-wirings.ts';

const TIMEOUT_MS = 60_000;

describe.each(WIRINGS)('a provider: $name', ({ channel, from, start, create }) => {
	let farEnd: FarEnd;
	let provider: Provider;

	beforeEach(async () => {
		farEnd = await start();
		const url = new URL(farEnd.url);
		url.username = 'pendo';
		url.password = 'hush';
		provider = create(url, TIMEOUT_MS);
	});

	afterEach(async () => {
		vi.useRealTimers();
		await provider.close();
		await farEnd.stop();
	});

	function request(conduct: Conduct, id = 'msg_0197-1'): ProviderRequest {
		const to = farEnd.will(conduct);
		return { id, from, to, channel, body: 'Hi', attachments: [], timestamp: new Date() };
	}

	test('has a name that fits the ledger, and takes what it is for', () => {
		expect(provider.name).toMatch(/^[a-z-]{1,24}$/);
		expect(provider.channels).toContain(channel);
	});

	test('is told of a message once, and of its id each time', async () => {
		const outcome = await provider.send(request('take'));
		expect(outcome).toMatchObject({
			kind: 'accepted',
			providerMessageId: expect.stringMatching(/^.{1,255}$/),
		});
		await provider.send(request('take'));
		await provider.send(request('take', 'msg_0197-2'));
		expect(farEnd.ids).toEqual(['msg_0197-1', 'msg_0197-1', 'msg_0197-2']);
	});

	test('takes more messages than it has calls at a time', async () => {
		const ids = Array.from({ length: 20 }, (_, number) => `msg_${number}`);
		const outcomes = await Promise.all(ids.map((id) => provider.send(request('take', id))));
		expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(20);
		expect([...farEnd.ids].sort()).toEqual(ids.sort());
	});

	test.each<[Conduct, Partial<ProviderOutcome>]>([
		['put off', { kind: 'retry', isProviderFault: false }],
		['refuse', { kind: 'rejected' }],
		['hang up', { kind: 'unknown', isProviderFault: true }],
		['talk nonsense', { kind: 'unknown' }],
	])(
		'that will %s: the outcome says so, the message was sent once, the next one goes out',
		async (conduct, expected) => {
			expect(await provider.send(request(conduct))).toMatchObject(expected);
			expect(farEnd.ids).toEqual(['msg_0197-1']);
			expect(await provider.send(request('take', 'msg_0197-2'))).toMatchObject({ kind: 'accepted' });
			expect(farEnd.ids).toEqual(['msg_0197-1', 'msg_0197-2']);
		},
	);

	test('that is silent is given up in time: nobody knows', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		const arrived = farEnd.arrival();
		const outcome = provider.send(request('be silent'));
		await arrived;
		vi.advanceTimersByTime(TIMEOUT_MS);
		expect(await outcome).toMatchObject({
			kind: 'unknown',
			error: expect.stringContaining(`${TIMEOUT_MS} ms`),
			isProviderFault: true,
		});
	});

	test('that is away got nothing', async () => {
		await farEnd.stop();
		expect(await provider.send(request('take'))).toMatchObject({ kind: 'retry', isProviderFault: true });
		farEnd = await start();
	});

	test('closes at once: how a call ends that is under way nobody knows, and nothing is sent after that', async () => {
		const arrived = farEnd.arrival();
		const last = provider.send(request('be silent'));
		await arrived;
		await provider.close();
		expect(await last).toMatchObject({ kind: 'unknown' });
		await provider.close();
		expect(await provider.send(request('take'))).toMatchObject({ kind: 'retry' });
		expect(farEnd.ids).toEqual(['msg_0197-1']);
	});

	test('tells of faults in short, without secrets', async () => {
		const errors: string[] = [];
		for (const conduct of ['put off', 'refuse', 'hang up', 'talk nonsense'] as const) {
			const outcome = await provider.send(request(conduct));
			if ('error' in outcome) errors.push(outcome.error);
		}
		expect(errors).toHaveLength(4);
		for (const error of errors) expect(error).toMatch(/^(?!.*hush)[A-Z].{1,199}$/s);
	});
});
