import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ConfigError, type DatabaseConfig, describeConfig, loadConfig } from '../../src/config.ts';

const databaseOf = (env: NodeJS.ProcessEnv): DatabaseConfig => loadConfig(env).database;

function serverOf(url: string, env: NodeJS.ProcessEnv = {}) {
	const config = databaseOf({ DATABASE_URL: url, ...env });
	if (config.kind === 'sqlite') throw new Error('Not a server.');
	return config;
}

/** Why a URL is refused; no reason repeats what may be a password. */
function problemOf(url: string): string {
	try {
		loadConfig({ DATABASE_URL: url });
	} catch (error) {
		const { faults, message } = error as ConfigError;
		expect(faults.map(({ name }) => name)).toEqual(['DATABASE_URL']);
		expect(message).not.toContain('hunter');
		return faults[0]?.problem ?? '';
	}
	throw new Error('The URL was taken.');
}

describe('sqlite:', () => {
	test.each([
		['sqlite:./x/y.db', resolve('x/y.db')],
		['sqlite:y.db', resolve('y.db')],
		['sqlite:/var/lib/y.db', '/var/lib/y.db'],
		['sqlite:///var/lib/y.db', '/var/lib/y.db'],
	])('%s is the file %s', (url, file) => {
		expect(databaseOf({ DATABASE_URL: url })).toEqual({ kind: 'sqlite', file, migrate: true });
	});

	test.each(['sqlite::memory:', 'sqlite:file::memory:', 'sqlite:x?mode=memory'])(
		'%s is refused because it is not durable',
		(url) => {
			expect(problemOf(url)).toContain('not durable');
		},
	);

	test.each(['sqlite:', 'sqlite://host/x', 'sqlite:data/', 'pendo.db', 'mysql://u:hunter2@db/x'])(
		'%s is refused with an example',
		(url) => {
			expect(problemOf(url)).toContain('sqlite:./data/pendo-message.db');
		},
	);
});

