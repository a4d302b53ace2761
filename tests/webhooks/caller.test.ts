import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createUrlGuard, type ResolveName } from '../../src/outbound/url-guard.ts';
import { WebhookCaller } from '../../src/webhooks/caller.ts';
import { newSecret } from '../../src/webhooks/secrets.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';

const PUBLIC = [{ address: '1.1.1.1', family: 4 }];
const PRIVATE = [{ address: '127.0.0.1', family: 4 }];

let receiver: WebhookReceiver;
const callers: WebhookCaller[] = [];

beforeEach(async () => {
	receiver = await WebhookReceiver.start();
});
afterEach(async () => {
	for (const caller of callers.splice(0)) await caller.close();
	await receiver.stop();
});

function createCaller(resolve?: ResolveName, timeoutMs = 5_000): WebhookCaller {
	const guard = createUrlGuard({ allowPrivate: resolve === undefined, ...(resolve && { resolve }) });
	const caller = new WebhookCaller({ guard, timeoutMs });
	callers.push(caller);
	return caller;
}

function call(url: string) {
	const secrets = { secret: newSecret(), previousSecret: null, previousSecretUntil: null };
	return { url, secrets, id: 'whd_1', payload: '{}' };
}

const refusedTo = (reason: string) => ({
	kind: 'retry',
	error: expect.stringContaining(reason),
	isProviderFault: true,
});

test('a name that leads into a private network is not called', async () => {
	const outcome = await createCaller(async () => PRIVATE).call(
		call(`http://inside.example:${receiver.port}/`),
	);
	expect(outcome).toMatchObject(refusedTo('private network'));
	expect(receiver.received).toEqual([]);
});

test('nor one that leads there only once it is connected to', async () => {
	let asked = 0;
	const rebinding: ResolveName = async () => (asked++ === 0 ? PUBLIC : PRIVATE);
	const outcome = await createCaller(rebinding).call(call(`http://inside.example:${receiver.port}/`));
	expect(outcome).toMatchObject({ kind: 'retry', isProviderFault: true });
	expect(asked).toBeGreaterThan(1);
	expect(receiver.received).toEqual([]);
});

test('nor an address of such a network in the place of a name', async () => {
	const outcome = await createCaller(async () => PUBLIC).call(call(receiver.url));
	expect(outcome).toMatchObject(refusedTo('private network'));
	expect(receiver.received).toEqual([]);
});

test('path and query of the URL are kept', async () => {
	const outcome = await createCaller().call(call(`http://127.0.0.1:${receiver.port}/a/b?c=d&e=%20`));
	expect(outcome).toEqual({ kind: 'accepted', httpStatus: 204, providerMessageId: null });
	expect(receiver.received[0]?.path).toBe('/a/b?c=d&e=%20');
});

test.each([
	['a 2xx', 201, { kind: 'accepted', httpStatus: 201 }],
	['410', 410, { kind: 'rejected', httpStatus: 410 }],
	['another 4xx', 400, { kind: 'retry', httpStatus: 400, isProviderFault: false }],
	['a 5xx', 502, { kind: 'retry', httpStatus: 502, isProviderFault: true }],
	['a hang-up', 'reset', { kind: 'unknown', isProviderFault: true }],
	[
		'patience in seconds',
		{ status: 429, headers: { 'retry-after': '7' } },
		{ kind: 'retry', httpStatus: 429, retryAfterMs: 7_000, isProviderFault: false },
	],
	[
		'patience that makes no sense',
		{ status: 503, headers: { 'retry-after': 'soon' } },
		{ kind: 'retry', httpStatus: 503, isProviderFault: true },
	],
] as const)('%s says how the call ended', async (_, reply, outcome) => {
	receiver.reply = () => reply;
	expect(await createCaller().call(call(receiver.url))).toMatchObject(outcome);
});

test('a receiver that does not answer is left after the time limit', async () => {
	receiver.reply = () => 'silence';
	const outcome = await createCaller(undefined, 50).call(call(receiver.url));
	expect(outcome).toMatchObject({ kind: 'unknown', error: expect.stringContaining('50 ms') });
});

test('a status counts, though the rest of the answer never comes', async () => {
	const server = createServer((socket) => {
		socket.on('error', () => undefined);
		socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n…'));
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	expect(await createCaller(undefined, 50).call(call(`http://127.0.0.1:${port}/`))).toMatchObject({
		kind: 'accepted',
		httpStatus: 200,
	});
	server.close();
});
