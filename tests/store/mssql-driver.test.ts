import { Kysely, sql } from 'kysely';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { loadConfig, type ServerDatabaseConfig } from '../../src/config.ts';
import { StoreConflict, StoreLocked, StoreUnavailable } from '../../src/conversations/store.ts';
import { NoConnectionFree } from '../../src/store/errors.ts';
import { connectionSettings, mssql } from '../../src/store/mssql.ts';
import { createMssqlDialect } from '../../src/store/mssql-driver.ts';
import { MssqlPool } from '../../src/store/mssql-pool.ts';
import type { Tables } from '../../src/store/tables.ts';
import { startTdsServer, type TdsAnswer, type TdsRequest, type TdsServer } from '../support/tds-server.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
});

/** A server that takes logins, and answers everything else as told. */
async function serve(answer: (request: TdsRequest) => TdsAnswer = () => 'done'): Promise<TdsServer> {
	const server = await startTdsServer(answer);
	closing.push(() => server.close());
	return server;
}

function configOf(port: number, settings: NodeJS.ProcessEnv = {}): ServerDatabaseConfig {
	const url = `mssql://sa:secret@127.0.0.1:${port}/pendo?encrypt=false`;
	const config = loadConfig({ DATABASE_URL: url, ...settings }).database;
	if (config.kind === 'sqlite') throw new Error('Not a server.');
	return config;
}

function connect({ port }: TdsServer, settings?: NodeJS.ProcessEnv): Kysely<unknown> {
	const config = configOf(port, settings);
	const db = new Kysely<unknown>({
		dialect: createMssqlDialect(new MssqlPool({ ...config, connection: connectionSettings(config) })),
	});
	closing.push(() => db.destroy());
	return db;
}

const faultOf = (work: Promise<unknown>) =>
	work.then(
		() => undefined,
		(fault: unknown) => fault,
	);
const kinds = ({ requests }: TdsServer) => requests.map(({ kind }) => kind);
const select = (db: Kysely<unknown>) => sql`select 1`.execute(db);

describe('a connection', () => {
	test('is told how long to wait for locks once, and then serves statement after statement', async () => {
		const server = await serve();
		const db = connect(server, { DATABASE_LOCK_TIMEOUT_MS: '750' });
		await select(db);
		await select(db);
		expect(server.connections).toBe(1);
		// The second batch of a login is the driver's own settings.
		expect(kinds(server)).toEqual(['login', 'batch', 'batch', 'statement', 'statement']);
		expect(server.requests[2]?.text).toContain('set lock_timeout 750');
	});

	test('that the server has cut is not used again', async () => {
		const server = await serve();
		const db = connect(server);
		await select(db);
		server.cut();
		await vi.waitFor(() => select(db));
		await select(db);
		expect(server.connections).toBe(2);
	});

	test('lost during a statement rejects it, and prints nothing', async () => {
		const printed = vi.spyOn(console, 'error');
		const server = await serve(({ kind }) => (kind === 'statement' ? 'hang up' : 'done'));
		expect(await faultOf(select(connect(server)))).toBeInstanceOf(StoreUnavailable);
		expect(printed).not.toHaveBeenCalled();
	});

	test.each(['silence', 'stall'] as const)(
		'that answers a statement with %s is given up in time, and replaced',
		async (failure) => {
			let failing = true;
			const server = await serve(({ kind }) =>
				failing && (kind === 'statement' || kind === 'attention') ? failure : 'done',
			);
			const db = connect(server, { DATABASE_REQUEST_TIMEOUT_MS: '500' });
			expect(await faultOf(select(db))).toBeInstanceOf(StoreUnavailable);
			failing = false;
			await select(db);
			expect(server.connections).toBe(2);
		},
	);

	test('is not to be had while all are in use, which is said', async () => {
		const server = await serve();
		const db = connect(server, { DATABASE_POOL_MAX: '2', DATABASE_CONNECT_TIMEOUT_MS: '1500' });
		await db.connection().execute(() =>
			db.connection().execute(async () => {
				const fault = await faultOf(select(db));
				expect(fault).toBeInstanceOf(NoConnectionFree);
				expect(fault).toHaveProperty('message', 'No connection to the database came free in time.');
			}),
		);
		await select(db);
	});

	test('to a server that does not encrypt is refused, unless the URL allows it', async () => {
		const server = await serve();
		const config = configOf(server.port);
		const url = config.url.replace('encrypt=false', 'encrypt=true');
		const connection = connectionSettings({ ...config, url });
		const db = new Kysely<unknown>({ dialect: createMssqlDialect(new MssqlPool({ ...config, connection })) });
		closing.push(() => db.destroy());
		const fault = await faultOf(select(db));
		expect(fault).toBeInstanceOf(StoreUnavailable);
		expect(fault).toHaveProperty('message', expect.stringContaining('does not encrypt'));
		expect(kinds(server)).not.toContain('statement');
	});
});

