import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { history } from '../support/chat.ts';
import { Client, type Results } from '../support/client.ts';
import { callCommand, runCommand } from '../support/command.ts';
import { createTestDatabase, databasesFor, type TestDatabase } from '../support/databases.ts';
import {
	converse,
	type Event,
	type Events,
	eventually,
	follow,
	range,
	send,
	take,
	takeUntil,
	userId,
} from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';

const CHECKED_OFTEN = { FEED_CHECK_INTERVAL_MS: '20' };

let folder: string;
let database: TestDatabase;
const services: TestService[] = [];

const start = async (url: string) => {
	const service = await startService({ ...CHECKED_OFTEN, DATABASE_URL: url });
	services.push(service);
	return service;
};

async function epoch(...args: readonly string[]): Promise<string> {
	const { code, stdout, stderr } = await callCommand(['epoch', ...args], { DATABASE_URL: database.url });
	expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
	expect(stdout).toMatch(/^[0-9a-f]{16}\n$/);
	return stdout.trim();
}

/** Makes the second database a copy of the first; nobody uses either. */
async function copy(from: TestDatabase, to: TestDatabase): Promise<void> {
	if (from.config.kind === 'sqlite' && to.config.kind === 'sqlite') {
		for (const suffix of ['-wal', '-shm']) await rm(`${to.config.file}${suffix}`, { force: true });
		await copyFile(from.config.file, to.config.file);
		return;
	}
	await replaceServerDatabase(from, to);
}

/** The same while services have the second one open. */
async function copyUnderServices(from: TestDatabase, to: TestDatabase): Promise<void> {
	if (from.config.kind !== 'sqlite' || to.config.kind !== 'sqlite') return replaceServerDatabase(from, to);
	const source = new BetterSqlite(from.config.file);
	await source.backup(to.config.file);
	source.close();
}

async function replaceServerDatabase(from: TestDatabase, to: TestDatabase): Promise<void> {
	const [source, target] = [from, to].map(({ url }) => new URL(url).pathname.slice(1));
	const admin = new URL(from.url);
	admin.pathname = '/postgres';
	const client = new pg.Client({ connectionString: admin.href });
	await client.connect();
	await client.query(`drop database if exists ${target} with (force)`);
	await client.query(`create database ${target} template ${source}`);
	await client.end();
}

/** A node that was asked by this client has found out; meanwhile its database may have been away. */
async function knows(client: Client, id: string, renewed: string): Promise<void> {
	const query = 'query($id: ID!) { conversation(id: $id) { epoch } }';
	const ask = async () => {
		const { data } = await client.ask<{ conversation: { epoch: string } | null } | null>(query, { id });
		return data?.conversation?.epoch;
	};
	await eventually(ask, renewed);
}

/** What a client shows that was told all this, up to the message `last`: after a HistoryReset it reads the history. */
async function show(client: Client, id: string, events: Results<Events>) {
	let shown: string[] = [];
	const resets: Event[] = [];
	while (shown.at(-1) !== 'last') {
		const [event] = await take(events, 1);
		if (event?.__typename === 'HistoryReset') {
			resets.push(event);
			const messages = await history(client, id);
			shown = messages.filter(({ sequence }) => sequence <= event.sequence).map(({ body }) => body);
		} else if (event?.message) shown.push(event.message.body);
	}
	return { shown, resets };
}

const kinds = databasesFor('pendo-message epoch').filter((kind) => kind !== 'mssql');

describe.each(kinds)('epoch on %s', (kind) => {
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'pendo-epoch-'));
		database = await createTestDatabase(kind);
	});
	afterEach(async () => {
		await Promise.all(services.splice(0).map((service) => service.stop()));
		await database.drop();
		await rm(folder, { recursive: true });
	});

	test('is printed, and another one once it is renewed', async () => {
		const first = await epoch();
		const renewed = await epoch('--renew');
		expect(renewed).not.toBe(first);
		const printed = await runCommand(['epoch'], { DATABASE_URL: database.url }, folder);
		expect(printed).toEqual({ code: 0, stdout: `${renewed}\n`, stderr: '' });
	});

	test('renewed after a restore, a client that comes back is told, though the log has grown past it', async () => {
		const service = await start(database.url);
		const backup = await createTestDatabase(kind, { migrated: false });
		const alice = await service.client('Alice');
		const { id, epoch: before, lastSequence } = await converse(alice);
		await send(alice, id, 'in the backup');
		await service.restart(() => copy(database, backup));
		for (const n of range(1, 3)) await send(alice, id, `lost ${n}`);
		await service.restart(() => copy(backup, database));
		const renewed = await epoch('--renew');
		for (const n of range(1, 5)) await send(alice, id, `new ${n}`);
		// The running node finds out by itself.
		await knows(alice, id, renewed);
		const events = follow(alice, id, { after: lastSequence + 4, epoch: before });
		const [reset] = await take(events, 1);
		expect(reset).toMatchObject({
			__typename: 'HistoryReset',
			reason: 'REPLACED',
			resumeFrom: lastSequence + 6,
		});
		await send(alice, id, 'last');
		expect((await take(events, 1))[0]).toMatchObject({
			sequence: lastSequence + 7,
			message: { body: 'last' },
		});
		await backup.drop();
	});

	test('renewed under running nodes, clients that stayed show what is in the database', async () => {
		const first = await start(database.url);
		const alice = await first.client('Alice');
		const { id } = await converse(alice);
		await send(alice, id, 'in the backup');
		const backup = await createTestDatabase(kind, { migrated: false });
		await first.restart(() => copy(database, backup));
		const nodes = kind === 'sqlite' ? [first] : [first, await start(database.url)];
		for (const n of range(1, 3)) await send(alice, id, `lost ${n}`);
		const bob = await first.client('Bob');
		const lostId = await userId(bob);
		const clients = nodes.map(({ url }) => new Client(url, alice.person));
		const followed = clients.map((client) => ({ client, events: follow(client, id, { after: 0 }) }));
		for (const { events } of followed) await takeUntil(events, 'lost 3');
		// The log that comes back is longer than what they have seen.
		const elsewhere = await startService({ DATABASE_URL: backup.url });
		const there = new Client(elsewhere.url, alice.person);
		for (const n of range(1, 6)) await send(there, id, `new ${n}`);
		await elsewhere.stop();
		await copyUnderServices(backup, database);
		await knows(alice, id, await epoch('--renew'));
		await send(alice, id, 'last');
		// Known to the node, but not to its database any more.
		expect(await userId(bob)).not.toBe(lostId);
		for (const { client, events } of followed) {
			const { shown, resets } = await show(client, id, events);
			expect(resets.map(({ reason }) => reason)).toContain('REPLACED');
			expect(shown).toEqual(['in the backup', ...range(1, 6).map((n) => `new ${n}`), 'last']);
		}
		await Promise.all(clients.map((client) => client.close()));
		await backup.drop();
	});
});
