import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { PendoClient, PendoClientOptions } from '../../client/index.ts';
import type { Client } from '../support/client.ts';
import { Followed, observedSockets, pendoClient } from '../support/following.ts';
import { converse, range, send } from '../support/live.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let proxy: TcpProxy;
let alice: Client;
let id: string;
let client: PendoClient | undefined;

beforeAll(async () => {
	service = await startService({ JWT_CLOCK_TOLERANCE_SECONDS: '0' });
	proxy = await startProxy(service.port);
	alice = await service.client('Alice');
	({ id } = await converse(alice));
});
afterEach(() => client?.close());
afterAll(async () => {
	await proxy.close();
	await service.stop();
});

function aliceFor(expiresInSeconds: number): Promise<string> {
	return service.token({ subject: alice.person.subject, role: 'CUSTOMER', expiresInSeconds });
}

function follow(
	token: PendoClientOptions['token'],
	begin: { readonly after?: number } = {},
	options: Partial<PendoClientOptions> = {},
): Followed {
	client = pendoClient(proxy.port, token, options);
	return new Followed(client, id, begin);
}

/** Sends until it is told to stop; the answer is the newest sequence. */
async function keepSending(isOver: () => boolean): Promise<number> {
	let head = 0;
	while (!isOver()) head = (await send(alice, id, 'on and on')).sequence;
	return head;
}

/** For the client alone it ends so soon: what it sends is another one, which lasts. */
function shortLived(lasting: string, seconds: number) {
	const token = `.${btoa(JSON.stringify({ exp: Date.now() / 1_000 + seconds }))}.`;
	const { made, webSocketImpl } = observedSockets((text) => text.replace(token, lasting));
	return { token, made, webSocketImpl };
}

it('asks for a new token before one ends, again where there was none, and goes over without a break', async () => {
	const asked: (string | undefined)[] = [];
	const lasting = await aliceFor(60);
	const { token, made, webSocketImpl } = shortLived(lasting, 2);
	const followed = follow(
		(expired) => {
			asked.push(expired);
			if (asked.length === 2) throw new Error('no network');
			return expired === undefined ? token : lasting;
		},
		{ after: 0 },
		{ webSocketImpl },
	);
	await followed.is('live');
	const [socket] = made;
	if (!socket) throw new Error('There is none.');
	let closedWith: unknown;
	socket.once('close', (code) => {
		closedWith = code;
	});
	const head = await keepSending(() => closedWith !== undefined);
	expect(closedWith).toBe(1000);
	await followed.reaches(head);
	expect(followed.sequences).toEqual(range(1, head));
	expect(followed.stateNames).toEqual(['catching-up', 'live']);
	expect(asked).toEqual([undefined, token, token]);
});

it('uses a token to its end where there is no other yet, and goes on with the next one', async () => {
	const first = await aliceFor(3);
	const second = await aliceFor(60);
	const asked: (string | undefined)[] = [];
	// As an application that keeps its token until it has run out.
	const { exp } = JSON.parse(atob(first.split('.')[1] ?? ''));
	const followed = follow(
		(expired) => {
			asked.push(expired);
			return Date.now() < exp * 1_000 ? first : second;
		},
		{ after: 0 },
	);
	await followed.is('live');
	const head = await keepSending(() => followed.stateNames.includes('connecting'));
	await followed.reaches(head);
	await followed.is('live');
	expect(followed.sequences).toEqual(range(1, head));
	expect(followed.stateNames).toEqual(['catching-up', 'live', 'connecting', 'catching-up', 'live']);
	expect(asked).toEqual([undefined, first, first]);
});

it('asks once more for a token that is refused', async () => {
	const good = await aliceFor(60);
	const asked: (string | undefined)[] = [];
	const followed = follow((expired) => {
		asked.push(expired);
		return expired === undefined ? 'not one' : good;
	});
	await followed.is('live');
	expect(asked).toEqual([undefined, 'not one']);
	expect(followed.stateNames).toEqual(['catching-up', 'live']);
});

it('ends when the second token is refused too, and begins anew when it is asked to', async () => {
	const good = await aliceFor(60);
	let isSignedIn = false;
	let asked = 0;
	const followed = follow(() => {
		asked++;
		return isSignedIn ? good : 'not one';
	});
	await followed.is('ended');
	expect(followed.states).toEqual([{ name: 'ended', reason: 'unauthenticated' }]);
	expect(asked).toBe(2);
	await proxy.until(({ open }) => open === 0);
	isSignedIn = true;
	if (!client) throw new Error('There is none.');
	await new Followed(client, id).is('live');
});

it('tries again later where the token cannot be had', async () => {
	const good = await aliceFor(60);
	const failure = new Error('no network');
	let asked = 0;
	const followed = follow(async () => {
		if (++asked < 3) throw failure;
		return good;
	});
	await followed.is('live');
	expect(followed.states.filter(({ name }) => name === 'offline')).toEqual(
		range(1, 2).map(() => ({ name: 'offline', retryAt: expect.any(Number), reason: failure })),
	);
});
