import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'suites-'));
	await mkdir(join(folder, 'tests'));
	await cp(join(root, 'vitest.config.ts'), join(folder, 'project.config.ts'));
	await writeFile(
		join(folder, 'vitest.config.ts'),
		`import project from './project.config.ts';
		export default { ...project, cacheDir: 'cache' };`,
	);
	for (const shared of ['node_modules', 'tests/support'])
		await symlink(join(root, shared), join(folder, shared));
	await writeFile(
		join(folder, 'tests/one.test.ts'),
		`import { describe, expect, it } from 'vitest';
		import { skipUnless } from './support/services.ts';
		describe.skipIf(skipUnless(false, 'bus on Redis', 'EXAMPLE_URL is not set', 'EXAMPLE_URL=tcp://… npm test'))('a', () => {
			it('needs Redis', () => expect(true).toBe(false));
		});
		describe.skipIf(skipUnless(true, 'store on SQLite', 'never', 'never'))('b', () => {
			it('needs nothing', () => expect(true).toBe(true));
		});`,
	);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a suite whose service is not there', () => {
	it('is left out, and the end of the run says so and how to run it', async () => {
		const { code, output } = await run({});
		expect(code).toBe(0);
		expect(output).toContain('1 passed');
		expect(output.slice(output.indexOf('1 passed'))).toMatch(
			/!!! 1 SUITE DID NOT RUN !!!\n {2}bus on Redis: EXAMPLE_URL is not set\n {4}to run it: EXAMPLE_URL=tcp:\/\/… npm test/,
		);
		expect(output).not.toContain('store on SQLite');
		expect(output, 'the end of the run names each database').toMatch(
			/^databases: SQLite not needed, PostgreSQL.*(not needed \(.*\)|not run \(set .*\)), SQL Server.*\(.*\)$/m,
		);
	});

	it('fails the run where all suites are required', async () => {
		const { code, output } = await run({ REQUIRE_ALL_SUITES: '1' });
		expect(code).not.toBe(0);
		expect(output).toContain(
			'bus on Redis: EXAMPLE_URL is not set, and REQUIRE_ALL_SUITES=1 allows no skips',
		);
	});
});

/** Runs the suite above in a vitest of its own, with the project's configuration. */
async function run(env: NodeJS.ProcessEnv): Promise<{ code: number | string; output: string }> {
	const { REQUIRE_ALL_SUITES: _, TEST_RUN: __, ...outer } = process.env;
	const args = ['run', '--reporter=default', '--no-color'];
	return await new Promise((resolve) => {
		const options = { cwd: folder, env: { ...outer, ...env, NO_COLOR: '1' } };
		execFile(join(root, 'node_modules/.bin/vitest'), args, options, (error, stdout, stderr) => {
			resolve({ code: error?.code ?? 0, output: stdout + stderr });
		});
	});
}
