import { Kysely, sql } from 'kysely';
import { expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { StoreAway, StoreUnavailable } from '../../src/conversations/store.ts';
import { Availability } from '../../src/store/availability.ts';
import type { Notices } from '../../src/store/database.ts';
import { NoConnectionFree } from '../../src/store/errors.ts';
import { connectionSettings } from '../../src/store/mssql.ts';
import { createMssqlDialect } from '../../src/store/mssql-driver.ts';
import { MssqlPool } from '../../src/store/mssql-pool.ts';
import { watchedBy } from '../../src/store/watched-driver.ts';
import { startTdsServer, type TdsAnswer, type TdsRequest } from '../support/tds-server.ts';

const CONNECT_MS = 500;

/** A database that is open and watched, and what is told of it. */
async function open(answer: (request: TdsRequest) => TdsAnswer) {
	const server = await startTdsServer(answer);
	const config = loadConfig({
		DATABASE_URL: `mssql://sa:secret@127.0.0.1:${server.port}/pendo?encrypt=false`,
		DATABASE_POOL_MAX: '2',
		DATABASE_CONNECT_TIMEOUT_MS: String(CONNECT_MS),
	}).database;
	if (config.kind === 'sqlite') throw new Error('Not a server.');
	const notices = { waiting: vi.fn(), warn: vi.fn(), lost: vi.fn(), back: vi.fn() } satisfies Notices;
	const availability = new Availability('SQL Server', notices);
	const pool = new MssqlPool({ ...config, connection: connectionSettings(config) });
	const dialect = watchedBy(availability)(createMssqlDialect(pool), () => pool.breakSilent());
	const db = new Kysely<unknown>({ dialect });
	availability.start();
	onTestFinished(async () => {
		server.cut();
		await db.destroy();
		await server.close();
	});
	const ask = () => sql`select 1`.execute(db);
	return { server, notices, ask, ping: () => availability.reached(async () => void (await ask())) };
}

test('a server that is frozen is lost long before the time limit of a statement, and back once it is thawed', async () => {
	const { server, notices, ask } = await open(() => 'done');
	await ask();
	server.freeze();
	await expect(ask()).rejects.toBeInstanceOf(StoreUnavailable);
	expect(notices.lost.mock.calls).toEqual([['SQL Server', 'it does not answer']]);
	await expect(ask()).rejects.toBeInstanceOf(StoreAway);
	server.thaw();
	await vi.waitFor(() => expect(notices.back).toHaveBeenCalledOnce(), 10_000);
	await ask();
	expect(notices.lost).toHaveBeenCalledOnce();
});

test('a server that is slow with all connections is not lost, and not asked too often', async () => {
	let slow = true;
	const { server, notices, ask, ping } = await open(({ kind }) =>
		slow && kind === 'statement' ? 'silence' : 'done',
	);
	const asked = [ask(), ask()].map((answer) => answer.catch((fault: unknown) => fault));
	await expect(ask()).rejects.toBeInstanceOf(NoConnectionFree);
	await ping();
	expect(notices.lost).not.toHaveBeenCalled();
	expect(server.connections).toBeLessThanOrEqual(2 + 3);
	slow = false;
	server.cut();
	for (const fault of await Promise.all(asked)) expect(fault).toBeInstanceOf(StoreUnavailable);
	await ask();
	expect(notices.lost).not.toHaveBeenCalled();
});
