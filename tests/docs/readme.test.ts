import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';
import { skipUnless } from '../support/services.ts';
import { settingsTable } from './settings-table.ts';

const SECRET = 'a secret for the README, long enough for HS256';

let readme: string;
let service: TestService;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
	readme = await readFile('README.md', 'utf8');
	service = await startService({ JWT_SECRET: SECRET });
	const { PATH, HOME } = process.env;
	env = { PATH, HOME, JWT_SECRET: SECRET };
});
afterAll(() => service.stop());

/** The fenced blocks whose opening line says so, as they would be pasted, with the test's service in place of port 4000. */
function blocks(opening: string): string[] {
	const found = readme.matchAll(new RegExp(`^\`\`\`${opening}\\n(.*?)^\`\`\`$`, 'gms'));
	return [...found].map(([, text = '']) => text.replaceAll('localhost:4000', `127.0.0.1:${service.port}`));
}

/** What the README's tested commands print, one script as they would be pasted one after the other. */
function pasted(): string {
	const commands = blocks('sh tested');
	expect(commands.length).toBeGreaterThan(3);
	return ['set -eu', ...commands].join('\n');
}

function run(script: string): Promise<string> {
	return new Promise((resolve, reject) => {
		execFile('bash', ['-c', script], { env }, (error, stdout, stderr) =>
			error === null ? resolve(stdout) : reject(new Error(`${error.message}\n${stderr}`)),
		);
	});
}

/** The lines that a process prints until it has printed one with each of the texts; it is ended then. */
async function linesUntil(child: ChildProcess, texts: readonly string[]): Promise<string> {
	if (child.stdout === null) throw new Error('Its output is not read.');
	const missing = new Set(texts);
	let printed = '';
	for await (const line of createInterface({ input: child.stdout })) {
		printed += `${line}\n`;
		for (const text of missing) if (line.includes(text)) missing.delete(text);
		if (missing.size === 0) break;
	}
	if (child.exitCode === null && child.pid !== undefined) {
		// The group: bash and what it has started.
		process.kill(-child.pid);
		await once(child, 'exit');
	}
	return printed;
}

const missing = ['bash', 'curl'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
const skipped = skipUnless(
	missing.length === 0,
	"the README's commands",
	`there is no ${missing.join(' and no ')}`,
	`install ${missing.join(' and ')}, then npm test`,
);

describe.skipIf(skipped)("the README's first five minutes", () => {
	test('the commands create, send once, answer and read the history', async () => {
		const output = await run(pasted());
		const answers = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
		const first = { id: expect.any(String), sequence: 3 };
		expect(answers[0]).toEqual({ data: { sendMessage: { message: first } } });
		expect(answers[1]).toMatchObject({ data: { sendMessage: { message: { sequence: 5 } } } });
		expect(answers[2]).toMatchObject({
			data: {
				conversation: {
					lastSequence: 5,
					messages: {
						edges: [
							{ node: { sequence: 3, body: 'Where is it?', author: { name: 'Carol' } } },
							{ node: { sequence: 5, body: 'On its way.', author: { name: 'Alex' } } },
						],
					},
				},
			},
		});
	});

	test('the message to the outside waits for a 429, and is delivered', async () => {
		const output = await run(`${pasted()}\necho "$ALEX"`);
		const [answer = '', agent = ''] = output.trim().split('\n').slice(-2);
		const { message, status } = JSON.parse(answer) as { message: { id: string }; status: string };
		expect(status).toBe('QUEUED');
		expect(message).toMatchObject({ from: '+11234567890', to: '+10987654321', body: 'Test message' });
		const QUERY = `query ($id: ID!) { node(id: $id) { ... on Message { delivery {
			status attempts { httpStatus outcome } } } } }`;
		const look = async () => {
			const response = await fetch(`${service.url}/graphql`, {
				method: 'POST',
				headers: { authorization: `Bearer ${agent}`, 'content-type': 'application/json' },
				body: JSON.stringify({ query: QUERY, variables: { id: message.id } }),
			});
			const { data } = (await response.json()) as { data: { node: { delivery: { status: string } } } };
			return data.node.delivery;
		};
		await eventually(async () => (await look()).status, 'DELIVERED');
		expect(await look()).toMatchObject({
			attempts: [
				{ httpStatus: 429, outcome: 'RETRY' },
				{ httpStatus: 200, outcome: 'ACCEPTED' },
			],
		});
	});

	test('sending again with the same key gets the same message', async () => {
		const send = blocks('sh tested').findIndex((block) => block.includes('clientMessageId'));
		const commands = blocks('sh tested');
		const twice = [...commands.slice(0, send + 1), commands[send]].join('\n');
		const lines = (await run(`set -eu\n${twice}`)).trim().split('\n').slice(-2);
		expect(lines[0]).toContain('"sequence":3');
		expect(lines[1]).toBe(lines[0]);
	});

	test('the conversation is followed by server-sent events', async () => {
		const [stream = ''] = blocks('sh stream');
		const child = spawn('bash', ['-c', `${pasted()}\n${stream}`], {
			env,
			detached: true,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const printed = await linesUntil(child, ['"MessageSent","sequence":5']);
		const events = printed.split('\n').filter((line) => line.startsWith('data: {'));
		expect(events.map((line) => /"sequence":(\d+)/.exec(line)?.[1])).toEqual(['1', '2', '3', '4', '5']);
		expect(events.at(-1)).toContain('"message":{"body":"On its way."}');
	});

	test('the conversation is followed with the client across a restart of the service', async () => {
		const [code = ''] = blocks('js tested');
		const exported = 'echo "$CAROL $CONVERSATION $ALEX"';
		const [token = '', conversation = '', agent = ''] =
			(await run(`${pasted()}\n${exported}`)).trim().split('\n').at(-1)?.split(' ') ?? [];
		const child = spawn('node', ['--input-type=module', '-e', code], {
			env: { ...env, TOKEN: token, CONVERSATION: conversation },
			detached: true,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const printed = linesUntil(child, ["body: 'On its way.'", "body: 'After the restart.'"]);
		if (child.stdout === null) throw new Error('Its output is not read.');
		await once(child.stdout, 'data');
		await service.restart();
		const response = await fetch(`${service.url}/graphql`, {
			method: 'POST',
			headers: { authorization: `Bearer ${agent}`, 'content-type': 'application/json' },
			body: JSON.stringify({
				query: 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }',
				variables: { input: { conversationId: conversation, body: 'After the restart.' } },
			}),
		});
		expect(response.status).toBe(200);
		const sequences = [...(await printed).matchAll(/sequence: (\d+)/g)].map(([, sequence]) =>
			Number(sequence),
		);
		expect(sequences).toEqual([1, 2, 3, 4, 5, 6]);
	});
});

test("the README's settings are those of .env.example, with their defaults", async () => {
	const table = settingsTable(await readFile('.env.example', 'utf8'));
	expect(/^\| variable \| .*?\n(?=\n)/ms.exec(readme)?.[0].trim()).toBe(table);
});
