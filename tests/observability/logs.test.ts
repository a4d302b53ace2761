import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { followLogs } from '../../src/http/follow-logs.ts';
import { handleLogs } from '../../src/http/logs.ts';
import { UnauthenticatedError } from '../../src/identity/tokens.ts';
import type { Role } from '../../src/identity/viewer.ts';
import { createLogBuffer } from '../../src/observability/log-buffer.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { bodyReader, serve } from './support.ts';

/** A log server; the authorization header names the role, and `expiring` is an admin whose token runs out. */
async function logServer(options: { expiresAt?: number } = {}) {
	const buffer = createLogBuffer({ lines: 1000 });
	const logger = createLogger({ level: 'info', format: 'json', destination: { write: () => {} }, buffer });
	const stopping = new AbortController();
	/** Settles with each request: how its handler ended. */
	const handled: Promise<void>[] = [];
	const server = await serve((req, res) => {
		res.setHeader('x-request-id', 'r1');
		const answered = handleLogs(req, res, {
			buffer,
			logger,
			signal: stopping.signal,
			async authenticate(request) {
				const role = request.headers.authorization;
				if (role === undefined) throw new UnauthenticatedError(new Error('hush'));
				const user = { id: 'u1', subject: 'ada', name: 'Ada', role: role as Role };
				return { user, expiresAt: options.expiresAt ?? Number.POSITIVE_INFINITY };
			},
		});
		handled.push(answered);
		return answered;
	});
	const ask = (path: string, init: RequestInit = {}) =>
		fetch(server.url + path, { ...init, headers: { authorization: 'ADMIN', ...init.headers } });
	return { ...server, buffer, logger, stopping, handled, ask };
}

function setLevel(body: string, type = 'application/json'): RequestInit {
	return { method: 'PUT', body, headers: { 'content-type': type } };
}

interface LinesAnswer {
	readonly lines: readonly { readonly level: number; readonly msg: string }[];
}

describe('GET /logs', () => {
	test('gives lines by level and text, newest last', async () => {
		await using server = await logServer();
		server.logger.info('foo 1');
		server.logger.warn('foo "2"');
		server.logger.error('bar');
		server.logger.warn('FOO 3');
		const read = async (query: string) => {
			const answer = await server.ask(`/logs${query}`);
			expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
			return ((await answer.json()) as LinesAnswer).lines.map((line) => line.msg);
		};
		expect(await read('')).toEqual(['foo 1', 'foo "2"', 'bar', 'FOO 3']);
		expect(await read('?level=warn&text=foo')).toEqual(['foo "2"', 'FOO 3']);
		expect(await read('?limit=1')).toEqual(['FOO 3']);
		expect(await read('?text=%222%22')).toEqual(['foo "2"']);
		expect(await read('?level=fatal')).toEqual([]);
	});

	test.each([
		'level=loud',
		'level=silent',
		'level=',
		'limit=0',
		'limit=-1',
		'limit=1e3',
		'limit=10001',
		'limit=1.5',
		'follow=yes',
		'lvl=warn',
		'level=warn&level=info',
		`text=${'x'.repeat(201)}`,
	])('answers 400 to ?%s', async (query) => {
		await using server = await logServer();
		const answer = await server.ask(`/logs?${query}`);
		expect(answer.status).toBe(400);
		expect(await answer.json()).toEqual({
			error: { code: 'BAD_USER_INPUT', message: expect.stringMatching(/level|limit|text|follow/) },
		});
	});

	test('is for admins alone, and nothing of it is for others', async () => {
		await using server = await logServer();
		server.logger.info('inside');
		const attempts: [string, RequestInit][] = [
			['/logs', {}],
			['/logs?follow=true', {}],
			['/logs?level=loud', {}],
			['/logs/level', setLevel('{"level":"debug"}')],
		];
		for (const [path, init] of attempts) {
			const stranger = await fetch(server.url + path, init);
			expect([path, stranger.status]).toEqual([path, 401]);
			expect(stranger.headers.get('www-authenticate')).toBe('Bearer');
			expect(await stranger.json()).toEqual({
				error: { code: 'UNAUTHENTICATED', message: 'A valid access token is required.' },
			});
			for (const authorization of ['CUSTOMER', 'AGENT']) {
				const answer = await fetch(server.url + path, {
					...init,
					headers: { ...init.headers, authorization },
				});
				expect([path, answer.status]).toEqual([path, 403]);
				expect(await answer.json()).toMatchObject({ error: { code: 'FORBIDDEN' } });
			}
		}
		expect(server.logger.level).toBe('info');
	});

	test('answers 405 with Allow to other methods and 404 to other paths', async () => {
		await using server = await logServer();
		const posted = await server.ask('/logs', { method: 'POST' });
		expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET']);
		const read = await server.ask('/logs/level');
		expect([read.status, read.headers.get('allow')]).toEqual([405, 'PUT']);
		expect((await server.ask('/logs/other')).status).toBe(404);
	});
});

