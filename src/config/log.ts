import { z } from 'zod';
import { choice, integer } from './values.ts';

/** What is logged, how, and what GET /logs can show. */
export const logModel = z.object({
	LOG_LEVEL: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
	LOG_FORMAT: choice(['auto', 'json', 'pretty']).default('auto'),
	LOG_BUFFER_LINES: integer(2000, { min: 1, max: 100_000, unit: 'lines' }),
});

/** As the logger and its buffer take it. */
export function logConfig(values: z.output<typeof logModel>) {
	return {
		level: values.LOG_LEVEL,
		/** `auto`: pretty where standard output is a terminal, JSON elsewhere. */
		format: values.LOG_FORMAT,
		/** The newest lines kept in memory. */
		bufferLines: values.LOG_BUFFER_LINES,
	} as const;
}
