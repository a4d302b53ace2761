import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import BetterSqlite from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCommand } from '../support/command.ts';
import { createTestDatabase, databasesFor, type TestDatabase } from '../support/databases.ts';
import { exportText, importText, linesOf, withRows } from '../support/transfer.ts';

const USERS = 30_000;
const KILLS = 2;

let folder: string;
let text: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'pendo-transfer-'));
	const empty = await createTestDatabase('sqlite');
	const users = Array.from({ length: USERS }, (_, index) => {
		const id = `00000000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
		const created_at = new Date(1_760_000_000_000 + index).toISOString();
		return JSON.stringify({
			table: 'users',
			id,
			subject: `s${index}`,
			name: `N ${index} 🦊`,
			role: 'AGENT',
			created_at,
		});
	});
	text = withRows(await exportText(empty), (settings) => [...users, ...settings]);
	await writeFile(join(folder, 'export.jsonl'), text);
	await empty.drop();
});

afterAll(() => rm(folder, { recursive: true }));

/** How many users another connection sees; 0 while there is no such table. */
async function countUsers({ config }: TestDatabase): Promise<number> {
	const count = 'select count(*) as users from users';
	if (config.kind === 'sqlite') {
		const native = new BetterSqlite(config.file, { timeout: 5_000 });
		try {
			return Number((native.prepare(count).get() as { readonly users: number }).users);
		} catch {
			return 0;
		} finally {
			native.close();
		}
	}
	const client = new pg.Client({ connectionString: config.url });
	await client.connect();
	const answer = await client.query(count).catch(() => undefined);
	await client.end();
	return Number(answer?.rows[0]?.users ?? 0);
}

const kinds = databasesFor('a killed import').filter((kind) => kind !== 'mssql');

describe.each(kinds)('into %s', (kind) => {
	it('SIGKILL again and again: each run goes on, and the end is what one run would have made', async () => {
		const target = await createTestDatabase(kind, { migrated: false });
		const start = () => startCommand(['import', 'export.jsonl'], { DATABASE_URL: target.url }, folder);
		const resumed: number[] = [];
		for (let kill = 1; kill <= KILLS; kill++) {
			const goal = ((kill - 1) * USERS) / KILLS + 1;
			const { child, done } = start();
			let isOver = false;
			void done.then(() => {
				isOver = true;
			});
			while (!isOver && (await countUsers(target)) < goal) await setTimeout(1);
			await setTimeout(Math.random() * 100);
			child.kill('SIGKILL');
			const { stderr } = await done;
			resumed.push(Number(/Going on behind (\d+) rows/.exec(stderr)?.[1] ?? 0));
		}
		const last = await start().done;
		expect(last).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(/^Imported 30,002 rows \(users 30,000/),
		});
		expect(linesOf(await exportText(target))).toEqual(linesOf(text));
		expect(resumed.toSorted((a, b) => a - b)).toEqual(resumed);
		expect(resumed.at(-1)).toBeGreaterThan(0);
		await expect(importText(target, text)).rejects.toThrow(/holds data already/);
		await target.drop();
	}, 300_000);
});