describe('PUT /logs/level', () => {
	test('takes a client that breaks off for no defect', async () => {
		await using server = await logServer();
		const arrived = once(server.server, 'request');
		const client = connect(server.port, '127.0.0.1');
		client.write(
			'PUT /logs/level HTTP/1.1\r\nhost: x\r\nauthorization: ADMIN\r\n' +
				'content-type: application/json\r\ncontent-length: 100\r\n\r\n{"level":',
		);
		await arrived;
		client.destroy();
		await expect(server.handled[0]).resolves.toBeUndefined();
		expect(server.logger.level).toBe('info');
	});

	test.each(['debug', 'warn', 'silent'])('changes the level to %s and logs who did it', async (level) => {
		await using server = await logServer();
		const child = server.logger.child({ part: 'feed' });
		const answer = await server.ask('/logs/level', setLevel(JSON.stringify({ level })));
		expect([answer.status, await answer.json()]).toEqual([200, { level, previous: 'info' }]);
		expect([server.logger.level, child.level]).toEqual([level, level]);
		const lines = server.buffer.query({ limit: 9 }).map((line) => JSON.parse(line) as unknown);
		const said = { level: 30, user: 'ada', requestId: 'r1', from: 'info', to: level };
		expect(lines).toEqual([expect.objectContaining(said)]);
	});

	test.each<[string, RequestInit, number]>([
		['an unknown level', setLevel('{"level":"loud"}'), 400],
		['a number', setLevel('{"level":20}'), 400],
		['no object', setLevel('"debug"'), 400],
		['null', setLevel('null'), 400],
		['no JSON', setLevel('level=debug'), 400],
		['nothing', setLevel(''), 400],
		['a form', setLevel('{"level":"debug"}', 'text/plain'), 415],
		['too much', setLevel(`{"level":"debug","x":"${'x'.repeat(100_000)}"}`), 413],
	])('refuses %s', async (_, init, status) => {
		await using server = await logServer();
		const answer = await server.ask('/logs/level', init);
		expect(answer.status).toBe(status);
		expect(await answer.json()).toMatchObject({ error: { code: 'BAD_USER_INPUT' } });
		expect(server.logger.level).toBe('info');
	});
});

describe('following', () => {
	test.each<[string, RequestInit]>([
		['/logs?level=warn&text=foo&limit=5', { headers: { accept: 'text/event-stream' } }],
		['/logs?level=warn&text=foo&limit=5&follow=true', {}],
	])('%s gives the lines kept, then each as it is written', async (path, init) => {
		await using server = await logServer();
		server.logger.warn('foo 0');
		const response = await server.ask(path, init);
		expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
		const body = bodyReader(response);
		await body.until(': following\n\n');
		const next = async () => {
			const [, data] = /^event: log\ndata: (.*)\n\n$/.exec(await body.until('\n\n')) ?? [];
			return JSON.parse(data ?? '') as unknown;
		};
		expect(await next()).toMatchObject({ level: 40, msg: 'foo 0' });
		server.logger.info('foo at another level');
		server.logger.warn('another text');
		server.logger.error('foo\n\ndata: 1');
		expect(await next()).toMatchObject({ level: 50, msg: 'foo\n\ndata: 1' });
		await body.cancel();
	});

	test('without a limit begins with now', async () => {
		await using server = await logServer();
		server.logger.info('before');
		const body = bodyReader(await server.ask('/logs?follow=true'));
		await body.until(': following\n\n');
		server.logger.info('after');
		expect(await body.until('\n\n')).toContain('after');
		await body.cancel();
	});

	test('ends when the token runs out and when the service stops; later lines hurt nobody', async () => {
		await using expiring = await logServer({ expiresAt: Date.now() + 50 });
		await bodyReader(await expiring.ask('/logs?follow=true')).rest();
		expiring.logger.info('nobody reads this');

		await using stopped = await logServer();
		const body = bodyReader(await stopped.ask('/logs?follow=true'));
		stopped.stopping.abort();
		stopped.logger.info('nobody reads this');
		expect(await body.rest()).not.toContain('nobody');
	});

	/** A reader that never reads, and the response that it gets. */
	async function stalledReader(options: { pingIntervalMs?: number; maxPendingBytes?: number }) {
		const buffer = createLogBuffer({ lines: 10 });
		const { promise: response, resolve } = Promise.withResolvers<ServerResponse>();
		const server = await serve(async (_, res) => {
			followLogs(res, buffer, { filter: {}, backlog: 0, endsAt: Number.POSITIVE_INFINITY, ...options });
			resolve(res);
		});
		const socket = connect(server.port, '127.0.0.1');
		socket.on('error', () => {});
		socket.pause();
		socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
		const line = `{"level":30,"msg":"${'x'.repeat(64 * 1024)}"}`;
		return { buffer, line, res: await response, server, socket };
	}

	test('a reader that stops reading is cut off, and what waits for it stays bounded', async () => {
		const { buffer, line, res, server, socket } = await stalledReader({ maxPendingBytes: 256 * 1024 });
		await using _ = server;
		let most = 0;
		// Bounded well above what the kernel's buffers take.
		for (let i = 0; i < 2000 && !res.destroyed; i += 1) {
			buffer.write(line);
			most = Math.max(most, res.writableLength);
			await setImmediate();
		}
		expect(res.destroyed).toBe(true);
		expect(most).toBeLessThan(512 * 1024);
		buffer.write(line);
		socket.destroy();
	});

	test('a reader that takes nothing between two pings is cut off', async () => {
		const { buffer, line, res, server, socket } = await stalledReader({
			pingIntervalMs: 20,
			maxPendingBytes: 2 ** 30,
		});
		await using _ = server;
		const closed = once(res, 'close');
		// More than the kernel's buffers take.
		for (let i = 0; i < 1000; i += 1) buffer.write(line);
		await closed;
		expect(res.writableEnded).toBe(false);
		socket.destroy();
	});

	test('a reader of a silent log gets signs of life', async () => {
		const buffer = createLogBuffer({ lines: 10 });
		await using server = await serve(async (_, res) =>
			followLogs(res, buffer, {
				filter: {},
				backlog: 0,
				endsAt: Number.POSITIVE_INFINITY,
				pingIntervalMs: 5,
			}),
		);
		const body = bodyReader(await fetch(server.url));
		await body.until(': ping\n\n');
		await body.until(': ping\n\n');
		await body.cancel();
	});
});
