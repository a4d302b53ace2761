/** `npm run bench:plot -- [--quick]`: draws docs/live-benchmark.svg from the newest results of `npm run bench:live`. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BACKLOG, nameOf, TWO_SENDERS } from './live/crowd.ts';
import { STEADY } from './live/nodes.ts';
import { DELIVERIES, P99 } from './live/subject.ts';
import { type Bar, drawSvg, type Panel } from './plot/svg.ts';
import { RESULTS } from './support/program.ts';
import type { WrittenReport } from './support/report.ts';
import { spread } from './support/statistics.ts';
import { product, rawWs } from './support/variants.ts';

const TARGET = fileURLToPath(new URL('../docs/live-benchmark.svg', import.meta.url));
/** Above it the machine had more to do than the measurement, percent of a core. */
const BUSY = 20;

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const thousand = nameOf(1000, TWO_SENDERS);

const CHARTS = [
	{
		part: 'live-delivery',
		load: thousand,
		metric: DELIVERIES,
		title: 'Deliveries a second, 1,000 followers',
		better: 'Two senders, the whole way; longer is better',
	},
	{
		part: 'live-delivery',
		load: nameOf(1000, BACKLOG),
		metric: DELIVERIES,
		title: 'Deliveries a second, backlog',
		better: 'Two senders of eight events at once; longer is better',
	},
	{
		part: 'live-latency',
		load: undefined,
		metric: P99,
		title: 'Commit to receipt, p99',
		better: '1,000 followers, 8 events a second; shorter is better',
	},
	{
		part: 'live-memory',
		load: undefined,
		metric: 'RSS a follower, after traffic',
		title: 'Memory a follower',
		better: '5,000 followers, after traffic; shorter is better',
	},
	{
		part: 'live-documents',
		load: undefined,
		metric: DELIVERIES,
		title: 'Nothing to share',
		better: '1,000 followers, 1,000 documents: deliveries a second',
	},
	{
		part: 'live-nodes',
		load: nameOf(1000, STEADY),
		metric: 'CPU a delivery',
		title: 'Between nodes',
		better: "The nodes' CPU a delivery, steady; shorter is better",
	},
] as const;

function newest(part: string): WrittenReport | undefined {
	const names = (existsSync(RESULTS) ? readdirSync(RESULTS) : [])
		.filter((name) => name.endsWith(`-${part}.json`))
		.sort()
		.reverse();
	const reports = names.map((name) => JSON.parse(readFileSync(join(RESULTS, name), 'utf8')) as WrittenReport);
	return reports.find(({ quick }) => quick === values.quick);
}

function panelOf({ part, load, metric, title, better }: (typeof CHARTS)[number]): Panel | undefined {
	const report = newest(part);
	const series =
		report?.series.filter((one) => one.metric === metric && (load === undefined || one.load === load)) ?? [];
	if (series.length === 0) {
		console.error(
			`! No ${values.quick ? 'quick ' : ''}results of ${part}: \`npm run bench:live\` makes them.`,
		);
		return undefined;
	}
	const bars = series.map(({ variant, unit, median, min, max }): Bar => {
		const kind =
			variant === product.name || part === 'live-nodes' ? 'own' : variant === rawWs.name ? 'floor' : 'other';
		const name = variant === rawWs.name ? 'ws.send alone' : variant === product.name ? 'Pendo' : variant;
		return { name, value: median, min, max, kind, label: `${number(median)} ${unit}`.replace(' /s', '') };
	});
	return { title, subtitle: better, bars };
}

function number(value: number): string {
	if (value >= 1000) return (Math.round(value / 100) * 100).toLocaleString('en-GB');
	return value.toFixed(value >= 100 ? 0 : 1);
}

const panels = CHARTS.map(panelOf).filter((panel) => panel !== undefined);
const reports = [...new Set(CHARTS.map(({ part }) => part))]
	.map(newest)
	.filter((report) => report !== undefined);
const [first] = reports;
if (first === undefined) process.exit(1);
const { cpu, node, pinning } = first.machine;
const others = spread(
	reports
		.flatMap(({ series }) => series.filter(({ metric }) => metric === "others' CPU"))
		.map(({ median }) => median),
);
const footer = [
	`${cpu}, Node ${node}, ${pinning}; ${first.measuredAt.slice(0, 10)}. Medians of the rounds, with their extremes.`,
	`ws.send alone is the floor: a ready string, nothing stored, no GraphQL.${others.median > BUSY ? ' The machine was busy with other programs meanwhile.' : ''}`,
];
const subtitle =
	'One conversation, a WebSocket for each follower, events of some 500 bytes; all servers in one run, each on one core.';
writeFileSync(TARGET, drawSvg('Following a busy conversation', subtitle, panels, footer));
console.log(`Drawn to ${TARGET}`);
