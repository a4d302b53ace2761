import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/database.ts';
import { createTestDatabase, databasesFor, NO_NOTICES, type TestDatabase } from '../support/databases.ts';
import { converse, send } from '../support/live.ts';
import { startService } from '../support/service.ts';
import { exportText, importText, linesOf, rowsOf, withRows } from '../support/transfer.ts';

let source: TestDatabase;
let text: string;

beforeAll(async () => {
	source = await createTestDatabase('sqlite');
	const service = await startService({ DATABASE_URL: source.url });
	const alice = await service.client('Alice');
	const { id } = await converse(alice, [await service.client('Bob')]);
	for (const body of ['one', 'two', 'three 🦊']) await send(alice, id, body);
	await service.stop();
	text = await exportText(source);
});

afterAll(() => source.drop());

/** The row of a table with other values, in an export that is otherwise as it would have been written. */
function altered(table: string, values: Readonly<Record<string, unknown>>): string {
	return withRows(text, (rows) => {
		const index = rows.findIndex((row) => row.startsWith(`{"table":"${table}"`));
		return rows.with(index, JSON.stringify({ ...JSON.parse(rows[index] ?? ''), ...values }));
	});
}

/** Without its counts and its checksum made new. */
const replaced = (found: string | RegExp, by: string) => text.replace(found, by);

