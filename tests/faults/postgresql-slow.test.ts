import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { StoreUnavailable } from '../../src/conversations/store.ts';
import { type Notices, openDatabase } from '../../src/store/database.ts';
import { NoConnectionFree } from '../../src/store/errors.ts';
import { createTestDatabase, skipWithoutPostgresql } from '../support/databases.ts';

const POOL = 3;
const CONNECT_MS = 1_000;

/** A front of the server that counts what is connected. */
async function countConnections(url: URL) {
	const [host, port] = [url.hostname, Number(url.port || 5432)];
	let connections = 0;
	const front = createServer((socket) => {
		connections++;
		const target = connect(port, host);
		socket.on('error', () => undefined).on('close', () => target.destroy());
		target.on('error', () => undefined).on('close', () => socket.destroy());
		socket.pipe(target).pipe(socket);
	});
	await once(front.listen(0, '127.0.0.1'), 'listening');
	url.hostname = '127.0.0.1';
	url.port = String((front.address() as AddressInfo).port);
	return { count: () => connections, close: () => void front.close() };
}

/** An open database with a small pool, and what is told of it. */
async function open() {
	const { url, drop } = await createTestDatabase('postgresql');
	const front = new URL(url);
	const { count, close } = await countConnections(front);
	const notices = { waiting: vi.fn(), warn: vi.fn(), lost: vi.fn(), back: vi.fn() } satisfies Notices;
	const settings = { DATABASE_POOL_MAX: String(POOL), DATABASE_CONNECT_TIMEOUT_MS: String(CONNECT_MS) };
	const database = await openDatabase(
		loadConfig({ DATABASE_URL: front.href, ...settings }).database,
		notices,
	);
	onTestFinished(async () => {
		await database.close();
		close();
		await drop();
	});
	const sleep = (seconds: number) => sql`select pg_sleep(${seconds})`.execute(database.queries);
	return { database, notices, count, sleep };
}

describe.skipIf(skipWithoutPostgresql('slow statements'))('a PostgreSQL with slow statements', () => {
	test('is looked after, which takes one connection a second at most', async () => {
		const { count, sleep, notices } = await open();
		await sleep(0);
		const before = count();
		await sleep(5);
		expect(count() - before).toBeGreaterThan(0);
		expect(count() - before).toBeLessThanOrEqual(5);
		expect(notices.lost).not.toHaveBeenCalled();
	});

	test('on all its connections is not lost: the request without one is busy, and the database answers', async () => {
		const { database, notices, sleep } = await open();
		const slow = Array.from({ length: POOL }, () => sleep(3));
		const fault = await sleep(0).catch((error: unknown) => error);
		expect(fault).toBeInstanceOf(NoConnectionFree);
		expect(fault).toBeInstanceOf(StoreUnavailable);
		await database.ping();
		await Promise.all(slow);
		await sleep(0);
		expect(notices.lost).not.toHaveBeenCalled();
	});
});
