import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';

const NODE = resolve('node_modules/.bin/node');
const MAIN = resolve('src/main.ts');

let directory: string;
let service: ChildProcess | undefined;
let npm: ChildProcess | undefined;

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'pendo-start-'));
});
afterEach(async () => {
	service?.kill('SIGKILL');
	if (npm?.pid !== undefined) endGroup(npm.pid);
	await rm(directory, { recursive: true });
});

/** Starts the service as `npm start` does, in an empty folder, with these variables and no others. */
function start(env: NodeJS.ProcessEnv) {
	const child = spawn(NODE, [MAIN], {
		cwd: directory,
		env: { PATH: process.env['PATH'], PORT: '0', ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	service = child;
	return child;
}

/** Ends it, and gives the log lines that it wrote: all that there is on standard output. */
async function stop(child: ReturnType<typeof start>): Promise<readonly { msg: string; url?: string }[]> {
	const output = text(child.stdout);
	child.kill('SIGTERM');
	const [code] = await once(child, 'exit');
	expect(code).toBe(0);
	return (await output)
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
}

test('a first start says where it is, and gives a token for a customer and one for an agent', async () => {
	const child = start({});
	let welcome = '';
	for await (const part of child.stderr.iterator({ destroyOnReturn: false })) {
		welcome += String(part);
		if (welcome.includes('npm run demo')) break;
	}
	const [, url = ''] = /(http:\S+\/graphql)/.exec(welcome) ?? [];
	const roles: unknown[] = [];
	for (const [token] of welcome.matchAll(/^[\w-]+\.[\w-]+\.[\w-]+$/gm)) {
		const response = await fetch(url, {
			method: 'POST',
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			body: JSON.stringify({ query: '{ viewer { role } }' }),
		});
		roles.push(await response.json());
	}
	expect(roles).toEqual(['CUSTOMER', 'AGENT'].map((role) => ({ data: { viewer: { role } } })));
	expect(welcome).toContain(`npm run demo -- --url ${new URL(url).origin}\n`);
	const lines = await stop(child);
	expect(lines[0]).toMatchObject({ msg: 'listening', url });
});

test("no token is printed where the operator's secret signs", async () => {
	const child = start({ JWT_SECRET: 'the secret of an operator, long enough for HS256' });
	const errors = text(child.stderr);
	await once(child.stdout, 'readable');
	const lines = await stop(child);
	expect(lines[0]?.msg).toBe('listening');
	expect(JSON.stringify(lines)).not.toContain('eyJ');
	expect(await errors).toBe('');
});

/** npm and whatever it has left behind, which may be nothing. */
function endGroup(pid: number): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch (error) {
		expect(error).toMatchObject({ code: 'ESRCH' });
	}
}

/** The address that a service logs, and all the lines that it logs until its end. */
async function readLog(child: ReturnType<typeof start>) {
	const lines: string[] = [];
	const reader = createInterface({ input: child.stdout });
	const listening = Promise.withResolvers<string>();
	reader.on('line', (line) => {
		lines.push(line);
		const url = /"url":"(http:[^"]+)"/.exec(line)?.[1];
		if (url !== undefined) listening.resolve(url);
	});
	const ended = once(reader, 'close').then(() => lines);
	void ended.then(() => listening.reject(new Error(`It did not listen: ${lines.join(' ')}`)));
	return { url: await listening.promise, ended };
}

test.each(['start', 'run dev'])(
	'npm %s: SIGTERM to npm stops the service, whose last line says so',
	async (command) => {
		const env = {
			DATABASE_URL: `sqlite:${join(directory, 'test.db')}`,
			JWT_SECRET: 'the secret of an operator, long enough for HS256',
		};
		const child = spawn('npm', ['--silent', ...command.split(' ')], {
			env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: '0', ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
			// A group of its own, so that what outlives npm can be ended.
			detached: true,
		});
		npm = child;
		const { url, ended } = await readLog(child);
		const exited = once(child, 'exit');
		child.kill('SIGTERM');
		await exited;
		await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
		expect((await ended).map((line) => /"msg":"([^"]+)"/.exec(line)?.[1]).slice(-2)).toEqual([
			'stopping',
			'stopped',
		]);
		// The file is free: another one can have it.
		await readLog(start(env));
	},
);