describe('a server', () => {
	test.each([
		['postgresql://u:p@db:5433/pendo', 'postgresql', 'postgresql://u:p@db:5433/pendo'],
		['postgres://u@db/pendo', 'postgresql', 'postgresql://u@db/pendo'],
		['PostgreSQL://db/pendo', 'postgresql', 'postgresql://db/pendo'],
		['postgresql://u:p@[2001:db8::7]/pendo', 'postgresql', 'postgresql://u:p@[2001:db8::7]/pendo'],
		[
			'postgresql:///pendo?host=/var/run/postgresql',
			'postgresql',
			'postgresql:///pendo?host=/var/run/postgresql',
		],
		['mssql://sa:p%40ss@db:14330/pendo', 'mssql', 'mssql://sa:p%40ss@db:14330/pendo'],
		['sqlserver://sa:p@db/pendo', 'mssql', 'mssql://sa:p@db/pendo'],
		['mssql://sa:p@[::1]:1433/pendo', 'mssql', 'mssql://sa:p@[::1]:1433/pendo'],
		[
			' mssql://sa:p@db/pendo?encrypt=true&trustServerCertificate=false ',
			'mssql',
			'mssql://sa:p@db/pendo?encrypt=true&trustServerCertificate=false',
		],
	])('%s is one of %s', (given, kind, url) => {
		expect(serverOf(given)).toMatchObject({ kind, url });
	});

	test.each([
		['postgresql://u:hunter2@/pendo', 'is not a URL'],
		['postgresql:///pendo', 'must name a host'],
		['mssql:///pendo?host=db', 'must name a host'],
		['postgresql://u:hunter2@a,b/pendo', 'must name one host'],
		['postgresql:///pendo?host=a,b', 'must name one host'],
		['postgresql://u:hunter2@a:5432,b:5432/pendo', 'is not a URL'],
		['mssql://sa:hunter2@db', 'must name one database'],
		['mssql://sa:hunter2@db/', 'must name one database'],
		['mssql://sa:hunter2@db/a/b', 'must name one database'],
		['mssql://db/pendo', 'must name a user'],
		['mssql://sa:hunter2@db/pendo?Encrypt=true', 'takes encrypt and trustServerCertificate alone'],
		['mssql://sa:hunter2@db/pendo?encrypt=yes', 'must have encrypt=true or encrypt=false'],
		['postgresql://u:hunter2@db/pendo?sslmode=requir', 'disable, no-verify, prefer'],
	])('%s is refused', (url, problem) => {
		expect(problemOf(url)).toContain(problem);
	});

	test.each([
		'mssql://sa:hunter%@db/pendo',
		'mssql://sa:hunter#2@db/pendo',
		'mssql://sa:1#hunter2@db/pendo',
		'mssql://sa:hunter/2@db/pendo',
		'mssql://sa:1/hunter2@db/pendo',
		'mssql://sa:hunter?2@db/pendo',
		'postgresql://1/hunter#2@db/pendo',
		'postgresql://u:hunter2@db:port/pendo',
	])('%s, whose password is not encoded, is refused without it', (url) => {
		expect(problemOf(url)).toMatch(/^(is not a URL|must)/);
	});

	test.each([
		['require', 'verify-full'],
		['prefer', 'verify-full'],
		['verify-full', 'verify-full'],
		['disable', 'disable'],
		['no-verify', 'no-verify'],
	])('sslmode=%s is the driver’s %s', (given, taken) => {
		const { url } = serverOf(`postgresql://u:p@db/pendo?sslmode=${given}&application_name=x`);
		expect(new URL(url).search).toBe(`?sslmode=${taken}&application_name=x`);
	});

	test('has a pool and time limits', () => {
		expect(serverOf('mssql://sa:p@db/pendo')).toMatchObject({
			poolMin: 0,
			poolMax: 10,
			connectTimeoutMs: 3000,
			requestTimeoutMs: 10_000,
			lockTimeoutMs: 500,
		});
		const env = { DATABASE_POOL_MIN: '3', DATABASE_POOL_MAX: '30', DATABASE_LOCK_TIMEOUT_MS: '50' };
		expect(serverOf('mssql://sa:p@db/pendo', env)).toMatchObject({
			poolMin: 3,
			poolMax: 30,
			lockTimeoutMs: 50,
		});
	});
});

describe('DATABASE_MIGRATE', () => {
	const server = 'postgresql://u@db/pendo';

	test.each([
		['sqlite:x.db', undefined, true],
		['sqlite:x.db', 'auto', true],
		['sqlite:x.db', 'check', false],
		[server, undefined, false],
		[server, 'auto', true],
		[server, 'check', false],
	])('%s with %s', (url, mode, migrate) => {
		expect(databaseOf({ DATABASE_URL: url, DATABASE_MIGRATE: mode }).migrate).toBe(migrate);
	});

	test('is auto or check', () => {
		expect(() => databaseOf({ DATABASE_MIGRATE: 'yes' })).toThrow('must be one of auto, check');
	});
});

describe('describeConfig', () => {
	const shown = (url: string) =>
		describeConfig(loadConfig({ DATABASE_URL: url })).find(({ name }) => name === 'DATABASE_URL')?.value;

	test.each([
		['mssql://sa:hunter2@db/pendo?encrypt=false', 'mssql://sa:********@db/pendo?encrypt=false'],
		['mssql://sa:hunter%402%3A@db/pendo', 'mssql://sa:********@db/pendo'],
		['postgresql://u@db/pendo?password=hunter2', 'postgresql://u@db/pendo?password=********'],
		['postgresql://u@db/pendo', 'postgresql://u@db/pendo'],
		['sqlite:/var/lib/y.db', 'sqlite:/var/lib/y.db'],
	])('masks the password of %s', (url, masked) => {
		expect(shown(url)).toBe(masked);
	});
});