describe('a transaction', () => {
	test('begins, saves, and commits by requests of its own', async () => {
		const server = await serve();
		const db = connect(server);
		const transaction = await db.startTransaction().execute();
		const saved = await transaction.savepoint('before').execute();
		await saved.rollbackToSavepoint('before').execute();
		await saved.commit().execute();
		expect(kinds(server).slice(3)).toEqual(['begin', 'save', 'rollback', 'commit']);
	});

	test.each([
		[1205, StoreConflict],
		[3960, StoreConflict],
		[2627, StoreConflict],
		[2601, StoreConflict],
		[1222, StoreLocked],
		[9002, StoreUnavailable],
		[976, StoreUnavailable],
	])(
		'that fails with %i is rolled back, and its connection serves on or is replaced',
		async (number, type) => {
			let failing = true;
			const server = await serve(({ kind }) =>
				failing && kind === 'statement' ? { errors: [{ number, message: 'as told' }] } : 'done',
			);
			const db = connect(server);
			const fault = await faultOf(db.transaction().execute(select));
			expect(fault).toBeInstanceOf(type);
			failing = false;
			await db.transaction().execute(select);
			expect(server.connections).toBe(type === StoreUnavailable ? 2 : 1);
		},
	);

	test('that fails with several errors fails by the first', async () => {
		const errors = [
			{ number: 2627, message: 'Violation of a constraint.' },
			{ number: 3621, message: 'The statement has been terminated.' },
		];
		const server = await serve(({ kind }) => (kind === 'statement' ? { errors } : 'done'));
		const fault = await faultOf(connect(server).transaction().execute(select));
		expect(fault).toBeInstanceOf(StoreConflict);
		expect(fault).toHaveProperty('message', 'Violation of a constraint.');
	});
});

describe('a transaction of snapshots', () => {
	const READ_COMMITTED = '2';
	const SNAPSHOT = '5';
	const beginnings = ({ requests }: TdsServer) =>
		requests.filter(({ kind }) => kind === 'begin').map(({ text }) => text);
	const snapshot = (db: Kysely<unknown>) => db.transaction().setIsolationLevel('snapshot');

	test('begins as one, and leaves a connection that is as it was', async () => {
		const server = await serve();
		const db = connect(server);
		await snapshot(db).execute(select);
		await db.transaction().execute(select);
		expect(beginnings(server)).toEqual([SNAPSHOT, READ_COMMITTED]);
		expect(server.connections).toBe(1);
		expect(kinds(server).slice(3)).toEqual([
			...['begin', 'statement', 'commit', 'batch'],
			...['begin', 'statement', 'commit'],
		]);
		expect(server.requests[6]?.text).toContain('set transaction isolation level read committed');
	});

	test('fails with what the server says where it allows none, and leaves the connection as it was', async () => {
		const message = 'Snapshot isolation transaction failed';
		const server = await serve(({ kind }) =>
			kind === 'statement' ? { errors: [{ number: 3952, message }] } : 'done',
		);
		const fault = await faultOf(snapshot(connect(server)).execute(select));
		expect(fault).toMatchObject({ number: 3952, message });
		expect(kinds(server).slice(3)).toEqual(['begin', 'statement', 'rollback', 'batch']);
	});

	test('whose connection cannot be set back leaves it to nobody', async () => {
		let failing = false;
		const server = await serve(({ kind }) => {
			if (kind === 'commit') failing = true;
			return failing && kind === 'batch' ? { errors: [{ number: 102, message: 'as told' }] } : 'done';
		});
		const db = connect(server);
		await snapshot(db).execute(select);
		failing = false;
		await select(db);
		expect(server.connections).toBe(2);
	});

	test('is the only one that is not as usual', async () => {
		const db = connect(await serve());
		const fault = await faultOf(db.transaction().setIsolationLevel('serializable').execute(select));
		expect(fault).toBeInstanceOf(TypeError);
	});
});

