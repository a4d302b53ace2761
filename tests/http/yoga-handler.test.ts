import { once } from 'node:events';
import { type ClientRequest, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSchema, createYoga } from 'graphql-yoga';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientGone } from '../../src/http/body.ts';
import { passToYoga } from '../../src/http/yoga-handler.ts';

/** Where the client leaves. */
let leavesAt: 'request' | 'subscribe';
let asked: ClientRequest;
/** Settles when the service has heard that it left. */
let left: Promise<unknown>;
let subscribed: number;
let outcome: PromiseWithResolvers<unknown>;
let server: Server;

beforeEach(async () => {
	subscribed = 0;
	outcome = Promise.withResolvers();
	const yoga = createYoga<object, object>({
		logging: false,
		schema: createSchema<object>({
			typeDefs: 'type Query { none: Int } type Subscription { none: Int }',
			resolvers: { Subscription: { none: { subscribe } } },
		}),
	});
	server = createServer(async (req, res) => {
		left = once(res, 'close');
		if (leavesAt === 'request') await leave();
		passToYoga(req, res, undefined, undefined, { graphql: { yoga }, slowReaderMaxMs: 60_000 }).then(
			() => outcome.resolve('answered'),
			outcome.resolve,
		);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
});
afterEach(() => server.close());

async function leave(): Promise<void> {
	asked.destroy();
	await left;
}

async function subscribe(): Promise<AsyncIterable<object>> {
	subscribed++;
	await leave();
	return (async function* none() {})();
}

/** Subscribes; answers with what became of it. */
function ask(): Promise<unknown> {
	const { port } = server.address() as AddressInfo;
	const path = `/graphql?query=${encodeURIComponent('subscription { none }')}`;
	asked = request({ port, path, headers: { accept: 'text/event-stream' } });
	asked.on('error', () => undefined);
	asked.end();
	return outcome.promise;
}

describe('a stream whose client has left', () => {
	it('before it could be begun is not begun', async () => {
		leavesAt = 'request';
		expect(await ask()).toBeInstanceOf(ClientGone);
		expect(subscribed).toBe(0);
	});

	it('while it was being begun is no fault of the service', async () => {
		leavesAt = 'subscribe';
		expect(await ask()).toBeInstanceOf(ClientGone);
		expect(subscribed).toBe(1);
	});
});
