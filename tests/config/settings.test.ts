import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type ConfigError, describeConfig, loadConfig, loadEnvFile } from '../../src/config.ts';
import { KEEP_ALIVE_MS } from '../../src/http/websocket.ts';

const SECRET = 'a-secret-for-tests-with-40-characters-xx';

function faultsOf(env: NodeJS.ProcessEnv): ConfigError {
	try {
		loadConfig(env);
	} catch (error) {
		return error as ConfigError;
	}
	throw new Error('The settings were taken.');
}

function problemOf(name: string, value: string): string | undefined {
	const { faults } = faultsOf({ [name]: value });
	expect(faults.map((fault) => fault.name)).toEqual([name]);
	return faults[0]?.problem;
}

describe('defaults', () => {
	test('without any variable everything has a value', () => {
		const config = loadConfig({});
		expect(config.http).toMatchObject({
			port: 4000,
			host: '127.0.0.1',
			allowedOrigins: [],
			trustProxy: false,
		});
		expect(config.database).toMatchObject({ kind: 'sqlite', file: resolve('data/pendo-message.db') });
		expect(config.identity).toMatchObject({ kind: 'development', secretFile: resolve('data/jwt-secret') });
		expect(config.graphql).toMatchObject({ graphiql: true, introspection: true });
	});

	test('a slow reader is given up before its unread pings count as a broken connection', () => {
		expect(loadConfig({}).sockets.slowReaderMaxMs).toBeLessThan(KEEP_ALIVE_MS);
	});

	test('production listens on all addresses and hides the schema', () => {
		const config = loadConfig({ NODE_ENV: 'production', JWT_SECRET: SECRET });
		expect(config.http.host).toBe('0.0.0.0');
		expect(config.graphql).toMatchObject({ graphiql: false, introspection: false });
	});

	test('what production turns off can be turned on', () => {
		const env = { NODE_ENV: 'production', JWT_SECRET: SECRET, GRAPHIQL: 'true', INTROSPECTION: 'on' };
		expect(loadConfig(env).graphql).toMatchObject({ graphiql: true, introspection: true });
	});

	test('an empty variable counts as not set, an unknown one is ignored', () => {
		expect(loadConfig({ PORT: '', JWT_SECRET: '', NOBODY_KNOWS: 'x' })).toEqual(loadConfig({}));
	});

	test('.env.example names every setting with its default', () => {
		const text = readFileSync('.env.example', 'utf8');
		const documented = parseEnv(text.replace(/^#(?=[A-Z_]+=)/gm, ''));
		const names = describeConfig(loadConfig({})).map(({ name }) => name);
		expect(Object.keys(documented).sort()).toEqual([...names].sort());
		const shown = (env: NodeJS.ProcessEnv) =>
			describeConfig(loadConfig(env)).map(({ name, value }) => `${name}=${value}`);
		expect(shown(documented)).toEqual(shown({}));
		// Copied as it stands, it changes nothing.
		expect(loadConfig(parseEnv(text))).toEqual(loadConfig({}));
	});
});

describe('faults', () => {
	test('all are listed at once, each with its variable', () => {
		const error = faultsOf({
			NODE_ENV: 'production',
			PORT: '70000',
			LOG_LEVEL: 'loud',
			MAX_BATCH_SIZE: '0',
			DATABASE_URL: 'sqlite::memory:',
		});
		expect(error.name).toBe('ConfigError');
		expect(error.faults.map(({ name }) => name).sort()).toEqual([
			'DATABASE_URL',
			'JWT_SECRET',
			'LOG_LEVEL',
			'MAX_BATCH_SIZE',
			'PORT',
		]);
		for (const { name, problem } of error.faults) expect(error.message).toContain(`${name}: ${problem}`);
	});

	test.each(['-1', '1.5', '1e3', '0x10', 'abc', '65536', ' ', '4000 4001', 'Infinity', '9'.repeat(400)])(
		'PORT=%s names the range',
		(value) => {
			expect(problemOf('PORT', value)).toContain('a whole number from 0 to 65535');
		},
	);

	test('a number with a unit names the unit', () => {
		expect(problemOf('TYPING_TTL_MS', '6s')).toBe(
			'must be a whole number of milliseconds from 10 to 3600000, not "6s"',
		);
	});

	test('what a message quotes is escaped and short', () => {
		expect(problemOf('LOG_LEVEL', '\x1b[31mred\r\n')).toContain('not "\\u001b[31mred\\r\\n"');
		expect(problemOf('LOG_LEVEL', 'x'.repeat(1000))?.length).toBeLessThan(150);
	});

	test('an unknown NODE_ENV is a fault, for it could have meant production', () => {
		expect(problemOf('NODE_ENV', 'prod')).toContain('production, development, test');
	});

	test.each(['http://localhost', 'a b', 'localhost:4000', '[::1]'])('HOST=%s is refused', (value) => {
		expect(problemOf('HOST', value)).toContain('host name or an IP address');
	});

	test('HOST takes names and addresses of both families', () => {
		for (const host of ['::1', '0.0.0.0', 'chat.example.com']) {
			expect(loadConfig({ HOST: host }).http.host).toBe(host);
		}
	});
});

describe('identity', () => {
	test('a short secret is refused without being repeated', () => {
		const problem = problemOf('JWT_SECRET', 'hunter2');
		expect(problem).toBe('must have at least 32 bytes, and has 7');
	});

	test('a secret is measured in bytes', () => {
		expect(loadConfig({ JWT_SECRET: 'ü'.repeat(16) }).identity.kind).toBe('secret');
	});

	test('a secret and a key set together are refused, whatever else is wrong', () => {
		const { faults } = faultsOf({ JWT_SECRET: 'short', JWKS_URL: 'https://id.example.com/jwks', PORT: 'x' });
		expect(faults.map(({ name }) => name).sort()).toEqual(['JWKS_URL', 'JWT_SECRET', 'PORT']);
	});

	test('production asks for a secret or a key set', () => {
		expect(faultsOf({ NODE_ENV: 'production' }).faults).toEqual([
			{ name: 'JWT_SECRET', problem: 'is missing: in production set it, or JWKS_URL' },
		]);
		const identity = loadConfig({ NODE_ENV: 'production', JWKS_URL: 'https://id.example.com/jwks' }).identity;
		expect(identity).toMatchObject({ kind: 'jwks', url: new URL('https://id.example.com/jwks') });
	});

	test.each([
		'http://id.example.com/',
		'http://127.0.0.1.example.com/',
		'http://notlocalhost/',
		'file:///etc/keys',
		'keys',
		'https://u:p@h/',
	])('JWKS_URL=%s is refused', (url) => {
		expect(problemOf('JWKS_URL', url)).toMatch(/^must/);
	});

	test.each(['http://localhost:1/', 'http://127.0.0.1:1/', 'http://[::1]:1/'])(
		'JWKS_URL=%s is taken',
		(url) => {
			expect(loadConfig({ JWKS_URL: url }).identity).toMatchObject({ kind: 'jwks' });
		},
	);
});

describe('METRICS_TOKEN', () => {
	test.each(['+/aZ09-._~0123==', 'metrics-token-16'])(
		'%s is taken, as a bearer token can be sent',
		(token) => {
			expect(loadConfig({ METRICS_TOKEN: token }).http.metricsToken).toBe(token);
		},
	);

	test.each(['fifteen-letters', 'sixteen letters!', 'sixteen-letters!', '=in-the-beginning'])(
		'%s is refused without being repeated',
		(token) => {
			expect(problemOf('METRICS_TOKEN', token)).toMatch(/^must have at least 16 characters/);
			expect(problemOf('METRICS_TOKEN', token)).not.toContain(token);
		},
	);
});

describe('ALLOWED_ORIGINS', () => {
	test('takes a list and writes origins as browsers do', () => {
		const env = {
			ALLOWED_ORIGINS: 'https://App.example.com/, http://localhost:5173,,https://app.example.com:443',
		};
		expect(loadConfig(env).http.allowedOrigins).toEqual(['https://app.example.com', 'http://localhost:5173']);
	});

	test('refuses a star with the reason', () => {
		expect(problemOf('ALLOWED_ORIGINS', 'https://a.example, *')).toContain('every web page');
	});

	test.each([
		'null',
		'app.example.com',
		'https://a.example/path',
		'javascript:alert(1)',
		'https://u@a.example',
	])('refuses %s', (value) => {
		expect(problemOf('ALLOWED_ORIGINS', value)).toContain('list of origins');
	});
});

describe('describeConfig', () => {
	test('masks secrets and says where a value comes from', () => {
		const env = { JWT_SECRET: SECRET, METRICS_TOKEN: 'metrics-token-16-or-more', PORT: '0' };
		const rows = describeConfig(loadConfig(env));
		expect(rows).toContainEqual({ name: 'JWT_SECRET', value: '********', from: 'environment' });
		expect(rows).toContainEqual({ name: 'METRICS_TOKEN', value: '********', from: 'environment' });
		expect(rows).toContainEqual({ name: 'PORT', value: '0', from: 'environment' });
		expect(rows).toContainEqual({ name: 'LOG_LEVEL', value: 'info', from: 'default' });
		expect(JSON.stringify(rows)).not.toContain(SECRET);
		expect(JSON.stringify(rows)).not.toContain(env.METRICS_TOKEN);
	});

	test('masks what a key set URL carries, and escapes control characters', () => {
		const env = { JWKS_URL: 'https://id.example.com/jwks?api_key=hunter2', JWT_ISSUER: 'a\x1b[31mb\n' };
		const rows = describeConfig(loadConfig(env));
		expect(JSON.stringify(rows)).not.toContain('hunter2');
		expect(rows.find(({ name }) => name === 'JWT_ISSUER')?.value).toBe('a\\x1b[31mb\\x0a');
	});
});

describe('loadEnvFile', () => {
	const directory = mkdtempSync(join(tmpdir(), 'pendo-env-'));
	afterEach(() => {
		delete process.env['PENDO_TEST_OURS'];
		delete process.env['PENDO_TEST_THEIRS'];
	});
	afterAll(() => rmSync(directory, { recursive: true }));

	test('adds what is not set, and what is set wins', () => {
		const file = join(directory, '.env');
		writeFileSync(file, 'PENDO_TEST_OURS=file\nPENDO_TEST_THEIRS=file\n');
		process.env['PENDO_TEST_THEIRS'] = 'environment';
		expect(loadEnvFile(file)).toBe(true);
		expect(process.env['PENDO_TEST_OURS']).toBe('file');
		expect(process.env['PENDO_TEST_THEIRS']).toBe('environment');
		rmSync(file);
		expect(loadEnvFile(file)).toBe(false);
	});

	test('what cannot be read is a fault of the settings', () => {
		const file = join(directory, 'directory');
		mkdirSync(file);
		expect(() => loadEnvFile(file)).toThrow(expect.objectContaining({ name: 'ConfigError' }));
	});
});
