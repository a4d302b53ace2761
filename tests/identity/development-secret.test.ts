import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { ensureDevelopmentSecret, resolveTokenSettings } from '../../src/identity/development-secret.ts';

let directory: string;

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'pendo-secret-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('many first starts at once agree on one secret and leave one file', async () => {
	const file = join(directory, 'data', 'jwt-secret');
	const secrets = await Promise.all(Array.from({ length: 20 }, () => ensureDevelopmentSecret(file)));
	expect(new Set(secrets).size).toBe(1);
	expect(Buffer.byteLength(secrets[0] ?? '')).toBeGreaterThanOrEqual(32);
	expect(await readFile(file, 'utf8')).toBe(`${secrets[0]}\n`);
	expect(await readdir(dirname(file))).toEqual(['jwt-secret']);
});

test('only its owner may read it', async () => {
	const file = join(directory, 'jwt-secret');
	await ensureDevelopmentSecret(file);
	expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('only its owner may enter a directory that is made for it', async () => {
	const file = join(directory, 'data', 'jwt-secret');
	await ensureDevelopmentSecret(file);
	expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
});

test.each(['', '\n', 'short'])(
	'a damaged file (%j) is not taken for a secret, and not replaced',
	async (content) => {
		const file = join(directory, 'jwt-secret');
		await writeFile(file, content);
		await expect(ensureDevelopmentSecret(file)).rejects.toThrow(`${file}, is damaged: delete the file`);
		expect(await readFile(file, 'utf8')).toBe(content);
	},
);

test('a place where it cannot be kept is named', async () => {
	const file = join(directory, 'file', 'jwt-secret');
	await writeFile(join(directory, 'file'), '');
	await expect(ensureDevelopmentSecret(file)).rejects.toThrow(
		/jwt-secret, cannot be kept \((ENOTDIR|EEXIST)\)/,
	);
});

test('it stands beside the database, and the other settings of identity stay', async () => {
	const { identity } = loadConfig({
		DATABASE_URL: `sqlite:${directory}/x.db`,
		JWT_ISSUER: 'https://id.example.com',
	});
	const settings = await resolveTokenSettings(identity);
	const secret = (await readFile(join(directory, 'jwt-secret'), 'utf8')).trim();
	expect(settings).toEqual({
		kind: 'secret',
		secret,
		issuer: 'https://id.example.com',
		audience: undefined,
		clockToleranceSeconds: 5,
	});
});

test('a configured secret is left alone and nothing is written', async () => {
	const { identity } = loadConfig({ DATABASE_URL: `sqlite:${directory}/x.db`, JWT_SECRET: 'x'.repeat(32) });
	expect(await resolveTokenSettings(identity)).toBe(identity);
	expect(await readdir(directory)).toEqual([]);
});
