import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import type { Provider } from '../../src/outbound/provider.ts';
import { freePort } from '../support/free-port.ts';
import { answerRaw, answerWith, HANG_UP, NEVER } from '../support/provider-server.ts';
import { REQUEST, TIMEOUT_MS, WebhookSetup } from './webhook-setup.ts';

const here = new WebhookSetup();

/** Sends, and lets the provider's time run out once `until` has come. */
async function sendUntil(provider: Provider, until: () => Promise<unknown>) {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	const reached = until();
	const outcome = provider.send(REQUEST);
	await reached;
	vi.advanceTimersByTime(TIMEOUT_MS);
	return outcome;
}

describe('the connection', () => {
	test('is used again', async () => {
		const provider = here.provider();
		for (let number = 0; number < 5; number++) await provider.send(REQUEST);
		// A connection is free again a turn of the event loop later.
		expect(here.server.taken).toBeLessThanOrEqual(2);
	});

	test('is one of at most as many as calls may be under way', async () => {
		here.server.answer = NEVER;
		const provider = here.provider();
		const arrivals = [1, 2, 3, 4].map(() => here.server.arrival());
		const ends = [1, 2, 3, 4, 5].map(() => provider.send(REQUEST));
		await Promise.all(arrivals);
		expect(here.server.taken).toBe(4);
		here.server.answer = answerWith(200, '{"id":"p-1"}');
		for (const socket of here.server.open) socket.resetAndDestroy();
		const outcomes = await Promise.all(ends);
		expect(outcomes.map(({ kind }) => kind).sort()).toEqual([
			'accepted',
			'unknown',
			'unknown',
			'unknown',
			'unknown',
		]);
	});

	test('that was closed while idle is replaced without a loss', async () => {
		const provider = here.provider();
		await provider.send(REQUEST);
		for (const socket of here.server.open) socket.end();
		await here.server.emptied();
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'accepted' });
		expect(here.server.requests).toHaveLength(2);
	});

	test('that is refused is tried again later', async () => {
		const closed = new URL(`http://u:hush@127.0.0.1:${await freePort()}/hush`);
		expect(await here.provider(closed).send(REQUEST)).toEqual({
			kind: 'retry',
			error: 'It cannot be reached (ECONNREFUSED).',
			isProviderFault: true,
		});
	});

	test('to a name that nobody has is tried again later', async () => {
		expect(await here.provider(new URL('http://nobody.invalid/')).send(REQUEST)).toMatchObject({
			kind: 'retry',
			isProviderFault: true,
		});
	});

	test('to a server that speaks no TLS is tried again later', async () => {
		const secure = new URL(here.url.href.replace('http:', 'https:'));
		expect(await here.provider(secure).send(REQUEST)).toMatchObject({ kind: 'retry', isProviderFault: true });
		expect(here.server.requests).toEqual([]);
	});

	test('that is lost once the request was written leaves it open, and the request is not sent twice', async () => {
		here.server.answer = HANG_UP;
		const provider = here.provider();
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'unknown', isProviderFault: true });
		expect(here.server.requests).toHaveLength(1);
		here.server.answer = answerWith(200, '{"id":"p-2"}');
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'accepted' });
		expect(here.server.requests).toHaveLength(2);
	});

	test('that is lost in the middle of a 200 leaves it open', async () => {
		here.server.answer = (response) => {
			response.writeHead(200).write('{"id":', () => response.socket?.resetAndDestroy());
		};
		expect(await here.send()).toMatchObject({
			kind: 'unknown',
			httpStatus: 200,
			isProviderFault: true,
		});
	});

	test.each([
		['SSH-2.0-OpenSSH_9.6\r\n'],
		['HTTP/1.1 banana\r\n\r\n'],
		['HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x'],
		[`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n{"id":"a"}`],
		['HTTP/1.1 101 Switching Protocols\r\nupgrade: hush\r\nconnection: upgrade\r\n\r\n'],
		['HTTP/1.1 100 Continue\r\n\r\n'],
	])('that brings %s leaves it open', async (bytes) => {
		here.server.answer = answerRaw(bytes);
		expect(await here.send()).toMatchObject({ kind: 'unknown' });
	});

	test('is let go', async () => {
		const provider = here.provider();
		await Promise.all([provider.send(REQUEST), provider.send(REQUEST)]);
		expect(here.server.open.size).toBe(2);
		await provider.close();
		await here.server.emptied();
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'retry' });
	});
});

describe('within its time', () => {
	test('a request without an answer ends open', async () => {
		here.server.answer = NEVER;
		expect(await sendUntil(here.provider(), () => here.server.arrival())).toEqual({
			kind: 'unknown',
			error: `No answer came within ${TIMEOUT_MS} ms.`,
			isProviderFault: true,
		});
		await here.server.emptied();
	});

	test('a 200 whose body never ends is open', async () => {
		let written = () => {};
		const dripping = new Promise<void>((resolve) => {
			written = resolve;
		});
		here.server.answer = (response) => void response.writeHead(200).write('{"id":"p-1"', () => written());
		expect(await sendUntil(here.provider(), () => dripping)).toMatchObject({
			kind: 'unknown',
			isProviderFault: true,
		});
	});

	test('a request that was not written is not written later either', async () => {
		here.server.answer = NEVER;
		const provider = here.provider(here.url, { maxInFlight: 1 });
		const outcomes = [sendUntil(provider, () => here.server.arrival()), provider.send(REQUEST)];
		expect((await Promise.all(outcomes)).map(({ kind }) => kind)).toEqual(['unknown', 'retry']);
		vi.useRealTimers();
		here.server.answer = answerWith(200, '{"id":"p-1"}');
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'accepted' });
		expect(here.server.requests).toHaveLength(2);
	});

	test('a connection that does not come to be was not written to, and will not be', async () => {
		const silent = createServer();
		silent.listen(0, '127.0.0.1');
		await once(silent, 'listening');
		const { port } = silent.address() as AddressInfo;
		const secure = new URL(`https://127.0.0.1:${port}/`);
		expect(await sendUntil(here.provider(secure), () => once(silent, 'connection'))).toEqual({
			kind: 'retry',
			error: `No connection came within ${TIMEOUT_MS} ms.`,
			isProviderFault: true,
		});
		vi.useRealTimers();
		silent.close();
	});
});
