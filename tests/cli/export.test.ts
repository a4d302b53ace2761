import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { callCommand, type Outcome, runCommand, startCommand } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/databases.ts';
import { converse, send } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';
import { exportText, linesOf } from '../support/transfer.ts';

let source: TestDatabase;
let service: TestService;
let folder: string;
/** What the database holds, as text. */
let expected: readonly string[];

beforeAll(async () => {
	source = await createTestDatabase('sqlite');
	service = await startService({ DATABASE_URL: source.url });
	const { id } = await converse(await service.client('Alice'));
	await send(await service.client('Agent', 'AGENT'), id, 'Hello 🦊');
	expected = linesOf(await exportText(source)).slice(1);
});
afterAll(async () => {
	await service.stop();
	await source.drop();
});
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'pendo-transfer-'));
});
afterEach(() => rm(folder, { recursive: true }));

const run = (args: readonly string[], url = source.url): Promise<Outcome> =>
	runCommand(args, { DATABASE_URL: url }, folder);

/** In this process, with the file in the folder. */
const call = (command: string, file: string, url = source.url): Promise<Outcome> =>
	callCommand([command, join(folder, file)], { DATABASE_URL: url });

it('export writes a file for its owner alone, beside the running service, and says nothing while it does', async () => {
	const outcome = await run(['export', 'all.jsonl']);
	expect(outcome).toEqual({
		code: 0,
		stdout: expect.stringMatching(/^Exported \d+ rows \(users 2, .+\) to all\.jsonl\n$/),
		stderr: '',
	});
	expect(linesOf(await readFile(join(folder, 'all.jsonl'), 'utf8')).slice(1)).toEqual(expected);
	expect((await stat(join(folder, 'all.jsonl'))).mode & 0o777).toBe(0o600);
	expect(await readdir(folder)).toEqual(['all.jsonl']);
});

it('export compresses where the name says so', async () => {
	expect(await call('export', 'all.jsonl.gz')).toMatchObject({ code: 0 });
	const text = gunzipSync(await readFile(join(folder, 'all.jsonl.gz'))).toString();
	expect(linesOf(text).slice(1)).toEqual(expected);
	expect((await stat(join(folder, 'all.jsonl.gz'))).mode & 0o777).toBe(0o600);
	expect(await readdir(folder)).toEqual(['all.jsonl.gz']);
});

it('export - writes to standard output what import - reads, nothing else', async () => {
	const { code, stdout, stderr } = await run(['export', '-']);
	expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
	expect(linesOf(stdout).slice(1)).toEqual(expected);
	const target = await createTestDatabase('sqlite', { migrated: false });
	const { child, done } = startCommand(['import', '-'], { DATABASE_URL: target.url }, folder);
	child.stdin?.end(stdout);
	expect(await done).toMatchObject({ code: 0, stderr: '' });
	expect(linesOf(await exportText(target)).slice(1)).toEqual(expected);
	await target.drop();
});

it('export overwrites no file, and leaves none where it fails', async () => {
	await writeFile(join(folder, 'precious.jsonl'), 'precious');
	const refused = await call('export', 'precious.jsonl');
	expect(refused).toEqual({
		code: 1,
		stdout: '',
		stderr: expect.stringMatching(/precious\.jsonl is there already/),
	});
	expect(await readFile(join(folder, 'precious.jsonl'), 'utf8')).toBe('precious');
	const nowhere = await call('export', 'no/such/folder.jsonl');
	expect(nowhere).toEqual({
		code: 1,
		stdout: '',
		stderr: expect.stringMatching(/^The export cannot be written: ENOENT.+\n$/),
	});
	const nothing = await call('export', 'all.jsonl', `sqlite:${join(folder, 'absent.db')}`);
	expect(nothing).toEqual({
		code: 1,
		stdout: '',
		stderr: expect.stringMatching(/^There is no database file .+\n$/),
	});
	expect(await readdir(folder)).toEqual(['precious.jsonl']);
});

it('of exports to one name at once one gets it, and nothing of the others stays', async () => {
	const outcomes = await Promise.all([run(['export', 'all.jsonl']), run(['export', 'all.jsonl'])]);
	expect(outcomes.map(({ code }) => code).toSorted()).toEqual([0, 1]);
	expect(outcomes.map(({ stderr }) => stderr).join('')).toMatch(
		/^The file all\.jsonl is there already: .+\n$/,
	);
	expect(linesOf(await readFile(join(folder, 'all.jsonl'), 'utf8')).slice(1)).toEqual(expected);
	expect(await readdir(folder)).toEqual(['all.jsonl']);
});

it('import - that fails does not wait for the rest of its standard input', async () => {
	const target = `sqlite:${join(folder, 'target.db')}`;
	const { child, done } = startCommand(['import', '-'], { DATABASE_URL: target }, folder);
	child.stdin?.write('this is no export\n');
	expect(await done).toMatchObject({
		code: 1,
		stderr: expect.stringMatching(/^Line 1: It is not JSON: /),
	});
});

it('export stops without a stack when its reader goes away', async () => {
	const { child, done } = startCommand(['export', '-'], { DATABASE_URL: source.url }, folder);
	child.stdout?.destroy();
	expect(await done).toMatchObject({
		code: 1,
		stderr: expect.stringMatching(/^The export cannot be written: .*EPIPE.*\n$/),
	});
});

it('import leaves a database alone that a service uses', async () => {
	await call('export', 'all.jsonl');
	const outcome = await call('import', 'all.jsonl');
	expect(outcome).toEqual({
		code: 1,
		stdout: '',
		stderr: expect.stringMatching(/^Another service or command uses .+\n$/),
	});
});

it('import says what is wrong with its file', async () => {
	const target = `sqlite:${join(folder, 'target.db')}`;
	expect(await call('import', 'absent.jsonl', target)).toMatchObject({
		code: 1,
		stderr: `There is no file ${join(folder, 'absent.jsonl')}.\n`,
	});
	expect(existsSync(join(folder, 'target.db'))).toBe(false);
	await call('export', 'all.jsonl.gz');
	const whole = await readFile(join(folder, 'all.jsonl.gz'));
	await writeFile(join(folder, 'half.jsonl.gz'), whole.subarray(0, whole.length / 2));
	await writeFile(join(folder, 'none.jsonl.gz'), 'not compressed');
	for (const [file, message] of [
		['half.jsonl.gz', /half\.jsonl\.gz cannot be read: unexpected end of file\n$/],
		['none.jsonl.gz', /none\.jsonl\.gz cannot be read: incorrect header check\n$/],
	] as const)
		expect(await call('import', file, target)).toMatchObject({
			code: 1,
			stderr: expect.stringMatching(message),
		});
	expect(await call('import', 'all.jsonl.gz', target)).toMatchObject({ code: 0 });
});
