import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedProgram } from '../support/installed-program.ts';
import { converse, range, send } from '../support/live.ts';
import { startService } from '../support/service.ts';
import { skipUnless } from '../support/services.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const bin = join(root, 'node_modules/.bin');
/** Beyond graphql-ws, as a page loads it. */
const MAX_BYTES = 3_000;

/** Where an application has the package installed, and nothing else but what it needs. */
let application: string;
let files: readonly string[];

beforeAll(async () => {
	application = await mkdtemp(join(tmpdir(), 'application-'));
	const { stdout } = await run(
		'npm',
		['pack', join(root, 'client'), '--json', '--silent', '--pack-destination', application],
		{ env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}` } },
	);
	const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
	if (packed === undefined) throw new Error(`npm packed nothing: ${stdout}`);
	files = packed.files.map(({ path }) => path);
	const installed = join(application, 'node_modules/pendo-message');
	await mkdir(installed, { recursive: true });
	await run('tar', ['-xzf', join(application, packed.filename), '--strip-components=1', '-C', installed]);
	for (const name of ['graphql-ws', 'graphql', 'ws'])
		await symlink(join(root, 'node_modules', name), join(application, 'node_modules', name));
	await writeFile(join(application, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rm(application, { recursive: true, force: true }));

it('the package holds the client alone, of the version of the service', async () => {
	const versionIn = async (file: string) => JSON.parse(await readFile(join(root, file), 'utf8')).version;
	expect(await versionIn('client/package.json')).toBe(await versionIn('package.json'));
	const others = files.filter((file) => !/^dist\/[\w-]+\.(js|d\.ts)$/.test(file));
	expect(others).toEqual(['package.json']);
	expect(files).toContain('dist/index.js');
});

it(`is less than ${MAX_BYTES} bytes beyond graphql-ws, minified and gzipped`, async () => {
	await writeFile(
		join(application, 'page.js'),
		"export { createPendoClient } from 'pendo-message/client';\n",
	);
	await run(
		join(bin, 'rolldown'),
		[
			'page.js',
			'--external',
			'graphql-ws/client',
			'--minify',
			'--format',
			'esm',
			'--platform',
			'browser',
			'-d',
			'bundle',
		],
		{ cwd: application },
	);
	const bundle = await readFile(join(application, 'bundle/page.js'), 'utf8');
	expect(bundle.match(/\bfrom\s*["'`][^"'`]+/g)).toEqual([expect.stringContaining('graphql-ws/client')]);
	expect(bundle).toContain('conversation(id: $conversationId)');
	expect(gzipSync(bundle).length).toBeLessThan(MAX_BYTES);
});

it.each(['nodenext', 'bundler'])('has types, for the module resolution %s', async (moduleResolution) => {
	await writeFile(join(application, `${moduleResolution}.ts`), TYPED_USE);
	const options = {
		strict: true,
		exactOptionalPropertyTypes: true,
		noEmit: true,
		skipLibCheck: false,
		target: 'es2022',
		lib: ['es2022', 'dom'],
		types: [],
		module: moduleResolution === 'nodenext' ? 'nodenext' : 'esnext',
		moduleResolution,
	};
	const project = `tsconfig.${moduleResolution}.json`;
	await writeFile(
		join(application, project),
		JSON.stringify({ compilerOptions: options, files: [`${moduleResolution}.ts`] }),
	);
	const { stdout } = await run(join(bin, 'tsc'), ['-p', project], { cwd: application }).catch(
		(error: { stdout: string }) => error,
	);
	expect(stdout).toBe('');
});

const node = installedProgram('node');
const skipped = skipUnless(
	node !== undefined,
	'the client on the Node that is installed',
	'there is no node in PATH but the one of node_modules',
	'install Node 20 or newer, then npm test',
);

describe.skipIf(skipped)('on the Node that is installed', () => {
	it('follows a conversation', async () => {
		const service = await startService();
		try {
			const alice = await service.client('Alice');
			const { id } = await converse(alice);
			const { sequence } = await send(alice, id, 'Good morning');
			await writeFile(join(application, 'follow.js'), PLAIN_USE);
			const { stdout } = await run(node ?? '', ['follow.js'], {
				cwd: application,
				env: {
					URL_OF_SERVICE: service.url,
					TOKEN: alice.person.token,
					CONVERSATION: id,
					LAST: `${sequence}`,
				},
			});
			expect(JSON.parse(stdout)).toEqual(range(1, sequence));
		} finally {
			await service.stop();
		}
	});
});

/** It ends by itself: nothing of a closed client keeps a process. */
const PLAIN_USE = `
import { createPendoClient } from 'pendo-message/client';
import { WebSocket } from 'ws';

const { URL_OF_SERVICE, TOKEN, CONVERSATION, LAST } = process.env;
const client = createPendoClient({ url: URL_OF_SERVICE + '/graphql', token: () => TOKEN, webSocketImpl: WebSocket });
const sequences = [];
client.follow({
	conversationId: CONVERSATION,
	query: \`subscription ($conversationId: ID!, $after: Int, $epoch: String) {
		conversationEvents(conversationId: $conversationId, after: $after, epoch: $epoch) { __typename sequence } }\`,
	after: 0,
	onEvent: ({ sequence }) => {
		sequences.push(sequence);
		if (sequence !== Number(LAST)) return;
		console.log(JSON.stringify(sequences));
		client.close();
	},
	onReset: () => ({ after: 0 }),
});
`;

const TYPED_USE = `
import { createPendoClient, type FollowedConversation, type State } from 'pendo-message/client';

interface Sent { readonly __typename: 'MessageSent'; readonly sequence: number; readonly message: { readonly body: string } }
interface Reset { readonly __typename: 'HistoryReset'; readonly sequence: number; readonly resumeFrom: number }
interface Events { readonly conversationEvents: Sent | Reset }

/** As a code generator types a document. */
class Document<Result, Variables> extends String {
	readonly __apiType?: NonNullable<((variables: Variables) => Result)>;
}

const client = createPendoClient({ url: '/graphql', token: async (expired?: string) => expired ?? 'token', webSocketImpl: WebSocket });
const document = new Document<Events, { readonly conversationId: string }>('subscription { … }');
const typed: FollowedConversation = client.follow({
	conversationId: 'id',
	query: document,
	onEvent: (event, result) => {
		const body: string = event.message.body;
		const whole: Events | null | undefined = result.data;
		console.log(body, whole);
	},
	onReset: (reset) => ({ after: reset.resumeFrom }),
	onState: (state: State) => {
		if (state.name === 'offline') console.log(state.retryAt.toFixed());
		if (state.name === 'ended' && state.reason === 'refused') console.log(state.errors[0]?.message);
	},
});
const plain = client.follow({
	conversationId: 'id',
	query: 'subscription { … }',
	after: typed.place?.after,
	onEvent: ({ sequence, __typename }) => console.log(sequence.toFixed(), __typename.length),
	onReset: async ({ sequence }) => ({ after: sequence, epoch: 'epoch' }),
});
// @ts-expect-error: a reset has to say where to go on.
client.follow({ conversationId: 'id', query: document, onEvent: () => {}, onReset: () => {} });
plain.stop();
`;
