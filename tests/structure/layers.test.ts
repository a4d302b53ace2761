import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** File -> what it must not import, and what it may. */
const LAYERS: Record<string, { refused: readonly string[]; allowed: readonly string[] }> = {
	'src/conversations/rule.ts': {
		refused: [
			'graphql',
			'graphql/language',
			'graphql-yoga',
			'graphql-ws',
			'graphql-redis-subscriptions',
			'@graphql-tools/utils',
			'@pothos/core',
			'ws',
			'node:http',
			'@mikro-orm/core',
			'@mikro-orm/sql',
			'kysely',
			'better-sqlite3',
			'ioredis',
			'../store/sqlite.ts',
			'../bus/memory.ts',
			'../http/server.ts',
			'../../schema/builder.ts',
			'../service.ts',
			'../main.ts',
		],
		allowed: ['node:crypto', './store.ts', '../identity/viewer.ts', '../live/bus.ts'],
	},
	'src/live/deep/rule.ts': {
		refused: [
			'graphql',
			'ws',
			'ioredis',
			'../../store/sqlite.ts',
			'../../bus/memory.ts',
			'../../../schema/index.ts',
		],
		allowed: ['../../conversations/model.ts', '../feed.ts'],
	},
	'src/outbound/rule.ts': {
		refused: [
			'graphql',
			'node:http',
			'kysely',
			'../store/sqlite.ts',
			'../http/server.ts',
			'../../schema/index.ts',
			'../wire-outbound.ts',
		],
		allowed: ['../conversations/model.ts', './store.ts', 'cockatiel', 'libphonenumber-js'],
	},
	'src/outbound/providers/rule.ts': {
		refused: [
			'graphql',
			'kysely',
			'../../store/sqlite.ts',
			'../../mock-provider/wire.ts',
			'../../wire-outbound.ts',
		],
		allowed: ['node:http', 'undici', 'nodemailer', '../provider.ts', '../../conversations/outside.ts'],
	},
	'src/webhooks/rule.ts': {
		refused: ['graphql', 'node:http', 'kysely', '../store/sqlite.ts', '../wire-webhooks.ts'],
		allowed: ['undici', 'standardwebhooks', '../conversations/store.ts', '../outbound/ledger.ts'],
	},
	'schema/rule.ts': {
		refused: [
			'../src/store/sqlite.ts',
			'../src/bus/memory.ts',
			'../src/http/server.ts',
			'../src/service.ts',
			'../src/main.ts',
			'@mikro-orm/core',
			'kysely',
		],
		allowed: ['graphql', '@pothos/core', '../src/conversations/send-message.ts', '../src/live/live.ts'],
	},
	'src/store/rule.ts': {
		refused: [
			'graphql',
			'graphql-yoga',
			'@pothos/core',
			'../http/server.ts',
			'../../schema/index.ts',
			'../main.ts',
		],
		allowed: ['@mikro-orm/core', '../conversations/store.ts'],
	},
	'src/bus/rule.ts': {
		refused: ['graphql', 'graphql-ws', '../http/server.ts', '../../schema/index.ts', '../service.ts'],
		allowed: ['ioredis', 'graphql-redis-subscriptions', '../live/bus.ts'],
	},
	'src/identity/rule.ts': {
		refused: [
			'../http/server.ts',
			'../../schema/index.ts',
			'../store/sqlite.ts',
			'../bus/memory.ts',
			'../main.ts',
		],
		allowed: ['jose', '../conversations/errors.ts'],
	},
	'src/observability/rule.ts': {
		refused: [
			'../http/server.ts',
			'../../schema/index.ts',
			'../store/sqlite.ts',
			'../bus/memory.ts',
			'../service.ts',
		],
		allowed: ['pino', 'prom-client', '../identity/viewer.ts'],
	},
	'src/http/rule.ts': {
		refused: ['../store/sqlite.ts', '../bus/memory.ts', '../service.ts', '../main.ts', 'kysely'],
		allowed: [
			'graphql-yoga',
			'node:http',
			'../../schema/index.ts',
			'../live/live.ts',
			'../identity/viewer.ts',
		],
	},
	'src/mock-provider/rule.ts': {
		refused: [
			'../outbound/provider.ts',
			'../config/values.ts',
			'../service.ts',
			'../../schema/builder.ts',
			'graphql',
			'kysely',
		],
		allowed: ['node:http', 'node:timers/promises', 'standardwebhooks', 'undici', 'zod', './wire.ts'],
	},
	'client/rule.ts': {
		refused: [
			'../schema/builder.ts',
			'../src/conversations/model.ts',
			'../src/generated/graphql.ts',
			'graphql',
			'graphql-ws',
			'graphql-ws/use/ws',
			'ws',
			'node:events',
			'@urql/core',
		],
		allowed: ['graphql-ws/client', './line.ts'],
	},
	'src/service.ts': {
		refused: ['./main.ts'],
		allowed: ['./store/sqlite.ts', './bus/memory.ts', './http/server.ts'],
	},
	'tests/api/rule.test.ts': { refused: ['../../src/main.ts'], allowed: ['../../src/service.ts'] },
};

let house: string;
let refusals: ReadonlySet<string>;

beforeAll(async () => {
	house = await realpath(await mkdtemp(join(tmpdir(), 'layers-')));
	for (const name of ['biome.json', '.gitignore', 'package.json'])
		await cp(join(root, name), join(house, name));
	await symlink(join(root, 'node_modules'), join(house, 'node_modules'));
	for (const [file, { refused, allowed }] of Object.entries(LAYERS)) {
		await mkdir(dirname(join(house, file)), { recursive: true });
		await writeFile(
			join(house, file),
			[...refused, ...allowed].map((name) => `import '${name}';\n`).join(''),
		);
	}
	refusals = await lint();
});

afterAll(() => rm(house, { recursive: true, force: true }));

describe('the layer rule', () => {
	for (const [file, { refused, allowed }] of Object.entries(LAYERS)) {
		it.each(refused)(`keeps ${file} from importing %s`, (name) => {
			expect(refusals).toContain(key(file, refused.indexOf(name) + 1));
		});
		it.each(allowed)(`lets ${file} import %s`, (name) => {
			expect(refusals).not.toContain(key(file, refused.length + allowed.indexOf(name) + 1));
		});
	}

	it('sees type imports and dynamic imports too', async () => {
		const file = 'src/conversations/other-imports.ts';
		await writeFile(
			join(house, file),
			`import type { Store } from '../store/sqlite.ts';\nexport const load = (): Promise<Store> => import('../bus/memory.ts');\n`,
		);
		const found = await lint();
		expect(found).toContain(key(file, 1));
		expect(found).toContain(key(file, 2));
	});
});

const key = (file: string, line: number): string => `${file}:${line}`;

/** Where `noRestrictedImports` found something to refuse, as `file:line`. */
async function lint(): Promise<ReadonlySet<string>> {
	const args = [
		'lint',
		'--only=style/noRestrictedImports',
		'--reporter=github',
		'--max-diagnostics=none',
		'.',
	];
	const { failed, output } = await new Promise<{ failed: boolean; output: string }>((resolve) => {
		execFile(join(root, 'node_modules/.bin/biome'), args, { cwd: house }, (error, stdout) => {
			resolve({ failed: error !== null, output: stdout });
		});
	});
	const found = output.matchAll(/^::error title=lint\/style\/noRestrictedImports,file=([^,]+),line=(\d+)/gm);
	const places = new Set([...found].map(([, file = '', line]) => key(relative(house, file), Number(line))));
	expect(failed, 'biome exits with a failure when it refuses an import').toBe(places.size > 0);
	return places;
}
