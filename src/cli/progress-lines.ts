import { Option } from 'commander';
import type { Observer } from '../store/transfer/export.ts';
import type { RowCounts } from '../store/transfer/format.ts';

export interface ProgressOption {
	readonly progress?: boolean;
}

const TERMINAL_MS = 200;
const LINES_MS = 5_000;

/** Whether progress is shown; on a terminal it is. */
export function progressOption(): Option {
	return new Option(
		'--progress',
		'show on standard error how far it is, also when that is no terminal',
	).default(process.stderr.isTTY === true, 'on a terminal');
}

/** Progress on standard error: on a terminal one line that changes, elsewhere a line from time to time. */
export function progressLines(doing: string, shown = false): Observer & { end(): void } {
	const isTerminal = process.stderr.isTTY === true;
	const began = performance.now();
	let last = began;
	const clear = isTerminal ? '\r\u001b[K' : '';
	return {
		progress: (table, rows, done, total) => {
			const now = performance.now();
			if (!shown || now - last < (isTerminal ? TERMINAL_MS : LINES_MS)) return;
			last = now;
			const text = describe(doing, { table, rows, done, total, seconds: (now - began) / 1_000 });
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
	readonly seconds: number;
}

function describe(doing: string, { table, rows, done, total, seconds }: Progress): string {
	const rate = done / seconds;
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
