import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type DestinationStream, type Logger, pino } from 'pino';
import { escapeControlsInJson } from './control-characters.ts';
import { type LogLevel, levelOf } from './levels.ts';
import type { LogBuffer } from './log-buffer.ts';
import { createPrettifier } from './pretty.ts';
import { REDACTED, redact, redactError, SECRET_NAMES } from './redact.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
	/** Lines below it are not written; `logger.level = …` changes it later, for the children of the logger too. */
	readonly level: LogLevel;
	readonly format: 'json' | 'pretty';
	/** Keeps the newest lines, as JSON whatever the format. */
	readonly buffer?: LogBuffer;
	/** Told the level of each line written. Must not log. */
	readonly onLine?: (level: LogLevel) => void;
	/** Where the text goes; default: stdout. */
	readonly destination?: DestinationStream;
	/** Only for `pretty`; default: when stdout is a terminal that shows colours. */
	readonly colour?: boolean;
}

/** Above it lines are dropped: a reader of stdout that hangs must not take the service's memory. */
const MAX_PENDING_STDOUT_BYTES = 16 * 1024 * 1024;

/** A write for each line would cost more than the request that it tells of. */
const STDOUT_CHUNK_BYTES = 8 * 1024;
const STDOUT_FLUSH_MS = 100;
/** How long the end of the process waits for a reader of stdout. */
const STDOUT_PATIENCE_MS = 1_000;

type Stdout = ReturnType<typeof pino.destination>;

let sharedStdout: Stdout | undefined;

/**
 * A logger whose lines hold no secrets (see `redact`) and no control characters. `format: 'json'` writes one JSON
 * object a line: numeric `level` (10 trace … 60 fatal), `time` (RFC 3339, UTC, ms), `service`, `pid`, `hostname`,
 * `msg` and the fields given; `pretty` writes for a terminal. Everything happens in this thread; what stdout has
 * not taken yet is written synchronously when the process exits.
 */
export function createLogger(options: LoggerOptions): Logger {
	const destination = options.destination ?? stdout();
	const output = options.format === 'pretty' ? prettyOutput(destination, options.colour) : destination;
	const outputs: DestinationStream[] = [output];
	if (options.buffer !== undefined) outputs.push(options.buffer);
	if (options.onLine !== undefined) outputs.push(levelObserver(options.onLine));
	return pino(
		{
			level: options.level,
			base: { service: 'pendo-message', pid: process.pid, hostname: hostname() },
			timestamp: pino.stdTimeFunctions.isoTime,
			redact: { paths: [...SECRET_NAMES], censor: REDACTED },
			formatters: { log: redact },
			// Only the bindings of a child still hold an error here: `redact` has written out the others.
			serializers: { err: (value: unknown) => (value instanceof Error ? redactError(value) : value) },
			hooks: { streamWrite: escapeControlsInJson },
		},
		pino.multistream(outputs.map((stream) => ({ stream, level: 'trace' as const }))),
	);
}

/**
 * Writes what stdout has not taken yet, as far as somebody reads it. For the end of the process, which would otherwise
 * try for ever to write to a reader that is gone.
 */
export async function flushStdout(): Promise<void> {
	const stream = sharedStdout;
	if (stream === undefined) return;
	const flushed = new Promise<void>((resolve) => stream.flush(() => resolve()));
	await Promise.race([flushed, delay(STDOUT_PATIENCE_MS, undefined, { ref: false })]);
	// Not left to the exit: what failed here, for another reason than a broken pipe, is tried there without an end.
	stream.destroy();
}

/** One stream a process: two would write into each other's half-written lines. */
function stdout(): Stdout {
	sharedStdout ??= pino.destination({
		dest: 1,
		sync: false,
		minLength: STDOUT_CHUNK_BYTES,
		periodicFlush: STDOUT_FLUSH_MS,
		maxLength: MAX_PENDING_STDOUT_BYTES,
	});
	return sharedStdout;
}

function prettyOutput(destination: DestinationStream, colour?: boolean): DestinationStream {
	const prettify = createPrettifier(colour);
	return { write: (line) => destination.write(prettify(line)) };
}

function levelObserver(onLine: (level: LogLevel) => void): DestinationStream {
	return { write: (line) => onLine(levelOf(line)) };
}
