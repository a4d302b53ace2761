import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { PendoClient, PendoClientOptions } from '../../client/index.ts';
import type { Client } from '../support/client.ts';
import { Followed, observedSockets, pendoClient } from '../support/following.ts';
import { converse, eventually, metric, range, send } from '../support/live.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';
import { startService, type TestService } from '../support/service.ts';

/** What the operating system holds for a connection is some MB; this is more. */
const LARGE_MESSAGES = 300;

let service: TestService;
let proxy: TcpProxy;
let alice: Client;
let id: string;
let client: PendoClient | undefined;

afterEach(async () => {
	client?.close();
	await proxy.close();
	await service.stop();
});

async function start(env: Record<string, string> = {}): Promise<void> {
	service = await startService(env);
	proxy = await startProxy(service.port);
	alice = await service.client('Alice');
	({ id } = await converse(alice));
}

function pendo(options: Partial<PendoClientOptions> = {}): PendoClient {
	client = pendoClient(proxy.port, () => alice.person.token, options);
	return client;
}

async function sendLarge(): Promise<number> {
	let head = 0;
	for (let sent = 0; sent < LARGE_MESSAGES; sent += 20) {
		const some = await Promise.all(range(1, 20).map(() => send(alice, id, 'x'.repeat(60_000))));
		head = Math.max(head, ...some.map(({ sequence }) => sequence));
	}
	return head;
}

/** What `states` says of being offline. */
function offlines(followed: Followed) {
	return followed.states.filter((state) => state.name === 'offline');
}

describe('a connection that is dead without saying so', () => {
	it('is found out by its silence, and what came meanwhile is caught up with', async () => {
		await start();
		const followed = new Followed(pendo({ keepAliveMs: 50, timeoutMs: 200 }), id, { after: 0 });
		await followed.is('live');
		proxy.freeze();
		const { sequence } = await send(alice, id, 'into the void');
		await followed.is('offline');
		proxy.thaw();
		await followed.reaches(sequence);
		expect(followed.sequences).toEqual(range(1, sequence));
		expect(offlines(followed)[0]?.reason).toBe('No answer in time');
	});

	it('is given up while it is made, which breaks nothing', async () => {
		await start();
		proxy.freeze();
		const { made, webSocketImpl } = observedSockets();
		const followed = new Followed(pendo({ timeoutMs: 100, webSocketImpl }), id, { after: 0 });
		await followed.until(() => offlines(followed).length === 2);
		expect(made.map(({ readyState }) => readyState >= WebSocket.CLOSING)).toEqual([true, true]);
		proxy.thaw();
		await followed.is('live');
		expect(followed.sequences.at(0)).toBe(1);
	});
});

it('a reader that was too slow is closed, and has everything once and in order in the end', async () => {
	await start({ SLOW_READER_MAX_BYTES: '65536', SLOW_READER_MAX_MS: '300', FEED_RING_EVENTS: '16' });
	const { made, webSocketImpl } = observedSockets();
	client = pendoClient(service.port, () => alice.person.token, { webSocketImpl });
	const followed = new Followed(client, id, { after: 0 });
	await followed.is('live');
	const [socket] = made;
	if (!socket) throw new Error('There is none.');
	const had = followed.events.length;
	socket.pause();
	const head = await sendLarge();
	await eventually(() => metric(service, 'pendo_message_open_subscriptions{field="conversationEvents"}'), 0);
	expect(followed.events.length).toBe(had);
	socket.resume();
	await followed.reaches(head);
	expect(followed.sequences).toEqual(range(1, head));
	expect(offlines(followed)[0]?.reason).toMatchObject({ code: 1013 });
	expect(made).toHaveLength(2);
});

it('a service that stops is left for the next one', async () => {
	await start();
	const followed = new Followed(pendo(), id, { after: 0 });
	await followed.is('live');
	await service.restart(() => followed.until(() => offlines(followed).length > 1));
	const { sequence } = await send(alice, id, 'in the next one');
	await followed.reaches(sequence);
	expect(followed.sequences).toEqual(range(1, sequence));
	expect(offlines(followed)[0]?.reason).toMatchObject({ code: 1001 });
});

it('waits for little again after it was connected', async () => {
	await start();
	const followed = new Followed(pendo({ minRetryMs: 10, maxRetryMs: 10_000 }), id, { after: 0 });
	await followed.is('live');
	await service.restart(() => followed.until(() => offlines(followed).length >= 6));
	await followed.is('live');
	const before = offlines(followed).length;
	const cutAt = Date.now();
	proxy.cut();
	await followed.until(() => offlines(followed).length > before);
	const toldAt = Date.now();
	const { retryAt = 0 } = offlines(followed)[before] ?? {};
	expect(retryAt).toBeGreaterThanOrEqual(cutAt);
	expect(retryAt).toBeLessThanOrEqual(toldAt + 10);
});

it('one conversation too many for a connection waits until there is room', async () => {
	await start({ MAX_SUBSCRIPTIONS_PER_SOCKET: '2' });
	const others = [await converse(alice), await converse(alice)];
	const shared = pendo();
	const [first, second] = others.map((other) => new Followed(shared, other.id, { after: 0 }));
	await first?.is('live');
	await second?.is('live');
	const third = new Followed(shared, id, { after: 0 });
	await third.until(() => offlines(third).length >= 2);
	expect(offlines(third)[0]?.reason).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
	expect(first?.following.state.name).toBe('live');
	first?.following.stop();
	await third.is('live');
	expect(third.sequences[0]).toBe(1);
});
