import { type Logger, pino } from 'pino';

/** One line a request, as the product writes it. */
export interface RequestLog {
	readonly operation: string | null | undefined;
	readonly subject: string | undefined;
	readonly startedAt: number;
	readonly status: number;
}

export function createLogger(level: string): Logger {
	return pino({ level, base: { service: 'peer' } });
}

export function logRequest(logger: Logger, { operation, subject, startedAt, status }: RequestLog): void {
	logger.info(
		{ requestId: crypto.randomUUID(), operation, subject, status, ms: performance.now() - startedAt },
		'request',
	);
}
