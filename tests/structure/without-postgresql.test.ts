import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'without-postgresql-'));
	await mkdir(join(folder, 'tests'));
	for (const shared of ['node_modules', 'tests/support'])
		await symlink(join(root, shared), join(folder, shared));
	await writeFile(
		join(folder, 'vitest.config.ts'),
		`import { defineConfig } from 'vitest/config';
		export default defineConfig({
			cacheDir: 'cache',
			test: { runner: 'tests/support/postgresql-runner.ts', globalSetup: ['setup.ts'] },
		});`,
	);
	await writeFile(
		join(folder, 'setup.ts'),
		`import { beginRun, endRun, readNotes } from './tests/support/test-run.ts';
		export function setup() {
			beginRun();
			return () => {
				console.log('noted:', ...readNotes('skipped'));
				endRun();
			};
		}`,
	);
	await writeFile(join(folder, 'tests/one.test.ts'), `throw new Error('the file was loaded');`);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a file of the tests on PostgreSQL', () => {
	it('is left out where there is none, and that is noted', async () => {
		const { code, output } = await run({});
		expect(code).toBe(0);
		expect(output).toContain('1 skipped');
		expect(output).toMatch(/noted: .*the API on PostgreSQL.*TEST_POSTGRES_URL/);
	});

	it('fails where there is none and all suites are required', async () => {
		const { code, output } = await run({ REQUIRE_ALL_SUITES: '1' });
		expect(code).not.toBe(0);
		expect(output).toMatch(/the API on PostgreSQL: .* REQUIRE_ALL_SUITES=1 allows no skips/);
	});

	it('is run where there is one', async () => {
		const { code, output } = await run({ TEST_POSTGRES_URL: 'postgresql://localhost/postgres' });
		expect(code).not.toBe(0);
		expect(output).toContain('the file was loaded');
	});
});

async function run(env: NodeJS.ProcessEnv): Promise<{ code: number | string; output: string }> {
	const { REQUIRE_ALL_SUITES: _, TEST_RUN: __, TEST_POSTGRES_URL: ___, ...outer } = process.env;
	return await new Promise((resolve) => {
		const options = { cwd: folder, env: { ...outer, ...env, NO_COLOR: '1' } };
		execFile(
			join(root, 'node_modules/.bin/vitest'),
			['run', '--no-color'],
			options,
			(error, stdout, stderr) => {
				resolve({ code: error?.code ?? 0, output: stdout + stderr });
			},
		);
	});
}