describe('a transaction that the server has ended itself', () => {
	test.each([
		['with its connection', 'hang up'],
		['as the victim of a deadlock', { errors: [{ number: 3903, message: 'no transaction' }] }],
	] as const)('%s is rolled back without a fault, and its connection given back', async (_, answer) => {
		const server = await serve(({ kind }) => (kind === 'rollback' ? answer : 'done'));
		const db = connect(server);
		const transaction = await db.startTransaction().execute();
		await transaction.rollback().execute();
		await db.destroy();
	});

	test('at its beginning keeps no connection from being closed', async () => {
		const server = await serve(({ kind }) => (kind === 'begin' ? 'hang up' : 'done'));
		const db = connect(server);
		expect(await faultOf(db.startTransaction().execute())).toBeInstanceOf(StoreUnavailable);
		await db.destroy();
	});
});

describe('rows', () => {
	test('have the names and values of their columns, ids in lower case', async () => {
		const row = [
			{
				name: 'id',
				type: 'uniqueidentifier',
				bytes: [...Buffer.from('00AABBCCDDEEFF00AABBCCDDEEFF0011', 'hex')],
			},
			{ name: 'internal', type: 'bit', bytes: [1] },
		] as const;
		const server = await serve(({ kind }) => (kind === 'statement' ? { row } : 'done'));
		const { rows } = await sql`select id, internal from messages`.execute(connect(server));
		expect(rows).toEqual([{ id: 'ccbbaa00-eedd-00ff-aabb-ccddeeff0011', internal: true }]);
	});

	test.each([
		[0, [expect.stringContaining('READ_COMMITTED_SNAPSHOT is off')]],
		[1, []],
	])('say whether readers wait for writers (%i), which is warned of', async (on, warnings) => {
		const row = [{ name: 'rcsi', type: 'bit', bytes: [on] }] as const;
		const server = await serve(({ kind }) => (kind === 'statement' ? { row } : 'done'));
		const db = connect(server).withTables<Tables>();
		expect(await mssql.warnings?.(db)).toEqual(warnings);
		expect(server.requests.at(-1)?.text).toContain('from sys.databases where name = db_name()');
	});
});

test('a database that only reads counts as away', async () => {
	let readOnly = 1;
	const server = await serve(({ kind }) =>
		kind === 'statement' ? { row: [{ name: 'readOnly', type: 'bit', bytes: [readOnly] }] } : 'done',
	);
	const db = connect(server).withTables<Tables>();
	await expect(mssql.ping(db)).rejects.toBeInstanceOf(StoreUnavailable);
	readOnly = 0;
	await mssql.ping(db);
	expect(server.requests.filter(({ kind }) => kind === 'statement')).toHaveLength(2);
});

describe('parameters', () => {
	test('are declared the same whatever the length of a text, and instants to the millisecond', async () => {
		const server = await serve();
		const db = connect(server);
		const at = new Date('2026-01-31T12:00:00.123Z');
		for (const body of ['short', 'a little longer', null])
			await sql`select ${body}, ${at}, ${7}, ${true}`.execute(db);
		await sql`select ${'x'.repeat(4001)}`.execute(db);
		const declared = server.requests
			.filter(({ kind }) => kind === 'statement')
			.map(({ text }) => /@1 nvarchar\(\w+\)(?:, ?@\d \w+(?:\(\d\))?)*/.exec(text)?.[0]);
		const usual = '@1 nvarchar(4000), @2 datetime2(3), @3 int, @4 bit';
		expect(declared).toEqual([usual, usual, usual, '@1 nvarchar(max)']);
	});

	test('of other kinds are a mistake, and the connection is none the worse', async () => {
		const server = await serve();
		const db = connect(server);
		expect(await faultOf(sql`select ${{ a: 1 }}`.execute(db))).toBeInstanceOf(TypeError);
		await select(db);
		expect(server.connections).toBe(1);
	});
});
