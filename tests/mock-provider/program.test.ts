import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAGIC } from '../../src/mock-provider/behaviours.ts';
import { mockProviderSettings, SETTINGS } from '../../src/mock-provider/settings.ts';
import { PROGRAM, startMockProvider } from '../support/mock-provider.ts';
import { message, post } from './post.ts';

const NODE = process.execPath;
const SECRET = `whsec_${Buffer.from('a secret for callbacks, 32 bytes').toString('base64')}`;

let directory: string;

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'pendo-mock-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('what was answered stands in the log, though the provider is killed', async () => {
	const provider = await startMockProvider({ MOCK_PROVIDER_IDEMPOTENT: 'true' });
	const sent = [message('+15550100001'), message('+15550100500')];
	for (const each of [...sent, ...sent]) await post(provider.url, each);
	await provider.kill();
	expect(provider.requests().map(({ message: { id }, outcome }) => [id, outcome])).toEqual([
		[sent[0]?.id, 'accepted'],
		[sent[1]?.id, 'refused'],
		[sent[0]?.id, 'repeated'],
		[sent[1]?.id, 'refused'],
	]);
	await provider.remove();
});

test('a signal ends it in order', async () => {
	const provider = await startMockProvider();
	await post(provider.url, message('+15550100001'));
	expect(await provider.stop()).toEqual({ code: 0, signal: null });
	await provider.remove();
});

/** Runs the program to its end in an empty folder. */
function run(args: readonly string[], env: Readonly<Record<string, string>>) {
	return new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
		const child = execFile(NODE, [PROGRAM, ...args], { cwd: directory, env }, (_, stdout, stderr) => {
			done({ code: child.exitCode, stdout, stderr });
		});
	});
}

test('--help names the settings and the magic addresses', async () => {
	const { code, stdout } = await run(['--help'], {});
	expect(code).toBe(0);
	for (const [name] of SETTINGS) expect(stdout).toContain(`  ${name} `);
	for (const magic of MAGIC) expect(stdout).toContain(`  ${magic.code}  `);
});

test('wrong settings are told all at once, without the secret', async () => {
	const { code, stdout, stderr } = await run([], {
		MOCK_PROVIDER_PORT: '65536',
		MOCK_PROVIDER_CALLBACK_URL: 'ftp://example.com',
		MOCK_PROVIDER_DELAY_MS: 'soon',
		MOCK_PROVIDER_IDEMPOTENT: 'perhaps',
		PROVIDER_WEBHOOK_SECRET: 'whsec_not base64!',
	});
	expect([code, stdout]).toEqual([1, '']);
	for (const name of ['PORT', 'CALLBACK_URL', 'DELAY_MS', 'IDEMPOTENT'])
		expect(stderr).toContain(`\n  MOCK_PROVIDER_${name}: `);
	expect(stderr).toContain('\n  PROVIDER_WEBHOOK_SECRET: ');
	expect(stderr).not.toContain('not base64');
});

test.each<[Record<string, string>, string]>([
	[
		{ MOCK_PROVIDER_RATE_429: '60', MOCK_PROVIDER_RATE_500: '41' },
		'MOCK_PROVIDER_RATE_429: must not be above',
	],
	[{ MOCK_PROVIDER_CALLBACK_URL: 'http://127.0.0.1:4000' }, 'PROVIDER_WEBHOOK_SECRET: is missing'],
	[{ PROVIDER_WEBHOOK_SECRET: SECRET.slice('whsec_'.length) }, 'PROVIDER_WEBHOOK_SECRET: must be whsec_'],
	[{ MOCK_PROVIDER_RETRY_AFTER: '1\r\nx: y' }, 'MOCK_PROVIDER_RETRY_AFTER: must be printable'],
])('%j is refused', (env, fault) => {
	expect(() => mockProviderSettings(env)).toThrow(fault);
});

test('the settings without any are those that its document says', () => {
	for (const [name, fallback] of SETTINGS)
		expect(mockProviderSettings({ [name]: fallback })).toEqual(mockProviderSettings({}));
	const { options } = mockProviderSettings({
		MOCK_PROVIDER_CALLBACK_URL: 'http://127.0.0.1:4000/base/',
		PROVIDER_WEBHOOK_SECRET: SECRET,
	});
	expect(options.callbacks?.url()).toBe('http://127.0.0.1:4000/base');
});

test('its document has the tables of settings and addresses', async () => {
	const document = await readFile('docs/mock-provider.md', 'utf8');
	const settings = SETTINGS.map(
		([name, fallback, what]) => `| \`${name}\` | ${fallback && `\`${fallback}\``} | ${what} |`,
	);
	const magic = MAGIC.map(({ code, does }) => `| \`${code}\` | ${does} |`);
	expect(document).toContain(`${settings.join('\n')}\n`);
	expect(document).toContain(`${magic.join('\n')}\n`);
});
