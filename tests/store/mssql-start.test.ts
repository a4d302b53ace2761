import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type DatabaseConfig, loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/store/database.ts';
import { DatabaseError } from '../../src/store/errors.ts';
import { NO_NOTICES } from '../support/databases.ts';
import { startTdsServer, type TdsError, type TdsServer } from '../support/tds-server.ts';

const LOGIN_FAILED = { number: 18456, message: "Login failed for user 'sa'.", class: 14 };

const closing: (() => Promise<unknown>)[] = [];
const printed: unknown[] = [];
const onWarning = (warning: Error) => printed.push(warning);

beforeEach(() => {
	printed.length = 0;
	process.on('warning', onWarning);
	vi.spyOn(console, 'error').mockImplementation((...text) => printed.push(text));
});

afterEach(async () => {
	process.off('warning', onWarning);
	vi.restoreAllMocks();
	for (const close of closing.splice(0)) await close();
	expect(printed).toEqual([]);
});

/** A server that does with its connections as told. */
async function listen(onSocket: (socket: Socket) => void): Promise<number> {
	const sockets: Socket[] = [];
	const server: Server = createServer((socket) => {
		sockets.push(socket.on('error', () => undefined));
		onSocket(socket);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	closing.push(async () => {
		for (const socket of sockets) socket.destroy();
		server.close();
		await once(server, 'close');
	});
	return (server.address() as AddressInfo).port;
}

/** A server that answers every login with these errors. */
async function refuseLogins(...errors: readonly TdsError[]): Promise<TdsServer> {
	const server = await startTdsServer(() => ({ errors }));
	closing.push(() => server.close());
	return server;
}

function configOf(port: number, parameters: string, connectTimeoutMs = 10_000): DatabaseConfig {
	return loadConfig({
		DATABASE_URL: `mssql://sa:hunter2@127.0.0.1:${port}/pendo${parameters}`,
		DATABASE_CONNECT_TIMEOUT_MS: String(connectTimeoutMs),
	}).database;
}

class Enough extends Error {}

/** What is told of two attempts to open the database. */
async function waitsFor(
	port: number,
	parameters = '',
	connectTimeoutMs?: number,
): Promise<readonly string[]> {
	const reasons: string[] = [];
	const opened = openDatabase(configOf(port, parameters, connectTimeoutMs), {
		warn: () => undefined,
		waiting: (server, reason) => {
			reasons.push(`${server}: ${reason}`);
			if (reasons.length === 2) throw new Enough();
		},
	});
	await expect(opened).rejects.toBeInstanceOf(Enough);
	expect(reasons.join()).not.toContain('hunter2');
	return reasons;
}

test('nobody listens at the port: it waits, and says so', async () => {
	const port = await listen(() => undefined);
	await closing.pop()?.();
	const reason = `SQL Server: Failed to connect to 127.0.0.1:${port} - `;
	for (const told of await waitsFor(port)) {
		expect(told).toContain(reason);
		expect(told).toContain('ECONNREFUSED');
	}
});

test('a server that takes the connection and never answers is given up after the time for it', async () => {
	const port = await listen(() => undefined);
	const reason = `SQL Server: Failed to connect to 127.0.0.1:${port} in 150ms`;
	expect(await waitsFor(port, '', 150)).toEqual([reason, reason]);
});

test('a server that closes the connection at once is waited for', async () => {
	const port = await listen((socket) => socket.end());
	for (const told of await waitsFor(port)) expect(told).toContain('SQL Server: Connection lost');
});

test('a wrong password stops the start, after one attempt', async () => {
	const server = await refuseLogins(LOGIN_FAILED);
	const opened = openDatabase(configOf(server.port, '?encrypt=false'), NO_NOTICES);
	const refused = await opened.catch((fault: unknown) => fault);
	expect(refused).toBeInstanceOf(DatabaseError);
	expect(refused).toHaveProperty('message', `SQL Server refuses: ${LOGIN_FAILED.message}`);
	expect(server.requests.map(({ kind }) => kind)).toEqual(['login']);
});

test.each<{ readonly how: string; readonly first: TdsError; readonly others: readonly TdsError[] }>([
	{
		how: 'is not there, or not there yet',
		first: { number: 4060, message: 'Cannot open database.' },
		others: [LOGIN_FAILED],
	},
	{ how: 'is moved', first: { number: 40613, message: 'It is not currently available.' }, others: [] },
])('a database that $how is waited for', async ({ first, others }) => {
	const server = await refuseLogins(first, ...others);
	const told = `SQL Server: ${first.message}`;
	expect(await waitsFor(server.port, '?encrypt=false')).toEqual([told, told]);
	// One attempt for each: it is told of at once.
	expect(server.requests.map(({ kind }) => kind)).toEqual(['login', 'login']);
});

test('a server that does not encrypt is told of', async () => {
	const server = await startTdsServer(() => 'done');
	closing.push(() => server.close());
	for (const told of await waitsFor(server.port)) expect(told).toContain('encrypt=false');
});
