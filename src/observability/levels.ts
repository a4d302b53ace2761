import { pino } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export function isLogLevel(value: unknown): value is LogLevel {
	return LOG_LEVELS.some((level) => level === value);
}

/** Pino's number for a level; `silent` is above all. */
export function levelNumber(level: LogLevel): number {
	return level === 'silent' ? Number.POSITIVE_INFINITY : (pino.levels.values[level] ?? 0);
}

/** A line begins with `{"level":<number>,`; read without parsing the rest, because it happens for every line. */
export function levelNumberOf(line: string): number {
	return Number.parseInt(line.slice('{"level":'.length, '{"level":'.length + 3), 10);
}

/** The level of a line that the logger wrote. */
export function levelOf(line: string): LogLevel {
	const label = pino.levels.labels[levelNumberOf(line)];
	return isLogLevel(label) ? label : 'info';
}
