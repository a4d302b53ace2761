import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.ts';

let directory: string;

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'pendo-message-'));
});
afterEach(() => rm(directory, { recursive: true }));

test("a directory that is made for the database is its owner's alone", async () => {
	const file = join(directory, 'made', 'here', 'test.db');
	const database = await openSqlite({ kind: 'sqlite', file, migrate: true });
	await database.close();
	for (const made of [dirname(file), dirname(dirname(file))])
		expect((await stat(made)).mode & 0o777).toBe(0o700);
});
