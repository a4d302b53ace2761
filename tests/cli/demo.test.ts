import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, type TestService } from '../support/service.ts';

const NODE = resolve('node_modules/.bin/node');
const DEMO = resolve('src/cli/demo.ts');
const SECRET = 'a secret for the demo, long enough for HS256';

let service: TestService;

beforeAll(async () => {
	service = await startService({ JWT_SECRET: SECRET });
});
afterAll(() => service.stop());

interface Outcome {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

function demo(args: readonly string[], settings: Record<string, string> = {}): Promise<Outcome> {
	const env = { PATH: process.env['PATH'], JWT_SECRET: SECRET, ...settings };
	return new Promise((done) => {
		const child = execFile(NODE, [DEMO, '--pause', '0', ...args], { env }, (_, stdout, stderr) =>
			done({ code: child.exitCode, stdout, stderr }),
		);
	});
}

test('plays to its end, shows both sides, and finds that nothing is missing', async () => {
	const { code, stdout, stderr } = await demo(['--url', service.url]);
	expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
	const [left, right] = [/^ {2}(#\d+ .*)$/gm, /^ {42}(#\d+ .*)$/gm].map((column) =>
		[...stdout.matchAll(column)].map(([, line]) => line),
	);
	const both = [
		'#1 Carol opened the conversation',
		'#2 Carol joined',
		'#3 Carol: Where is my parcel?',
		'#4 Alex joined',
		'#5 Alex: I am looking for it.',
	];
	const rest = [
		'#7 Carol: Where is parcel 7? (edited)',
		'#8 Carol: It is urgent.',
		'#9 Alex: Found it!',
		'#10 Alex: It arrives tomorrow.',
	];
	expect(left).toEqual([...both, ...rest]);
	expect(right).toEqual([...both, '#6 Alex: The depot lost it. (note)', ...rest]);
	expect(stdout).toContain('  Alex is typing …');
	expect(stdout).toContain('The retry got the same message, #8');
	expect(stdout).toContain('Unread before: 3. Unread now: 0.');
	expect(stdout).toContain('Carol: 5 messages, each once and in order');
	expect(stdout).toContain('Alex: 6 messages, each once and in order');
	// Escape sequences are for terminals.
	expect(stdout).not.toContain('\u001b');
});

test('finds the service at the port that the settings say', async () => {
	const { code, stdout, stderr } = await demo([], { PORT: `${service.port}` });
	expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
	expect(stdout).toContain('each once and in order');
});

test('says in a sentence that no service answers', async () => {
	const { code, stdout, stderr } = await demo(['--url', 'http://127.0.0.1:1']);
	expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
	expect(stderr).toBe('No service answers at http://127.0.0.1:1. Start one with: npm start\n');
});

test('says in a sentence that the service does not take its tokens', async () => {
	const { code, stderr } = await demo(['--url', service.url], {
		JWT_SECRET: 'another secret, also long enough for HS256',
	});
	expect(code).toBe(1);
	expect(stderr).toMatch(/^The service does not take the demo's tokens: .+\n$/);
});
