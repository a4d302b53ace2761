import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPendoClient, type PendoClient } from '../../client/index.ts';
import type { Client } from '../support/client.ts';
import { Followed, pendoClient } from '../support/following.ts';
import { converse, send } from '../support/live.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';
import { startService, type TestService } from '../support/service.ts';

/** Longer than a test may take: whoever waits for it does not get there. */
const NEVER_MS = 3_600_000;

let service: TestService;
let proxy: TcpProxy;
let alice: Client;
let id: string;
let client: PendoClient;
let page: EventTarget;
let shown: EventTarget & { visibilityState: string };

beforeEach(async () => {
	page = new EventTarget();
	shown = Object.assign(new EventTarget(), { visibilityState: 'visible' });
	vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
	vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
	vi.stubGlobal('document', shown);
	service = await startService();
	proxy = await startProxy(service.port);
	alice = await service.client('Alice');
	({ id } = await converse(alice));
	client = pendoClient(proxy.port, () => alice.person.token, {
		minRetryMs: NEVER_MS,
		maxRetryMs: NEVER_MS,
		timeoutMs: 200,
	});
});
afterEach(async () => {
	vi.unstubAllGlobals();
	client.close();
	await proxy.close();
	await service.stop();
});

it.each([
	['the network is back', () => page.dispatchEvent(new Event('online'))],
	['the page is looked at', () => shown.dispatchEvent(new Event('visibilitychange'))],
])('does not wait any longer when %s', async (_what, happens) => {
	const followed = new Followed(client, id);
	await followed.is('live');
	proxy.cut();
	await followed.is('offline');
	const { sequence } = await send(alice, id, 'meanwhile');
	happens();
	await followed.reaches(sequence);
});

it('goes on waiting when the page is hidden, and when the client is closed', async () => {
	const followed = new Followed(client, id);
	await followed.is('live');
	const { taken } = proxy;
	proxy.cut();
	await followed.is('offline');
	shown.visibilityState = 'hidden';
	shown.dispatchEvent(new Event('visibilitychange'));
	client.close();
	expect(getEventListeners(page, 'online')).toEqual([]);
	expect(getEventListeners(shown, 'visibilitychange')).toEqual([]);
	shown.visibilityState = 'visible';
	shown.dispatchEvent(new Event('visibilitychange'));
	page.dispatchEvent(new Event('online'));
	// Another client's connection is behind anything that the first one had begun.
	const other = pendoClient(proxy.port, () => alice.person.token);
	await new Followed(other, id).is('live');
	other.close();
	expect(proxy.taken).toBe(taken + 1);
	expect(followed.stateNames.slice(-2)).toEqual(['offline', 'ended']);
});

it('does not trust a connection that may have died while nobody looked', async () => {
	const followed = new Followed(client, id);
	await followed.is('live');
	proxy.freeze();
	shown.dispatchEvent(new Event('visibilitychange'));
	await followed.is('offline');
	proxy.thaw();
	page.dispatchEvent(new Event('online'));
	await followed.is('live');
});

it('takes an address relative to the page', async () => {
	vi.stubGlobal('location', { href: `http://127.0.0.1:${service.port}/help/page.html` });
	const relative = createPendoClient({ url: '/graphql', token: () => alice.person.token });
	await new Followed(relative, id).is('live');
	relative.close();
});

it('says what is missing where there is no WebSocket', () => {
	vi.stubGlobal('WebSocket', undefined);
	expect(() => createPendoClient({ url: 'http://127.0.0.1/graphql', token: () => '' })).toThrow(
		'webSocketImpl',
	);
});

it.each(['no address', 'ftp://127.0.0.1/graphql', 'http://127.0.0.1/graphql#part'])(
	'refuses at once what no WebSocket can be opened to: %s',
	(url) => {
		expect(() => createPendoClient({ url, token: () => '' })).toThrow();
	},
);

it('takes a setting that is not defined for one that is not given', async () => {
	const lenient = { timeoutMs: undefined, keepAliveMs: undefined } as unknown as { timeoutMs: number };
	const other = pendoClient(service.port, () => alice.person.token, lenient);
	const followed = new Followed(other, id);
	await followed.is('live');
	other.close();
	expect(followed.stateNames).toEqual(['catching-up', 'live', 'ended']);
});
