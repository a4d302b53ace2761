import { type LogLevel, levelNumber, levelNumberOf } from './levels.ts';

export interface LogFilter {
	/** This level and above; default: all. */
	readonly level?: LogLevel;
	/** What the line has to contain, in any case; default: everything. */
	readonly text?: string;
}

export interface LogBufferOptions {
	/** The newest so many lines are kept; 0 keeps none. */
	readonly lines: number;
	/** And no more than so many bytes of them (UTF-8); default: 8 MiB. */
	readonly bytes?: number;
}

/** The newest log lines of this process in memory: a destination for the logger, to be read and followed. */
export interface LogBuffer {
	/** Takes one JSON line, with or without its line break. */
	write(line: string): void;
	/** The newest `limit` lines that pass the filter, oldest first, each a JSON object without a line break. */
	query(filter: LogFilter & { readonly limit: number }): string[];
	/**
	 * Calls `onLine` with each later line that passes, at once and synchronously, until `stop` is called.
	 * `onLine` must not log; one that throws is stopped.
	 */
	follow(filter: LogFilter, onLine: (line: string) => void): () => void;
}

interface Entry {
	readonly line: string;
	readonly level: number;
	readonly bytes: number;
}

interface Follower {
	readonly passes: (entry: Entry) => boolean;
	readonly onLine: (line: string) => void;
}

const DEFAULT_BYTES = 8 * 1024 * 1024;

/** An empty buffer. A line larger than all that it may hold is not kept, and goes to the followers only. */
export function createLogBuffer(options: LogBufferOptions): LogBuffer {
	const maxBytes = options.bytes ?? DEFAULT_BYTES;
	const followers = new Set<Follower>();
	// A queue in an array: `first` moves ahead of what was dropped, and the array is cut once half of it is stale.
	let entries: Entry[] = [];
	let first = 0;
	let bytes = 0;

	function keep(entry: Entry): void {
		entries.push(entry);
		bytes += entry.bytes;
		while (first < entries.length && (entries.length - first > options.lines || bytes > maxBytes)) {
			bytes -= entries[first]?.bytes ?? 0;
			first += 1;
		}
		if (first * 2 > entries.length && first >= 64) {
			entries = entries.slice(first);
			first = 0;
		}
	}

	function deliver(entry: Entry): void {
		for (const follower of followers) {
			if (!follower.passes(entry)) continue;
			try {
				follower.onLine(entry.line);
			} catch {
				followers.delete(follower);
			}
		}
	}

	return {
		write(line) {
			const text = line.endsWith('\n') ? line.slice(0, -1) : line;
			const entry = { line: text, level: levelNumberOf(text), bytes: Buffer.byteLength(text) };
			// A line larger than the whole buffer would only push everything else out.
			if (entry.bytes <= maxBytes) keep(entry);
			deliver(entry);
		},

		query(filter) {
			const passes = compile(filter);
			const found: string[] = [];
			for (let index = entries.length - 1; index >= first && found.length < filter.limit; index -= 1) {
				const entry = entries[index];
				if (entry !== undefined && passes(entry)) found.push(entry.line);
			}
			return found.reverse();
		},

		follow(filter, onLine) {
			const follower = { passes: compile(filter), onLine };
			followers.add(follower);
			return () => {
				followers.delete(follower);
			};
		},
	};
}

function compile(filter: LogFilter): (entry: Entry) => boolean {
	const level = filter.level === undefined ? 0 : levelNumber(filter.level);
	if (filter.text === undefined || filter.text === '') return (entry) => entry.level >= level;
	const text = filter.text.toLowerCase();
	// Quotes, backslashes and line breaks stand escaped in the line; the text may be meant either way.
	const escaped = JSON.stringify(text).slice(1, -1);
	return (entry) => {
		if (entry.level < level) return false;
		const line = entry.line.toLowerCase();
		return line.includes(text) || line.includes(escaped);
	};
}
