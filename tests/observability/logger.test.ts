import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createLogger, type LoggerOptions } from '../../src/observability/logger.ts';

function capture(options: Partial<LoggerOptions> = {}) {
	const written: string[] = [];
	const destination = { write: (chunk: string) => written.push(chunk) };
	const logger = createLogger({ level: 'info', format: 'json', destination, ...options });
	return {
		logger,
		output: () => written.join(''),
		lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
	};
}

/** Everything that may begin a line, a control sequence or another direction of text. */
const CONTROLS = [
	...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)),
	...Array.from({ length: 33 }, (_, index) => String.fromCharCode(0x7f + index)),
	'\u2028',
	'\u2029',
	'\u061c',
	'\u200e',
	'\u200f',
	...Array.from({ length: 5 }, (_, index) => String.fromCharCode(0x202a + index)),
	...Array.from({ length: 4 }, (_, index) => String.fromCharCode(0x2066 + index)),
];

describe('a JSON line', () => {
	test('carries level, time in RFC 3339 UTC, service and the fields given', () => {
		const { logger, lines } = capture();
		logger.warn({ requestId: 'r1' }, 'slow');
		const [line] = lines();
		expect(line).toMatchObject({ level: 40, service: 'pendo-message', requestId: 'r1', msg: 'slow' });
		expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
	});

	test('holds no control character, and parses to what was logged', () => {
		const { logger, output, lines } = capture();
		const nasty = `a${CONTROLS.join('')}z`;
		logger.info({ name: nasty, nested: { [nasty]: [nasty] } }, nasty);
		for (const control of CONTROLS) expect(output().slice(0, -1)).not.toContain(control);
		expect(output().endsWith('\n')).toBe(true);
		expect(lines()).toEqual([
			expect.objectContaining({ name: nasty, nested: { [nasty]: [nasty] }, msg: nasty }),
		]);
	});

	test('keeps emoji and right-to-left text as they are', () => {
		const { logger, output } = capture();
		logger.info('👩‍👩‍👧 שלום "quoted" \\ 100%');
		expect(output()).toContain('👩‍👩‍👧 שלום');
	});

	test('shows an error with its causes, wherever it stands', () => {
		const { logger, lines } = capture();
		const error = new Error('outer', { cause: new Error('inner') });
		logger.error(error);
		logger.error({ parts: [{ reason: error }] }, 'failed');
		logger.child({ err: error }).error('bound');
		expect(lines()[0]).toMatchObject({ msg: 'outer', err: { type: 'Error', message: 'outer: inner' } });
		expect(lines()[1]).toMatchObject({ parts: [{ reason: { type: 'Error', message: 'outer: inner' } }] });
		expect(lines()[2]).toMatchObject({ err: { type: 'Error', message: 'outer: inner' } });
	});
});

describe('secrets', () => {
	const names = ['authorization', 'token', 'secret', 'password', 'body', 'cookie', 'set-cookie'];
	const shouted = ['Authorization', 'JWT_SECRET', 'METRICS_TOKEN', 'accessToken', 'dbPassword', 'Set-Cookie'];

	test.each([...names, ...shouted])('%s never reaches a line, at any depth', (name) => {
		const { logger, output, lines } = capture();
		logger.info(
			{ [name]: 'hush-1', a: { [name]: 'hush-2', b: { c: [{ [name]: { deep: 'hush-3' } }] } } },
			'x',
		);
		logger.error({ err: Object.assign(new Error('x'), { config: { headers: { [name]: 'hush-4' } } }) });
		expect(output()).not.toContain('hush');
		expect(lines()[0]).toMatchObject({ [name]: '[redacted]' });
	});

	test.each([...names, 'Authorization'])('%s never reaches a line from the bindings of a child', (name) => {
		const { logger, output } = capture();
		logger.child({ [name]: 'hush' }).info('x');
		expect(output()).not.toContain('hush');
		expect(output()).toContain('[redacted]');
	});

	test('leave the logged object as it was, and other fields alone', () => {
		const { logger, lines } = capture();
		const fields = { token: 'hush', at: new Date(0), tokens: 3, list: [1, 'two'] };
		logger.info(fields);
		expect(fields.token).toBe('hush');
		expect(lines()[0]).toMatchObject({ at: '1970-01-01T00:00:00.000Z', tokens: 3, list: [1, 'two'] });
	});

	test('a circular object is cut, not followed', () => {
		const { logger, output } = capture();
		const circle: Record<string, unknown> = { password: 'hush' };
		circle['self'] = circle;
		logger.info({ circle }, 'round');
		expect(output()).toContain('round');
		expect(output()).not.toContain('hush');
	});
});

