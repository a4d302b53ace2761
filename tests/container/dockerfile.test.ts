import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { skipUnless } from '../support/services.ts';
import { build, type Image, ignoredBy, parseDockerfile, type Stage } from './dockerfile.ts';

const root = join(import.meta.dirname, '../..');
const execute = promisify(execFile);
const isRoot = process.getuid?.() === 0;
/** Stands for the image's `node` user: somebody who owns nothing here. */
const NOBODY = 65_534;

let folder: string;
let stages: readonly Stage[];
let image: Image;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'image-'));
	await chmod(folder, 0o755);
	stages = parseDockerfile(await readFile(join(root, 'Dockerfile'), 'utf8'));
	const last = stages.at(-1)?.name ?? '';
	image = await build({ stages, context: root, folder, run }, last);
	// The base image has Node there; the copy can be read by everybody, wherever this repository lies.
	await mkdir(join(image.root, 'usr/local/bin'), { recursive: true });
	await cp(process.execPath, join(image.root, 'usr/local/bin/node'));
}, 240_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the Dockerfile', () => {
	it('names its base by the full version that the tests run on', async () => {
		const { dependencies } = await manifest();
		expect(stages[0]?.base).toBe(`node:${dependencies['node']}-bookworm-slim`);
		expect(dependencies['node']).toMatch(/^\d+\.\d+\.\d+$/);
	});

	it('has a target that installs everything and runs the tests', () => {
		const commands = stages
			.find(({ name }) => name === 'test')
			?.instructions.filter(({ name }) => name === 'RUN');
		expect(commands?.map(({ text }) => text)).toEqual([
			// The README's commands, which the tests run, ask by curl.
			expect.stringMatching(/^apt-get update && apt-get install .*\bcurl\b/),
			expect.stringMatching(/^npm ci(?!.*omit)/),
			'npm test',
		]);
	});

	it('ends in an image for production whose process 1 is Node, not root', () => {
		expect(image.env['NODE_ENV']).toBe('production');
		expect(image.entrypoint[0]).toBe('node');
		expect(['root', '0', '']).not.toContain(image.user);
	});
});

describe('.dockerignore', () => {
	it('keeps secrets, data and installed packages out and lets the sources in', async () => {
		const ignored = ignoredBy(await readFile(join(root, '.dockerignore'), 'utf8'));
		const out = [
			'.env',
			'.env.local',
			'.git/config',
			'node_modules/ws/index.js',
			'bench/peers/node_modules/a',
			'data/a.db',
		];
		expect(out.filter((path) => !ignored(path))).toEqual([]);
		expect(['src/main.ts', 'schema/index.ts', 'package-lock.json', '.env.example'].filter(ignored)).toEqual(
			[],
		);
	});
});

describe("the image's content", () => {
	it('has no development dependency and no second Node', async () => {
		const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
			packages: Record<string, { dev?: boolean }>;
		};
		const development = Object.entries(lock.packages).filter(([, { dev }]) => dev === true);
		expect(development.length).toBeGreaterThan(0);
		const places = [
			...development.map(([place]) => place),
			'node_modules/node/bin/node',
			'node_modules/.bin/node',
		];
		const there = await Promise.all(places.map((place) => exists(join(image.root, image.workdir, place))));
		expect(places.filter((_, index) => there[index])).toEqual([]);
	});

	it('has the service and nothing of the tests', async () => {
		const names = await readdir(join(image.root, image.workdir));
		expect(names.sort()).toEqual(['LICENSE', 'node_modules', 'package.json', 'schema', 'src']);
	});
});

