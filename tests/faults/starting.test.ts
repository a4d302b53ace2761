import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/live.ts';
import {
	type DataDirectory,
	makeDataDirectory,
	runToEnd,
	type ServiceProcess,
	startProcess,
} from '../support/process.ts';

/*
 * Of the embedded database.
 */

let directory: DataDirectory;
let services: ServiceProcess[];

beforeEach(async () => {
	directory = await makeDataDirectory();
	services = [];
});

afterEach(async () => {
	await Promise.all(services.map((service) => service.kill('SIGKILL')));
	await directory.remove();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
	const service = await startProcess(directory, env);
	services.push(service);
	return service;
}

describe('a start that cannot succeed', () => {
	async function expectRefusal(env: Readonly<Record<string, string>>, ...says: readonly RegExp[]) {
		const { code, stderr } = await runToEnd(directory, env);
		for (const text of says) expect(stderr).toMatch(text);
		expect(stderr).not.toMatch(/^\s+at /m);
		expect(code).toBe(1);
		return stderr;
	}

	test('because another service has the file says so, and leaves that one alone', async () => {
		const first = await start();
		await expectRefusal({}, /Another service or command uses .*test\.db.*stop it first/);
		expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
		await first.kill('SIGKILL');
		await start();
	});

	test('because the port is in use names the port and the setting', async () => {
		const taken = createServer();
		await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
		const address = taken.address();
		const port = String(typeof address === 'object' ? address?.port : undefined);
		await expectRefusal({ PORT: port }, new RegExp(`in use.*${port}`), /PORT/);
		await new Promise((resolve) => taken.close(resolve));
	});

	test('because of settings lists all of them by name', async () => {
		const env = {
			PORT: 'many',
			LOG_LEVEL: 'loud',
			JWT_SECRET: 'short',
			DATABASE_URL: 'nowhere',
			MAX_BATCH_SIZE: '0',
		};
		const said = await expectRefusal(env, ...Object.keys(env).map((name) => new RegExp(`\\b${name}\\b`)));
		expect(said).not.toContain('short');
	});

	test('because the directory of the database cannot be made says which', async () => {
		await writeFile(join(directory.path, 'a-file'), '');
		const file = join(directory.path, 'a-file', 'test.db');
		await expectRefusal({ DATABASE_URL: `sqlite:${file}` }, /directory cannot be made.*a-file/);
	});

	test('because the directory of the database cannot be written says which file', async () => {
		// Nobody writes into /proc, not even root, whom permissions do not stop.
		const closed = process.getuid?.() === 0 ? '/proc' : join(directory.path, 'closed');
		if (closed !== '/proc') {
			await mkdir(closed);
			await chmod(closed, 0o500);
		}
		await expectRefusal({ DATABASE_URL: `sqlite:${closed}/test.db` }, /test\.db\.lock cannot be written/);
	});

	test('because the file is no database says so', async () => {
		await writeFile(directory.databaseFile, 'this is a letter, not a database, '.repeat(100));
		await expectRefusal({}, /test\.db cannot be opened: file is not a database/);
	});
});

test('a start without providers says where the mock one listens, through which somebody can write', async () => {
	const service = await start({ NODE_ENV: 'development' });
	const mockUrl = () => /"mockProviderUrl":"([^"]+)"/.exec(service.output.stdout)?.[1];
	await eventually(() => mockUrl() !== undefined, true);
	const message = { from: '+10987654321', to: '+11234567890', type: 'sms', body: 'Hello', attachments: [] };
	const answer = await fetch(`${mockUrl()}/simulate/incoming`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(message),
	});
	expect(await answer.json()).toMatchObject({ status: 200 });
});
