import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startService, type TestService } from '../support/service.ts';

const ORIGIN = 'https://chat.example.com';

let trusting: TestService;
let other: TestService;

beforeAll(async () => {
	[trusting, other] = await Promise.all([startService({ TRUST_PROXY: 'true' }), startService()]);
});
afterAll(() => Promise.all([trusting.stop(), other.stop()]));

/** Whether a page of `ORIGIN` may read the answer, and whether it may open a WebSocket. */
async function admitted(service: TestService, forwardedHost: string) {
	const headers = { origin: ORIGIN, 'x-forwarded-host': forwardedHost };
	const response = await fetch(`${service.url}/health/live`, { headers });
	return {
		http: response.headers.get('access-control-allow-origin') === ORIGIN,
		webSocket: (await upgrade(service, headers)) === 101,
	};
}

function upgrade(service: TestService, headers: Readonly<Record<string, string>>): Promise<number> {
	const url = `${service.url.replace('http', 'ws')}/graphql`;
	const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
	return new Promise((resolve, reject) => {
		socket.on('error', reject);
		socket.once('unexpected-response', (_request, response) => {
			resolve(response.statusCode ?? 0);
			response.destroy();
		});
		socket.once('open', () => {
			resolve(101);
			socket.terminate();
		});
	});
}

describe('a page of the host that a proxy says it was asked for', () => {
	test.each([
		['chat.example.com', true],
		['chat.example.com, 10.0.0.7:4000', true],
		['10.0.0.7:4000, chat.example.com', false],
		['chat.example.com.evil.example', false],
		['', false],
	])("%j: the service's own where the proxy is trusted: %s", async (forwardedHost, own) => {
		expect(await admitted(trusting, forwardedHost)).toEqual({ http: own, webSocket: own });
	});

	test('is a stranger where it is not', async () => {
		expect(await admitted(other, 'chat.example.com')).toEqual({ http: false, webSocket: false });
	});
});
