import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findRedis } from '../support/find-redis.ts';
import { findMssql, findPostgresql } from '../support/find-servers.ts';
import { findPrograms, programFolders } from '../support/installed-postgresql.ts';
import { type PostgresServer, skipWithoutPrograms, startPostgres } from '../support/postgres-server.ts';
import { queryPostgres } from '../support/query-postgres.ts';
import {
	findRedisProgram,
	type RedisServer,
	skipWithoutRedisProgram,
	startRedis,
} from '../support/redis-server.ts';
import { answers } from '../support/server-databases.ts';
import { startTdsServer } from '../support/tds-server.ts';
import { removeKilledRuns, runFolder } from '../support/test-run.ts';

const programs = findPrograms(programFolders());

/** Nothing listens on port 1. */
const NOWHERE = 'postgresql://postgres@127.0.0.1:1/postgres';

describe.skipIf(skipWithoutPrograms('the choice of a PostgreSQL for tests'))(
	'the PostgreSQL that tests use',
	() => {
		let server: PostgresServer;
		let empty: string;

		beforeAll(async () => {
			empty = await mkdtemp(join(tmpdir(), 'no-programs-'));
			server = await startPostgres();
		});

		afterAll(async () => {
			await server.remove();
			await rm(empty, { recursive: true });
		});

		it('is the given one, and ending the run does not end it', async () => {
			const found = await findPostgresql({ given: server.url, usual: NOWHERE, programs: [] });
			expect(found).toMatchObject({ url: server.url, where: new URL(server.url).host });
			await found?.stop();
			expect(await queryPostgres(server.url, 'select 1 as answer')).toEqual([{ answer: 1 }]);
		});

		it('is never another than the given one', async () => {
			const places = { given: NOWHERE, usual: server.url, programs: programFolders() };
			await expect(findPostgresql(places)).rejects.toThrow('TEST_POSTGRES_URL names 127.0.0.1:1');
		});

		it('must let its user create databases', async () => {
			await queryPostgres(server.url, 'create role reader login');
			const reader = server.url.replace('postgres@', 'reader@');
			await expect(findPostgresql({ given: reader, usual: NOWHERE, programs: [] })).rejects.toThrow(
				'may not create databases',
			);
			expect(await findPostgresql({ given: undefined, usual: reader, programs: [] })).toBeUndefined();
		});

		it('is else the one at the usual place', async () => {
			const found = await findPostgresql({ given: undefined, usual: server.url, programs: programFolders() });
			expect(found?.url).toBe(server.url);
		});

		it('is else started from installed programs, and ends with the run without a trace', async () => {
			const places = { given: undefined, usual: NOWHERE, programs: [empty, ...programFolders()] };
			const found = await findPostgresql(places);
			expect(found?.where).toBe(`started from ${programs}`);
			const url = found?.url ?? '';
			const [{ folder = '' } = {}] = await queryPostgres<{ folder: string }>(
				url,
				"select current_setting('data_directory') as folder",
			);
			expect(existsSync(folder)).toBe(true);
			await found?.stop();
			expect(existsSync(folder)).toBe(false);
			await expect(queryPostgres(url, 'select 1')).rejects.toThrow('ECONNREFUSED');
		});

		it('ends with the next run where its own was killed', async () => {
			const now = Math.floor(Date.now() / 1000);
			const runs = [now - 3_601, now - 3_000].map((second) => `${second}_0123456789ab`);
			const servers: PostgresServer[] = [];
			await chmod(empty, 0o755);
			vi.stubEnv('TMPDIR', empty);
			try {
				for (const run of runs) {
					vi.stubEnv('TEST_RUN', run);
					await mkdir(runFolder());
					servers.push(await startPostgres());
				}
				removeKilledRuns();
				expect(await readdir(empty)).toEqual([`pendo-message-run-${runs[1]}`]);
				await servers[0]?.stop('immediate');
				await expect(queryPostgres(servers[0]?.url ?? '', 'select 1')).rejects.toThrow('ECONNREFUSED');
				expect(await servers[1]?.sql('select 1 as answer')).toEqual([{ answer: 1 }]);
			} finally {
				vi.unstubAllEnvs();
				for (const one of servers) await one.remove();
				await rm(join(empty, `pendo-message-run-${runs[1]}`), { recursive: true });
			}
		});

		it('is none where there is no server and no program', async () => {
			expect(await findPostgresql({ given: undefined, usual: NOWHERE, programs: [empty] })).toBeUndefined();
		});
	},
);

