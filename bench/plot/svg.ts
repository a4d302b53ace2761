/** One measured server in a panel. */
export interface Bar {
	readonly name: string;
	readonly value: number;
	readonly min: number;
	readonly max: number;
	/** What the bar looks like: ours, what nobody can be below or above, or one of the others. */
	readonly kind: 'own' | 'floor' | 'other';
	/** Behind the bar. */
	readonly label: string;
}

export interface Panel {
	readonly title: string;
	/** What is measured, and which way is better. */
	readonly subtitle: string;
	readonly bars: readonly Bar[];
}

const WIDTH = 960;
const MARGIN = 24;
const GAP = 40;
const PANEL_WIDTH = (WIDTH - 2 * MARGIN - GAP) / 2;
const NAME_WIDTH = 128;
const LABEL_WIDTH = 96;
const HEAD = 92;
const PANEL_HEAD = 48;
const [ROW, BAR] = [26, 16];
const PANEL_GAP = 30;
const FOOT = 44;

const STYLE = `
	svg { --text: #1f2328; --quiet: #59636e; --own: #0b6bcb; --other: #a8b3bf; --floor: #6b7682; --line: #d1d9e0; --back: #ffffff; }
	@media (prefers-color-scheme: dark) {
		svg { --text: #e6edf3; --quiet: #9198a1; --own: #4ea1ff; --other: #545d68; --floor: #8b949e; --line: #3d444d; --back: #0d1117; }
	}
	text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--text); }
	.title { font-size: 20px; font-weight: 600; }
	.head { font-size: 15px; font-weight: 600; }
	.quiet { font-size: 12px; fill: var(--quiet); }
	.name, .label { dominant-baseline: central; }
	.name { text-anchor: end; }
	.is-own { font-weight: 600; }
	.own { fill: var(--own); }
	.other { fill: var(--other); }
	.floor { fill: none; stroke: var(--floor); stroke-dasharray: 3 2; }
	.spread { stroke: var(--quiet); }
	.axis { stroke: var(--line); }
	.back { fill: var(--back); }`;

/** Panels in two columns, for light and dark pages. */
export function drawSvg(
	title: string,
	subtitle: string,
	panels: readonly Panel[],
	footer: readonly string[],
): string {
	const rows = Array.from({ length: Math.ceil(panels.length / 2) }, (_, row) =>
		panels.slice(2 * row, 2 * row + 2),
	);
	let y = HEAD;
	const drawn = rows.map((row) => {
		const top = y;
		y += Math.max(...row.map(heightOf)) + PANEL_GAP;
		return row
			.map((panel, column) => drawPanel(panel, MARGIN + column * (PANEL_WIDTH + GAP), top))
			.join('\n');
	});
	const height = y + FOOT;
	const foot = footer.map((line, index) => text(MARGIN, y + 10 + 18 * index, 'quiet', line)).join('\n');
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>${STYLE}
</style>
<rect class="back" width="${WIDTH}" height="${height}" rx="8"/>
${text(MARGIN, 40, 'title', title)}
${text(MARGIN, 62, 'quiet', subtitle)}
${drawn.join('\n')}
${foot}
</svg>
`;
}

function heightOf({ bars }: Panel): number {
	return PANEL_HEAD + bars.length * ROW;
}

function drawPanel({ title, subtitle, bars }: Panel, x: number, y: number): string {
	const start = x + NAME_WIDTH;
	const room = PANEL_WIDTH - NAME_WIDTH - LABEL_WIDTH;
	const most = Math.max(...bars.map(({ max }) => max));
	const at = (value: number) => round(start + (value / most) * room);
	const lines = bars.map(({ name, value, min, max, kind, label }, index) => {
		const top = y + PANEL_HEAD + index * ROW;
		const middle = top + BAR / 2;
		const own = kind === 'own' ? ' is-own' : '';
		const end = at(Math.max(value, max));
		return [
			text(start - 10, middle, `name${own}`, name),
			`<rect class="${kind}" x="${start}" y="${top}" width="${round(at(value) - start)}" height="${BAR}" rx="2"/>`,
			`<line class="spread" x1="${at(min)}" x2="${at(max)}" y1="${middle}" y2="${middle}"/>`,
			text(end + 8, middle, `label${own}`, label),
		].join('\n');
	});
	const bottom = y + PANEL_HEAD + bars.length * ROW;
	return [
		text(x, y + 14, 'head', title),
		text(x, y + 33, 'quiet', subtitle),
		...lines,
		`<line class="axis" x1="${start}" x2="${start}" y1="${y + PANEL_HEAD - 4}" y2="${bottom - 6}"/>`,
	].join('\n');
}

function text(x: number, y: number, style: string, content: string): string {
	return `<text class="${style}" x="${round(x)}" y="${round(y)}">${escaped(content)}</text>`;
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}

function escaped(content: string): string {
	return content
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;');
}
