import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import { ratio, type Spread, spread } from './statistics.ts';

/** One measured quantity of one server, a figure a round. */
export interface Series {
	readonly variant: string;
	readonly metric: string;
	readonly unit: string;
	readonly figures: readonly number[];
	/** Of several loads in one report: each is a table of its own, a row a server. */
	readonly load?: string;
}

/** A ratio that the project has set itself: `of` divided by `to`, round by round, of the same metric. */
export interface Goal {
	readonly load?: string;
	readonly metric: string;
	readonly of: string;
	readonly to: string;
	readonly atLeast?: number;
	readonly atMost?: number;
}

export interface Report {
	readonly bench: string;
	/** What a reader has to know about this run: sizes, seconds, what was left out. */
	readonly setting: string;
	readonly series: readonly Series[];
	readonly goals: readonly Goal[];
	/** Failures and doubts that a reader must not miss. */
	readonly warnings: readonly string[];
}

/** Prints a report's tables on stdout. */
export function printReport({ bench, setting, series, goals, warnings }: Report): void {
	console.log(`\n## ${bench}\n${setting}\n`);
	for (const [load, ofLoad] of Map.groupBy(series, (one) => one.load)) {
		if (load === undefined) printSeries(ofLoad);
		else printLoad(load, ofLoad);
	}
	const ratios = goals.flatMap((goal) => {
		const found = goalRatio(series, goal);
		return found ? [ratioRow(goal, found)] : [];
	});
	if (ratios.length > 0) {
		console.log();
		printTable(['ratio', 'of what', 'median', 'min – max', 'goal', 'met'], ratios);
	}
	for (const warning of warnings) console.log(`\n! ${warning}`);
}

function printSeries(series: readonly Series[]): void {
	const rows = series.map(({ variant, metric, unit, figures }) => {
		const { median, min, max } = spread(figures);
		return [variant, metric, `${number(median)} ${unit}`, `${number(min)} – ${number(max)}`];
	});
	printTable(['server', 'what', 'median', 'min – max of the rounds'], rows);
}

/** The medians, a column a metric. */
function printLoad(load: string, series: readonly Series[]): void {
	const metrics = [...new Set(series.map(({ metric }) => metric))];
	const rows = [...Map.groupBy(series, ({ variant }) => variant)].map(([variant, ofOne]) => [
		variant,
		...metrics.map((metric) => {
			const one = ofOne.find((series) => series.metric === metric);
			return one ? `${number(spread(one.figures).median)} ${one.unit}` : '';
		}),
	]);
	console.log(`${load}:`);
	printTable(['median', ...metrics], rows);
	console.log();
}

/** Undefined when one of the two was not measured. */
function goalRatio(series: readonly Series[], { load, metric, of, to }: Goal): Spread | undefined {
	const figures = (variant: string) =>
		series.find((one) => one.load === load && one.variant === variant && one.metric === metric)?.figures;
	const [above, below] = [figures(of), figures(to)];
	return above && below ? ratio(above, below) : undefined;
}

function ratioRow({ load, metric, of, to, atLeast, atMost }: Goal, { median, min, max }: Spread): string[] {
	const met = median >= (atLeast ?? 0) && median <= (atMost ?? Number.POSITIVE_INFINITY);
	const goal = atLeast !== undefined ? `≥ ${atLeast}` : atMost !== undefined ? `≤ ${atMost}` : '';
	const spreadOf = `${min.toFixed(2)} – ${max.toFixed(2)}`;
	const what = load === undefined ? metric : `${load}: ${metric}`;
	return [`${of} / ${to}`, what, median.toFixed(2), spreadOf, goal, goal && (met ? 'yes' : 'NO')];
}

function number(value: number): string {
	if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-GB');
	return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
	const widths = head.map((title, column) =>
		Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
	);
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	console.log(line(head));
	console.log(line(widths.map((width) => '-'.repeat(width))));
	for (const row of rows) console.log(line(row));
}

/** What was measured, with raw figures and ratios. */
export interface WrittenReport extends Report {
	readonly measuredAt: string;
	readonly machine: Machine;
	/** Of short rounds, which show no more than that it all works. */
	readonly quick: boolean;
	readonly series: readonly (Series & Spread)[];
	readonly goals: readonly (Goal & { readonly ratio: Spread | null })[];
}

/** Writes a report to `<directory>/<time>-<bench>.json` and gives the path. */
export function writeReport(directory: string, machine: Machine, quick: boolean, report: Report): string {
	mkdirSync(directory, { recursive: true });
	const measuredAt = new Date().toISOString();
	const path = join(directory, `${measuredAt.replaceAll(':', '-').slice(0, 19)}-${report.bench}.json`);
	const goals = report.goals.map((goal) => ({ ...goal, ratio: goalRatio(report.series, goal) ?? null }));
	const series = report.series.map((one) => ({ ...one, ...spread(one.figures) }));
	const content: WrittenReport = { ...report, measuredAt, machine, quick, series, goals };
	writeFileSync(path, `${JSON.stringify(content, null, '\t')}\n`);
	return path;
}