test('a change of the level holds at once, for children made before it too', () => {
	const { logger, lines } = capture();
	const child = logger.child({ part: 'feed' });
	child.debug('one');
	logger.level = 'debug';
	child.debug('two');
	logger.level = 'warn';
	child.info('three');
	logger.info('four');
	child.warn('five');
	expect(lines().map((line) => line['msg'])).toEqual(['two', 'five']);
});

test('onLine is told the level of each line written', () => {
	const levels: string[] = [];
	const { logger } = capture({ onLine: (level) => levels.push(level) });
	logger.debug('not written');
	logger.info('a');
	logger.fatal('b');
	expect(levels).toEqual(['info', 'fatal']);
});

describe('pretty output', () => {
	test('is one line without process noise', () => {
		const { logger, output } = capture({ format: 'pretty', colour: false });
		logger.info({ requestId: 'r1' }, 'ready');
		expect(output()).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: ready {"requestId":"r1"}\n$/);
	});

	test.each([false, true])('lets no string begin a line or reach the terminal (colours: %s)', (colour) => {
		const { logger, output } = capture({ format: 'pretty', colour });
		const nasty = `a\u001b[2J\u009b31m\r\n[00:00:00.000] INFO: forged${CONTROLS.join('')}`;
		logger
			.child({ [nasty]: nasty })
			.warn({ name: nasty, caller: nasty, list: [nasty], o: { [nasty]: nasty } }, nasty);
		const shown = stripVTControlCharacters(output());
		if (colour) expect(output()).not.toBe(shown);
		else expect(output()).toBe(shown);
		expect(output()).not.toContain('[2J\u009b');
		expect(shown.trimEnd().split('\n')).toHaveLength(1);
		for (const control of CONTROLS) expect(shown.trimEnd()).not.toContain(control);
		expect(shown).toContain('\\u001b[2J\\u009b31m\\r\\n');
	});

	test('shows a stack over several lines, and escapes the breaks that its message brought', () => {
		const { logger, output } = capture({ format: 'pretty', colour: false });
		logger.error(new Error('bad\n[00:00:00.000] INFO: forged\u001b[31m'));
		expect(output()).not.toMatch(/^\s*\[00:00/m);
		expect(output()).not.toContain('\u001b');
		expect(output()).toMatch(/^\s+at .*logger\.test\.ts/m);
	});
});

describe('standard output', () => {
	const logger = new URL('../../src/observability/logger.ts', import.meta.url).href;

	async function run(format: string, ending: string) {
		const program = `
			import { createLogger } from ${JSON.stringify(logger)};
			const logger = createLogger({ level: 'info', format: '${format}' });
			for (let i = 0; i < 3000; i++) logger.info({ i }, 'line');
			logger.fatal('last words');
			${ending}`;
		const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
			stdio: ['ignore', 'pipe', 'ignore'],
			timeout: 20_000,
		});
		const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
		return output.trimEnd().split('\n');
	}

	test.each([
		['json', 'process.exit(3);'],
		['json', 'throw new Error("crash");'],
		['pretty', 'process.exit(3);'],
		['pretty', ''],
	])('gets every line in order (%s; ending %j)', async (format, ending) => {
		const lines = await run(format, ending);
		expect(lines).toHaveLength(3001);
		expect(lines[2999]).toMatch(/"i":2999/);
		expect(lines[3000]).toContain('last words');
	});
});