const BROKEN: readonly (readonly [string, () => string, RegExp])[] = [
	['an empty file', () => '', /^The export ends after line 0/],
	['a file that is none', () => 'id,name\n1,Alice\n', /^Line 1: It is not JSON/],
	['other JSON', () => '{"name":"Alice"}\n', /^Line 1: This is not an export/],
	['a later format', () => replaced('"version":1', '"version":2'), /^Line 1: .+ has version 2 .+ reads 1\.$/],
	[
		'a table with a column more',
		() => replaced('"users":["id"', '"users":["id","mood"'),
		/^Line 1: .+version test.+\(it has users\.mood besides\)/,
	],
	['a table with a column less', () => replaced('"subject","name"', '"name"'), /it lacks users\.subject/],
	['a body that was changed', () => replaced('"body":"two"', '"body":"too"'), /checksum .+ was altered\.$/],
	['a row that was taken out', () => replaced(/\{"table":"users".+\n/, ''), /has 1 rows of users .+ has 2: /],
	[
		'a line that is no JSON',
		() => replaced('{"table":"events"', '{"table":"events'),
		/^Line \d+: It is not JSON/,
	],
	[
		'a line of another kind',
		() => replaced(/\n\{"table":"users"/, '\n[1]$&'),
		/^Line 2: It is not a JSON object/,
	],
	['an unknown table', () => replaced('{"table":"users"', '{"table":"pets"'), /^Line 2: .+ no table "pets"/],
	['a row behind the end', () => `${text}{"table":"users"}\n`, /^Line \d+: It comes after the end\.$/],
	[
		'rows out of the order of their tables',
		() => withRows(text, (rows) => rows.toReversed()),
		/^Line 4: A row of events comes after those of settings\.$/,
	],
	['a column too many', () => altered('users', { mood: 'good' }), /^Line 2: users has no column "mood"\.$/],
	['a column too few', () => altered('users', { name: undefined }), /^Line 2: users\.name is missing\.$/],
	[
		'null where it must not be',
		() => altered('users', { name: null }),
		/^Line 2: users\.name must not be null/,
	],
	[
		'a number for a text',
		() => altered('users', { name: 7 }),
		/^Line 2: users\.name is not well-formed text/,
	],
	[
		'U+0000 in a text',
		() => altered('users', { name: 'a\0b' }),
		/^Line 2: users\.name is not well-formed text/,
	],
	[
		'half a character',
		() => altered('users', { name: 'a\ud800' }),
		/^Line 2: users\.name is not well-formed/,
	],
	[
		'a text too long',
		() => altered('users', { name: 'x'.repeat(201) }),
		/^Line 2: .+ more than 200 characters/,
	],
	['a UUID in capitals', () => altered('users', { id: crypto.randomUUID().toUpperCase() }), /is not a UUID/],
	[
		'a day that is none',
		() => altered('users', { created_at: '2026-02-30T12:00:00.000Z' }),
		/not an instant/,
	],
	['a number of an instant', () => altered('users', { created_at: 1_760_000_000_000 }), /not an instant/],
	[
		'a number of a flag',
		() => altered('messages', { internal: 1 }),
		/messages\.internal is not true or false/,
	],
	['a fraction', () => altered('messages', { sequence: 1.5 }), /messages\.sequence is not a whole number/],
	['a sequence out of range', () => altered('messages', { sequence: 2 ** 31 }), /is not a whole number/],
];

describe('into an empty database', () => {
	let target: TestDatabase;

	beforeAll(async () => {
		target = await createTestDatabase('sqlite');
	});
	afterAll(() => target.drop());

	it.each(BROKEN)('refuses %s', async (_, broken, message) => {
		await expect(importText(target, broken())).rejects.toThrow(message);
	});

	it('refuses what is cut off anywhere', async () => {
		for (let length = 0; length < text.length - 1; length += 97)
			await expect(importText(target, text.slice(0, length))).rejects.toThrow(/is truncated\./);
	});

	it('wrote nothing of all that, and takes the whole export', async () => {
		await importText(target, text);
		expect(linesOf(await exportText(target))).toEqual(linesOf(text));
	});

	it('refuses one that holds data', async () => {
		await expect(importText(target, text)).rejects.toThrow(/^The database holds data already \(users\)\./);
	});
});

const isEvent = (row: string, sequence: number) =>
	row.startsWith('{"table":"events"') && row.includes(`"sequence":${sequence},`);

describe.each(databasesFor('broken exports'))('what only the database sees: %s', (kind) => {
	let target: TestDatabase;

	beforeEach(async () => {
		target = await createTestDatabase(kind);
	});
	afterEach(() => target.drop());

	it.each<readonly [string, () => string]>([
		['a hole', () => withRows(text, (rows) => rows.filter((row) => !isEvent(row, 2)))],
		['another head', () => altered('conversations', { last_sequence: 99 })],
		['no conversation', () => altered('events', { conversation_id: crypto.randomUUID() })],
	])(
		'a log with %s stops the import, and neither a service nor an export takes what is there',
		async (_, broken) => {
			await expect(importText(target, broken())).rejects.toThrow(
				/^The log of the conversation [\w-]{36} does not run from 1/,
			);
			await expect(openStore(target.config, NO_NOTICES)).rejects.toThrow(/^An import .+ is not done/);
			await expect(exportText(target)).rejects.toThrow(/^An import .+ is not done/);
		},
	);

	it('a row that is there twice stops the import at its lines, and mended it goes on from there', async () => {
		const doubled = withRows(text, (rows) => rows.flatMap((row) => (isEvent(row, 3) ? [row, row] : [row])));
		await expect(importText(target, doubled)).rejects.toThrow(/^The lines \d+ to \d+ cannot be stored: /);
		let resumed = 0;
		const onResume = (rows: number) => {
			resumed = rows;
		};
		await importText(target, text, { onResume });
		expect(resumed).toBe(text.split(/\{"table":"(?!events|settings)/).length - 1);
		expect(rowsOf(await exportText(target))).toEqual(rowsOf(text));
	});

	it.each([true, false])(
		'an import with --copy is not finished without it, nor the other way: %s',
		async (asCopy) => {
			const cut = text.slice(0, -200);
			await expect(importText(target, cut, { streamed: true, asCopy })).rejects.toThrow(/is truncated/);
			await expect(importText(target, text, { asCopy: !asCopy })).rejects.toThrow(
				`was begun ${asCopy ? 'with' : 'without'} --copy. Go on like that`,
			);
			await importText(target, text, { asCopy });
			const isSame = linesOf(await exportText(target))[0] === linesOf(text)[0];
			expect(isSame).toBe(!asCopy);
		},
	);

	it('an import is not finished with another export', async () => {
		await expect(importText(target, text.slice(0, -200), { streamed: true })).rejects.toThrow(/is truncated/);
		for (const other of [replaced('"body":"one"', '"body":"uno"'), withRows(text, (rows) => rows.slice(-2))])
			await expect(importText(target, other, { streamed: true })).rejects.toThrow(
				/begun with another export/,
			);
		await importText(target, text);
		expect(rowsOf(await exportText(target))).toEqual(rowsOf(text));
	});
});
