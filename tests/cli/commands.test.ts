import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { resolveTokenSettings } from '../../src/identity/development-secret.ts';
import { createTokenVerifier, type TokenSettings } from '../../src/identity/tokens.ts';

const NODE = resolve('node_modules/.bin/node');
const PROGRAM = resolve('src/cli/pendo-message.ts');
const SECRET = 'a-secret-for-tests-with-40-characters-xx';

interface Outcome {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

let directory: string;

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'pendo-cli-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Runs the program in an empty folder with these variables and no others. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
	const options = { cwd: directory, env: { PATH: process.env['PATH'], ...env } };
	const outcome = await new Promise<Outcome>((done) => {
		const child = execFile(NODE, [PROGRAM, ...args], options, (_, stdout, stderr) => {
			done({ code: child.exitCode ?? -1, stdout, stderr });
		});
	});
	expect(outcome.stderr).not.toMatch(/^\s+at /m);
	return outcome;
}

const alice = ['token', '--sub', 'alice', '--role', 'customer'];

describe('token', () => {
	test('prints one token and nothing else', async () => {
		const before = Date.now();
		const args = ['token', '--sub', 'bob', '--role', 'agent', '--name', 'Bob 🦊', '--expires-in', '15m'];
		const env = { JWT_SECRET: SECRET, JWT_ISSUER: 'https://id.example.com', JWT_AUDIENCE: 'pendo' };
		const { code, stdout, stderr } = await run(args, env);
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
		const claims = await createTokenVerifier(loadConfig(env).identity as TokenSettings).verify(stdout.trim());
		expect(claims).toMatchObject({ subject: 'bob', name: 'Bob 🦊', role: 'AGENT' });
		expect(Math.abs(claims.expiresAt - before - 900_000)).toBeLessThan(30_000);
		expect(await readdir(directory)).toEqual([]);
	});

	test('uses the secret beside the database, which simultaneous first runs agree on', async () => {
		const env = { DATABASE_URL: 'sqlite:./store/x.db' };
		const outcomes = await Promise.all([run(alice, env), run(alice, env), run(alice, env)]);
		const { identity } = loadConfig({ DATABASE_URL: `sqlite:${directory}/store/x.db` });
		const verifier = createTokenVerifier(await resolveTokenSettings(identity));
		for (const { stdout } of outcomes) {
			expect(await verifier.verify(stdout.trim())).toMatchObject({ subject: 'alice', role: 'CUSTOMER' });
		}
	});

	test('reads .env, and the environment wins', async () => {
		await writeFile(join(directory, '.env'), `JWT_SECRET=${SECRET}\nJWT_ISSUER=file\n`);
		const { stdout } = await run(alice, { JWT_ISSUER: 'environment' });
		const { identity } = loadConfig({ JWT_SECRET: SECRET, JWT_ISSUER: 'environment' });
		expect(await createTokenVerifier(identity as TokenSettings).verify(stdout.trim())).toMatchObject({
			subject: 'alice',
		});
	});

	test('cannot sign where others publish the keys', async () => {
		const { code, stdout, stderr } = await run(alice, { JWKS_URL: 'https://id.example.com/jwks' });
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toMatch(/^JWKS_URL is set: .+\n$/);
	});

	test('says where its own secret cannot be kept', async () => {
		await writeFile(join(directory, 'file'), '');
		const { code, stdout, stderr } = await run(alice, { DATABASE_URL: 'sqlite:./file/x.db' });
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toContain('set JWT_SECRET');
	});

	test.each([
		[['token'], "'--sub <subject>' not specified"],
		[['token', '--sub', 'alice'], "'--role <role>' not specified"],
		[['token', '--sub', 'alice', '--role', 'boss'], 'Allowed choices are customer, agent, admin'],
		[['token', '--sub', '', '--role', 'agent'], 'It must be a text that is not empty'],
		[['token', '--sub', 'a\nb', '--role', 'agent'], 'It must not contain control characters'],
		[[...alice, '--expires-in', 'soon'], 'It must be a duration'],
		[[...alice, '--expires-in', '0s'], 'It must be a duration'],
		[[...alice, '--expires-in', '999999999d'], 'It must be a duration'],
	])('%j is refused with the reason', async (args, reason) => {
		const { code, stdout, stderr } = await run(args, { JWT_SECRET: SECRET });
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toContain(reason);
	});
});

describe('check-config', () => {
	test('shows the effective settings without secrets', async () => {
		const { code, stdout, stderr } = await run(['check-config'], { JWT_SECRET: SECRET, PORT: '4100' });
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		expect(stdout).toMatch(/^PORT +4100 {2}\(from the environment\)$/m);
		expect(stdout).toMatch(/^JWT_SECRET +\*{8} {2}\(from the environment\)$/m);
		expect(stdout).toMatch(/^LOG_LEVEL +info$/m);
		expect(stdout).not.toContain(SECRET);
		expect(await readdir(directory)).toEqual([]);
	});

	test('lists all faults', async () => {
		const env = { NODE_ENV: 'production', PORT: 'x', JWT_AUDIENCE: ' ', LOG_FORMAT: 'xml' };
		const { code, stdout, stderr } = await run(['check-config'], env);
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		for (const name of ['PORT', 'JWT_AUDIENCE', 'LOG_FORMAT', 'JWT_SECRET'])
			expect(stderr).toContain(`${name}: `);
	});
});

describe('pendo-message', () => {
	test.each([[[]], [['nope']], [['check-config', '--nope']]])('%j ends with 1 and help', async (args) => {
		const { code, stdout, stderr } = await run(args);
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toContain('Usage: pendo-message');
	});

	test('--version prints the version of package.json', async () => {
		const { code, stdout } = await run(['--version']);
		const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
		expect({ code, stdout }).toEqual({ code: 0, stdout: `${version}\n` });
	});

	test('--help ends with 0', async () => {
		const { code, stdout } = await run(['--help']);
		expect(code).toBe(0);
		expect(stdout).toMatch(/token.+check-config/s);
	});
});
