import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PostgresServer, skipWithoutPrograms, startPostgres } from '../support/postgres-server.ts';
import {
	type DataDirectory,
	makeDataDirectory,
	personFor,
	runToEnd,
	type ServiceProcess,
	startProcess,
} from '../support/process.ts';
import { startStorm } from './storm.ts';

interface Line {
	readonly level: number;
	readonly msg: string;
	readonly err?: { readonly message: string };
}

const WARN = 40;

describe.skipIf(skipWithoutPrograms('a start without PostgreSQL'))('a service whose PostgreSQL', () => {
	let server: PostgresServer;
	let directory: DataDirectory;
	let service: ServiceProcess | undefined;

	beforeAll(async () => {
		server = await startPostgres();
	});
	afterAll(() => server.remove());
	beforeEach(async () => {
		directory = await makeDataDirectory();
	});
	afterEach(async () => {
		await service?.kill('SIGKILL');
		service = undefined;
		await directory.remove();
	});

	function linesOf(stdout: string): readonly Line[] {
		const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1).trim();
		return whole === '' ? [] : whole.split('\n').map((line) => JSON.parse(line) as Line);
	}

	function env(more: Readonly<Record<string, string>> = {}) {
		return { DATABASE_URL: server.url, DATABASE_MIGRATE: 'auto', ...more };
	}

	/** For a database behind this server, which listens from now on. */
	async function urlOf(front: Server): Promise<string> {
		await once(front.listen(0, '127.0.0.1'), 'listening');
		return `postgresql://postgres@127.0.0.1:${(front.address() as AddressInfo).port}/postgres`;
	}

	/** From this user, who is trusted until then. */
	async function askForPassword(user: string): Promise<void> {
		const [{ hba_file = '' } = {}] = await server.sql<{ hba_file: string }>('show hba_file');
		const rules = await readFile(hba_file, 'utf8');
		await writeFile(hba_file, `host all ${user} 127.0.0.1/32 scram-sha-256\n${rules}`);
		await server.stop('fast');
		await server.start();
	}

	/** A start that fails, with what it says to a person: a sentence. */
	async function refusal(more: Readonly<Record<string, string>>): Promise<string> {
		const { code, stderr } = await runToEnd(directory, env(more));
		expect(code).toBe(1);
		expect(stderr.trim().split('\n')).toHaveLength(1);
		return stderr.trim();
	}

	test('is away waits, says why once, and comes up by itself', async () => {
		let attempts = 0;
		const gate = createServer((socket) => {
			attempts++;
			if (attempts <= 3) {
				socket.destroy();
				return;
			}
			const target = connect(server.port, '127.0.0.1');
			socket.on('error', () => undefined).on('close', () => target.destroy());
			target.on('error', () => undefined).on('close', () => socket.destroy());
			socket.pipe(target).pipe(socket);
		});
		service = await startProcess(directory, env({ DATABASE_URL: await urlOf(gate) }));
		const told = linesOf(service.output.stdout).filter(({ level }) => level === WARN);
		expect(attempts).toBeGreaterThan(3);
		const reasons = told.map(({ msg }) => msg);
		expect(reasons).not.toEqual([]);
		expect(reasons).toEqual(reasons.filter((reason, index) => reason !== reasons[index - 1]));
		for (const reason of reasons)
			expect(reason).toMatch(
				/^waiting for PostgreSQL, which cannot be used yet: (Connection terminated|read ECONNRESET)/,
			);
		expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
		expect(service.output.stderr).toBe('');
		gate.close();
	});

	test('never answers waits as well, and SIGTERM ends it at once', async () => {
		const silent = createServer();
		const url = await urlOf(silent);
		let killedAt = Number.NaN;
		const starting = runToEnd(
			directory,
			{ DATABASE_URL: url, DATABASE_CONNECT_TIMEOUT_MS: '60000' },
			(kill) =>
				silent.once('connection', () => {
					killedAt = performance.now();
					kill('SIGTERM');
				}),
		);
		expect(await starting).toMatchObject({ code: 0, stderr: '' });
		expect(performance.now() - killedAt).toBeLessThan(5_000);
		silent.close();
	});

	test('refuses the password, the database or the rights stops with a sentence', async () => {
		await server.sql("create role pendo login password 'right'");
		await askForPassword('pendo');
		const url = new URL(server.url);
		url.pathname = '/no_such_database';
		expect(await refusal({ DATABASE_URL: url.href })).toBe(
			'PostgreSQL refuses: database "no_such_database" does not exist',
		);
		url.pathname = '/postgres';
		url.username = 'nobody';
		expect(await refusal({ DATABASE_URL: url.href })).toBe(
			'PostgreSQL refuses: role "nobody" does not exist',
		);
		url.username = 'pendo';
		url.password = 'wrong';
		expect(await refusal({ DATABASE_URL: url.href })).toBe(
			'PostgreSQL refuses: password authentication failed for user "pendo"',
		);
		url.password = 'right';
		await server.sql('create database narrow');
		url.pathname = '/narrow';
		expect(await refusal({ DATABASE_URL: url.href })).toMatch(/permission denied/);
		url.searchParams.set('sslmode', 'verify-full');
		expect(await refusal({ DATABASE_URL: url.href })).toBe(
			'PostgreSQL refuses: The server does not support SSL connections',
		);
	});

	test('is lost during a storm has a line for each change, and not one for each request', async () => {
		service = await startProcess(directory, env());
		const { url } = service;
		const senders = Array.from({ length: 20 }, (_, index) => personFor(`sender-${index}`));
		const storm = await startStorm(() => url, {
			agent: await personFor('agent', 'AGENT'),
			watchers: [await personFor('watcher')],
			senders: await Promise.all(senders),
		});
		await storm.acknowledgements(20);
		await server.stop('fast');
		await storm.refusals(100);
		await server.start();
		await storm.acknowledgements(20);
		await storm.end();
		await service.kill('SIGTERM');
		const lines = linesOf(service.output.stdout);
		const told = lines.filter(({ level }) => level >= WARN).map(({ msg }) => msg);
		expect(told.filter((msg) => msg.startsWith('PostgreSQL is lost'))).toHaveLength(1);
		expect(lines.filter(({ msg }) => msg === 'PostgreSQL is back')).toHaveLength(1);
		// Those that were under way have each failed by themselves.
		expect(told.length).toBeLessThan(20);
		expect(service.output.stderr).toBe('');
	});
});
