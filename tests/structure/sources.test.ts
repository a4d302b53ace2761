import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const MAX_LINES = 300;

let files: readonly { readonly file: string; readonly text: string }[];

beforeAll(async () => {
	const names = [...(await sources('src')), ...(await sources('schema'))];
	files = await Promise.all(
		names.map(async (file) => ({ file, text: await readFile(join(root, file), 'utf8') })),
	);
	expect(files.length).toBeGreaterThan(0);
});

it(`keeps every source file within ${MAX_LINES} lines`, () => {
	const sizes = files.map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }));
	expect(sizes.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
});

it('lets src/main.ts alone end the process', () => {
	const ending = files.filter(
		({ file, text }) => file !== join('src', 'main.ts') && /\bprocess\.exit\(/.test(text),
	);
	expect(ending.map(({ file }) => file)).toEqual([]);
});

/** The TypeScript files below a folder that people write, as paths from the root. */
async function sources(folder: string): Promise<readonly string[]> {
	const names = await readdir(join(root, folder), { recursive: true });
	return names
		.filter((name) => name.endsWith('.ts') && !name.startsWith('generated/'))
		.map((name) => join(folder, name));
}
