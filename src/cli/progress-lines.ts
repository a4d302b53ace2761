import type { Command } from 'commander';
import type { Observer } from '../store/transfer/export.ts';
import type { RowCounts } from '../store/transfer/format.ts';

export interface ProgressOption {
	readonly progress?: boolean;
}

const TERMINAL_MS = 200;
const LINES_MS = 5_000;

/** With options that say whether progress is shown; on a terminal it is. */
export function withProgress(command: Command): Command {
	return command
		.option(
			'--progress',
			'show on standard error how far it is (the default on a terminal)',
			process.stderr.isTTY === true,
		)
		.option('--no-progress', 'do not');
}

/**
 * Progress on standard error: on a terminal one line that changes, elsewhere a line from time to time. The rate is that
 * since the first call, before which an import may have had a part already.
 */
export function progressLines(doing: string, shown = false): Observer & { end(): void } {
	const isTerminal = process.stderr.isTTY === true;
	let first: { readonly done: number; readonly at: number } | undefined;
	let last = 0;
	const clear = isTerminal ? '\r\u001b[K' : '';
	return {
		progress: (table, rows, done, total) => {
			const now = performance.now();
			if (first === undefined) {
				first = { done, at: now };
				last = now;
			}
			if (!shown || now - last < (isTerminal ? TERMINAL_MS : LINES_MS)) return;
			last = now;
			const rate = (1_000 * (done - first.done)) / (now - first.at);
			const text = describe(doing, { table, rows, done, total, rate });
			process.stderr.write(isTerminal ? `${clear}${text}` : `${text}\n`);
		},
		end: () => {
			if (shown) process.stderr.write(clear);
		},
	};
}

interface Progress {
	readonly table: string;
	readonly rows: number;
	readonly done: number;
	readonly total: number;
	/** Rows a second. */
	readonly rate: number;
}

function describe(doing: string, { table, rows, done, total, rate }: Progress): string {
	const percent = Math.floor((100 * done) / Math.max(total, 1));
	return (
		`${doing} ${table}: ${count(rows)} rows; ${percent} % of ${count(total)} rows, ` +
		`${count(Math.round(rate))} a second, ${duration((total - done) / rate)} left`
	);
}

/** "12 rows (users 2, messages 10)". */
export function describeRows(rows: RowCounts): string {
	const tables = Object.entries(rows).map(([table, number]) => `${table} ${count(number)}`);
	const total = Object.values(rows).reduce((sum, number) => sum + number, 0);
	return `${count(total)} rows (${tables.join(', ')})`;
}

function count(number: number): string {
	return number.toLocaleString('en');
}

function duration(seconds: number): string {
	if (seconds < 90) return `${Math.ceil(seconds)} s`;
	return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