describe('a container', () => {
	it.skipIf(
		skipUnless(
			isRoot,
			'the image as another user',
			'only root may start a process as somebody else',
			'sudo npm test',
		),
	)('starts as a user who owns nothing but the data', async () => {
		const container = await start();
		try {
			const status = await readFile(`/proc/${container.process.pid}/status`, 'utf8');
			expect(status).toMatch(new RegExp(`^Uid:\\s+${NOBODY}\\s`, 'm'));
		} finally {
			await stop(container.process);
		}
	});

	it('becomes ready and healthy, and stops with exit code 0 within 10 s of SIGTERM', async () => {
		const container = await start();
		expect(await health(container)).toBe(0);
		const begin = performance.now();
		expect(await stop(container.process)).toBe(0);
		expect(performance.now() - begin).toBeLessThan(10_000);
		expect(await health(container)).toBe(1);
	});
});

interface Container {
	readonly process: ChildProcess;
	readonly env: Readonly<Record<string, string>>;
}

/** Starts the entry point with the image's environment and what an operator has to give; resolves once it is ready. */
async function start(): Promise<Container> {
	const port = String(await freePort());
	const env = {
		...inFolder(image.env),
		PATH: join(image.root, 'usr/local/bin'),
		PORT: port,
		JWT_SECRET: 'x'.repeat(48),
	};
	const [command = '', ...args] = image.entrypoint;
	const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
	const child = spawn(command, args, {
		cwd: join(image.root, image.workdir),
		env,
		...user,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	child.stdout.on('data', (text) => (output += String(text)));
	child.stderr.on('data', (text) => (output += String(text)));
	const deadline = performance.now() + 20_000;
	while (!(await isReady(port))) {
		if (child.exitCode !== null || performance.now() > deadline) {
			child.kill('SIGKILL');
			throw new Error(`The container did not become ready:\n${output}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	return { process: child, env };
}

async function isReady(port: string): Promise<boolean> {
	return await fetch(`http://127.0.0.1:${port}/health/ready`).then(
		(answer) => answer.status === 200,
		() => false,
	);
}

/** The exit code of the HEALTHCHECK's command. */
async function health({ env }: Container): Promise<unknown> {
	const [command = '', ...args] = image.healthcheck;
	return await execute(join(image.root, 'usr/local/bin', command), args, { env }).then(
		() => 0,
		(error: { code?: unknown }) => error.code,
	);
}

/** Sends SIGTERM. @returns the exit code, null when the process had to be killed after 15 s. */
async function stop(child: ChildProcess): Promise<number | null> {
	const killer = setTimeout(() => child.kill('SIGKILL'), 15_000);
	const exit = once(child, 'exit') as Promise<[number | null]>;
	child.kill('SIGTERM');
	const [code] = await exit;
	clearTimeout(killer);
	return code;
}

/** The volumes' paths in the environment, moved to the folder that stands for the image's root. */
function inFolder(env: Readonly<Record<string, string>>): Record<string, string> {
	const moved = Object.entries(env).map(([name, value]) => {
		const volume = image.volumes.find((path) => value.includes(`${path}/`));
		return [name, volume === undefined ? value : value.replace(volume, join(image.root, volume))];
	});
	return Object.fromEntries(moved);
}

/** Runs what the Dockerfile runs: npm as it stands, `install -d` below the image's root. */
async function run(command: string, cwd: string, imageRoot: string): Promise<void> {
	const folderOf = /^install -d -o node -g node (\/\S+)$/.exec(command)?.[1];
	if (folderOf !== undefined) {
		await mkdir(join(imageRoot, folderOf), { recursive: true });
		if (isRoot) await chown(join(imageRoot, folderOf), NOBODY, NOBODY);
		return;
	}
	if (!command.startsWith('npm ci ')) throw new Error(`The walk does not know how to run: ${command}`);
	// What `npm test` and vitest set would reach into the install; the machine's own settings (certificates, proxy) stay.
	const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|VITEST)/.test(name));
	const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
	const env = { ...Object.fromEntries(own), PATH, npm_config_prefer_offline: 'true' };
	await execute('sh', ['-c', command], { cwd, env });
}

async function manifest(): Promise<{ dependencies: Record<string, string> }> {
	return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
		dependencies: Record<string, string>;
	};
}

async function exists(path: string): Promise<boolean> {
	return await access(path).then(
		() => true,
		() => false,
	);
}