describe.skipIf(skipWithoutRedisProgram('the choice of a Redis for tests'))(
	'the Redis that tests use',
	() => {
		const nowhere = 'redis://127.0.0.1:1';
		let server: RedisServer;

		beforeAll(async () => {
			server = await startRedis();
		});
		afterAll(() => server.remove());

		const ping = async (url: string) => {
			const found = await findRedis({ given: url, usual: nowhere, program: undefined });
			return found?.where;
		};

		it('is the given one, and ending the run does not end it', async () => {
			const found = await findRedis({ given: server.url, usual: nowhere, program: undefined });
			expect(found).toMatchObject({ url: server.url, where: `127.0.0.1:${server.port}` });
			await found?.stop();
			expect(await server.run('ping')).toBe('PONG');
		});

		it('is never another than the given one', async () => {
			const places = { given: nowhere, usual: server.url, program: findRedisProgram() };
			await expect(findRedis(places)).rejects.toThrow('TEST_REDIS_URL names 127.0.0.1:1');
		});

		it('is else the one at the usual place, else one that is started and ends with the run', async () => {
			const usual = await findRedis({ given: undefined, usual: server.url, program: findRedisProgram() });
			expect(usual?.url).toBe(server.url);
			const started = await findRedis({ given: undefined, usual: nowhere, program: findRedisProgram() });
			expect(started?.where).toBe(`started from ${findRedisProgram()}`);
			const url = started?.url ?? '';
			expect(await ping(url)).toBe(new URL(url).host);
			await started?.stop();
			await expect(ping(url)).rejects.toThrow('ECONNREFUSED');
		});

		it('is none where there is no server and no program', async () => {
			expect(await findRedis({ given: undefined, usual: nowhere, program: undefined })).toBeUndefined();
			expect(findRedisProgram(tmpdir())).toBeUndefined();
		});

		it('ends with the next run where its own was killed', async () => {
			const folder = await mkdtemp(join(tmpdir(), 'killed-run-'));
			vi.stubEnv('TMPDIR', folder);
			vi.stubEnv('TEST_RUN', `${Math.floor(Date.now() / 1000) - 3_601}_0123456789ab`);
			try {
				await mkdir(runFolder());
				const orphan = await startRedis();
				removeKilledRuns();
				expect(await readdir(folder)).toEqual([]);
				await expect(orphan.run('ping')).rejects.toThrow();
			} finally {
				vi.unstubAllEnvs();
				await rm(folder, { recursive: true });
			}
		});
	},
);

describe('the SQL Server that tests use', () => {
	let folder: string;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'docker-'));
	});
	afterAll(() => rm(folder, { recursive: true }));

	/** A program in Docker's place, which notes what it is asked. */
	async function docker(answers: string): Promise<string> {
		const program = join(folder, 'docker');
		await writeFile(
			program,
			`#!/bin/sh\necho "$1 $2 $3" >> '${folder}/asked'\ncase $1 in\n${answers}\nesac\n`,
		);
		await chmod(program, 0o755);
		await rm(join(folder, 'asked'), { force: true });
		return program;
	}
	const asked = () => readFile(join(folder, 'asked'), 'utf8');

	it('is the given one', async () => {
		const url = 'mssql://user@db.example:1433/master';
		expect(await findMssql(url, never)).toMatchObject({ url, where: 'db.example:1433' });
	});

	it('is else one that Docker starts, once it answers, and ends with the run', async () => {
		const program = await docker('port) echo 127.0.0.1:50000;;');
		const seen: string[] = [];
		const found = await findMssql(undefined, async (url) => void seen.push(url), program);
		expect(found).toMatchObject({ url: expect.stringContaining('@127.0.0.1:50000/master') });
		expect(seen).toEqual(['url' in found && found.url]);
		expect(await asked()).not.toContain('rm -f');
		if ('stop' in found) await found.stop();
		expect(await asked()).toMatch(/^rm -f pendo-test-/m);
	});

	it('is none where no Docker engine answers', async () => {
		expect(await findMssql(undefined, never, await docker('info) exit 1;;'))).toEqual({
			missing: 'no Docker engine answers',
		});
	});

	it('is none where Docker cannot run it, and nothing is left of it', async () => {
		const program = await docker("run) echo 'no matching manifest for this machine' >&2; exit 125;;");
		expect(await findMssql(undefined, never, program)).toEqual({
			missing: 'Docker cannot run it: no matching manifest for this machine',
		});
		expect(await asked()).toMatch(/^rm -f pendo-test-/m);
	});

	it('is none where it never answers, and nothing is left of it', async () => {
		const program = await docker('port) echo 127.0.0.1:50000;;');
		const found = findMssql(undefined, () => Promise.reject(new Error('it does not answer')), program);
		expect(await found).toEqual({ missing: 'Docker cannot run it: it does not answer' });
		expect(await asked()).toMatch(/^rm -f pendo-test-/m);
	});

	it('is not waited for when it refuses the password', async () => {
		const refusing = await startTdsServer(({ kind }) =>
			kind === 'login'
				? { errors: [{ number: 18456, message: 'Login failed for user', class: 14 }] }
				: 'done',
		);
		const url = `mssql://sa:wrong@127.0.0.1:${refusing.port}/master?encrypt=false`;
		await expect(answers('mssql', url, 3_600_000)).rejects.toThrow('Login failed');
		await refusing.close();
	});
});

const never = () => Promise.reject(new Error('Nobody is to be asked.'));
