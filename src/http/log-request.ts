import { isLogLevel, LOG_LEVELS } from '../observability/levels.ts';
import type { LogFilter } from '../observability/log-buffer.ts';

/** A request about logs that cannot be served as it stands; `message` says why, `status` is HTTP's. */
export class LogRequestError extends Error {
	readonly status: number;

	constructor(message: string, status = 400) {
		super(message);
		this.name = 'LogRequestError';
		this.status = status;
	}
}

export interface LogRequest {
	readonly filter: LogFilter;
	readonly limit: number | undefined;
	readonly follow: boolean | undefined;
}

const MAX_LIMIT = 10_000;
const MAX_TEXT_LENGTH = 200;
const PARAMETERS = ['level', 'text', 'limit', 'follow'];

/** Reads `level`, `text`, `limit` and `follow`; an unknown or repeated parameter is a fault, not a silent nothing. */
export function parseLogRequest(parameters: URLSearchParams): LogRequest {
	for (const name of new Set(parameters.keys())) {
		if (!PARAMETERS.includes(name)) {
			throw new LogRequestError(`There is no such parameter; there is ${PARAMETERS.join(', ')}.`);
		}
		if (parameters.getAll(name).length > 1) throw new LogRequestError(`${name} must be given once.`);
	}
	return {
		filter: { ...parseLevel(parameters.get('level')), ...parseText(parameters.get('text')) },
		limit: parseLimit(parameters.get('limit')),
		follow: parseFollow(parameters.get('follow')),
	};
}

function parseLevel(value: string | null): Pick<LogFilter, 'level'> {
	if (value === null) return {};
	if (isLogLevel(value) && value !== 'silent') return { level: value };
	const levels = LOG_LEVELS.filter((level) => level !== 'silent');
	throw new LogRequestError(`level must be one of ${levels.join(', ')}.`);
}

function parseText(value: string | null): Pick<LogFilter, 'text'> {
	if (value === null) return {};
	if (value.length <= MAX_TEXT_LENGTH) return { text: value };
	throw new LogRequestError(`text must not exceed ${MAX_TEXT_LENGTH} characters.`);
}

function parseLimit(value: string | null): number | undefined {
	if (value === null) return undefined;
	const limit = /^\d{1,6}$/.test(value) ? Number(value) : 0;
	if (limit >= 1 && limit <= MAX_LIMIT) return limit;
	throw new LogRequestError(`limit must be a whole number from 1 to ${MAX_LIMIT}.`);
}

function parseFollow(value: string | null): boolean | undefined {
	if (value === null) return undefined;
	if (value === 'true') return true;
	if (value === 'false') return false;
	throw new LogRequestError('follow must be true or false.');
}
