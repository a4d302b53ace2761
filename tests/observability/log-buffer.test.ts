import { describe, expect, test } from 'vitest';
import { createLogBuffer } from '../../src/observability/log-buffer.ts';
import { createLogger } from '../../src/observability/logger.ts';

function logged(options: { lines: number; bytes?: number }) {
	const buffer = createLogBuffer(options);
	const logger = createLogger({ level: 'trace', format: 'json', destination: { write: () => {} }, buffer });
	const messages = (lines: readonly string[]) =>
		lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
	return { buffer, logger, messages };
}

describe('query', () => {
	test('gives the newest lines that pass, newest last', () => {
		const { buffer, logger, messages } = logged({ lines: 10 });
		for (let i = 0; i < 5; i += 1) {
			logger.info(`info ${i}`);
			logger.error(`error ${i}`);
		}
		expect(messages(buffer.query({ limit: 3 }))).toEqual(['error 3', 'info 4', 'error 4']);
		expect(messages(buffer.query({ limit: 2, level: 'warn' }))).toEqual(['error 3', 'error 4']);
		expect(messages(buffer.query({ limit: 9, level: 'error', text: 'ERROR 1' }))).toEqual(['error 1']);
		expect(buffer.query({ limit: 0 })).toEqual([]);
	});

	test('finds text with quotes, in message and fields alike', () => {
		const { buffer, logger } = logged({ lines: 10 });
		logger.info('say "hello"\n twice');
		logger.info({ requestId: 'r-77' }, 'other');
		expect(buffer.query({ limit: 9, text: 'say "hello"\n' })).toHaveLength(1);
		expect(buffer.query({ limit: 9, text: '"requestId":"r-77"' })).toHaveLength(1);
	});

	test('keeps the newest lines only, however many came', () => {
		const { buffer, logger, messages } = logged({ lines: 3 });
		for (let i = 0; i < 1000; i += 1) {
			logger.info(`${i}`);
			const kept = messages(buffer.query({ limit: 99 }));
			expect(kept).toEqual([i - 2, i - 1, i].filter((n) => n >= 0).map(String));
		}
	});

	test('keeps no more than the bytes allowed; a line above them keeps nothing else out', () => {
		const buffer = createLogBuffer({ lines: 1000, bytes: 100 });
		const line = (mark: string) => `{"level":30,"m":"${mark.repeat(10)}"}`; // 28 bytes, é: 38
		for (const mark of ['a', 'b', 'c', 'd']) buffer.write(line(mark));
		expect(buffer.query({ limit: 9 })).toEqual([line('b'), line('c'), line('d')]);
		buffer.write(line('é'));
		expect(buffer.query({ limit: 9 })).toEqual([line('c'), line('d'), line('é')]);
		buffer.write(line('x'.repeat(20)));
		expect(buffer.query({ limit: 9 })).toEqual([line('c'), line('d'), line('é')]);
	});
});

describe('follow', () => {
	test('gets each later line that passes, until it is stopped', () => {
		const { buffer, logger, messages } = logged({ lines: 1 });
		logger.error('before');
		const seen: string[] = [];
		const stop = buffer.follow({ level: 'warn', text: 'x' }, (line) => seen.push(line));
		logger.warn('x1');
		logger.info('x2');
		logger.error('y');
		logger.error('x3');
		stop();
		logger.error('x4');
		expect(messages(seen)).toEqual(['x1', 'x3']);
	});

	test('one that throws is stopped, the others and the logger live on', () => {
		const { buffer, logger, messages } = logged({ lines: 9 });
		const seen: string[] = [];
		let calls = 0;
		buffer.follow({}, () => {
			calls += 1;
			throw new Error('reader gone');
		});
		buffer.follow({}, (line) => seen.push(line));
		logger.info('a');
		logger.info('b');
		expect(calls).toBe(1);
		expect(messages(seen)).toEqual(['a', 'b']);
	});
});
