import { Webhook } from 'standardwebhooks';
import { afterEach, expect, test } from 'vitest';
import { createMockProvider, type MockProvider } from '../../src/mock-provider/mock-provider.ts';
import { message, post } from './post.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const SECRET = `whsec_${Buffer.from('a secret for callbacks, 32 bytes').toString('base64')}`;

let receiver: Receiver;
let provider: MockProvider;

afterEach(async () => {
	await provider.close();
	await receiver.close();
});

/** Answers with the provider's URL. */
async function start(
	answer?: (n: number) => number,
	callbacks: { readonly retryMs?: readonly number[]; readonly delayMs?: number } = {},
): Promise<string> {
	receiver = await startReceiver(answer);
	const options = { url: () => receiver.url, secret: SECRET, delayMs: 5, retryMs: [5, 5], ...callbacks };
	provider = createMockProvider({ callbacks: options });
	return provider.listen(0, '127.0.0.1');
}

/** The n-th webhook's payload, its signature checked. */
async function payload(n: number): Promise<unknown> {
	const { headers, body } = await receiver.nth(n);
	return new Webhook(SECRET).verify(body, headers);
}

/** What the first webhooks say of the message, and nothing after them. */
async function statuses(to: string, count: number): Promise<unknown[]> {
	const url = await start();
	const sent = message(to);
	await post(url, sent).catch(() => undefined);
	const [told] = provider.log.entries;
	const providerId = told?.kind === 'request' ? told.providerId : undefined;
	const found = [];
	for (let n = 1; n <= count; n++) {
		expect(await payload(n)).toMatchObject({
			type: 'message.status',
			data: { id: sent.id, providerId, timestamp: expect.stringMatching(/^\d{4}-.*Z$/) },
		});
		found.push(await payload(n));
	}
	expect(receiver.received.map(({ path }) => path)).toEqual(Array(count).fill('/webhooks/status'));
	return found.map((each) => (each as { data: { status: string } }).data.status);
}

test.each<[string, readonly string[]]>([
	['+15550100001', ['sent', 'delivered']],
	['+15550101200', ['delivered', 'sent']],
	['+15550102200', ['sent', 'undelivered']],
	['+15550103200', ['failed']],
	['+15550100444', ['sent', 'delivered']],
])('%s is called back with %j, signed', async (to, expected) => {
	expect(await statuses(to, expected.length)).toEqual(expected);
});

test('only a failure has an error', async () => {
	const url = await start();
	await post(url, message('+15550102200'));
	expect(await payload(1)).toMatchObject({ data: { status: 'sent', error: null } });
	expect(await payload(2)).toMatchObject({ data: { status: 'undelivered', error: expect.any(String) } });
});

test('a message that was not accepted, or that asks for none, has no callback', async () => {
	const url = await start();
	for (const code of ['4200', '0500', '0429', '5200', '0200'])
		await post(url, message(`+1555010${code}`)).catch(() => undefined);
	const told = provider.log.entries.filter((entry) => entry.kind === 'request');
	await receiver.nth(2);
	const ids = receiver.received.map(({ body }) => JSON.parse(body).data.id);
	const last = told.at(-1)?.message.id;
	expect(ids).toEqual([last, last]);
});

test('a service that is not able gets the same webhook again, signed anew, and the next one after it', async () => {
	const url = await start((n) => (n <= 2 ? 503 : 202));
	await post(url, message('+15550100001'));
	await receiver.nth(4);
	const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
	expect(ids).toEqual([ids[0], ids[0], ids[0], ids[3]]);
	expect(ids[3]).not.toBe(ids[0]);
	for (const n of [1, 2, 3]) expect(await payload(n)).toMatchObject({ data: { status: 'sent' } });
	expect(await payload(4)).toMatchObject({ data: { status: 'delivered' } });
});

test('one that refuses is not asked again, one that stays away is given up', async () => {
	let url = await start(() => 401);
	const bringIn = () =>
		fetch(`${url}/simulate/incoming`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ from: '+10987654321', to: '+11234567890' }),
		});
	const refused = await bringIn();
	expect([refused.status, await refused.json()]).toEqual([
		502,
		{ id: expect.any(String), status: 401, attempts: 1 },
	]);
	expect(receiver.received).toHaveLength(1);
	await provider.close();
	await receiver.close();
	url = await start();
	await receiver.close();
	const away = await bringIn();
	expect([away.status, await away.json()]).toEqual([
		502,
		{ id: expect.any(String), status: null, attempts: 3 },
	]);
	expect(provider.log.entries).toMatchObject([{ kind: 'callback', status: null, attempts: 3 }]);
	receiver = await startReceiver();
});

test('an incoming message is brought to the service', async () => {
	const url = await start();
	const incoming = {
		from: '+10987654321',
		to: '+11234567890',
		type: 'mms',
		body: 'Look 🦊',
		attachments: ['https://example.com/fox.png'],
	};
	const response = await fetch(`${url}/simulate/incoming`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(incoming),
	});
	expect(await response.json()).toEqual({ id: expect.stringMatching(/^in_/), status: 202, attempts: 1 });
	expect(receiver.received.map(({ path }) => path)).toEqual(['/webhooks/messages']);
	expect(await payload(1)).toEqual({
		type: 'message.received',
		data: {
			...incoming,
			id: expect.stringMatching(/^in_/),
			timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
		},
	});
});

test('without a place for callbacks, nothing is brought in', async () => {
	receiver = await startReceiver();
	provider = createMockProvider();
	const url = await provider.listen(0, '127.0.0.1');
	const response = await fetch(`${url}/simulate/incoming`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ from: '+10987654321', to: '+11234567890' }),
	});
	expect(response.status).toBe(409);
});

test('closing drops callbacks that wait', async () => {
	const url = await start(undefined, { delayMs: 3_600_000 });
	await post(url, message('+15550100001'));
	await provider.close();
	expect(receiver.received).toEqual([]);
});
