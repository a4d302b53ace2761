import { createConversation, joinConversation } from './support/api.ts';
import { lengthenHistory } from './support/prefill.ts';
import type { Report, Series } from './support/report.ts';
import type { Worker } from './support/requests.ts';
import { type Bench, costSeries, interleave, type Measured, measure, type Run } from './support/run.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { signTokens } from './support/users.ts';
import { apolloFlush, apolloRows, mercuriusJit, product, type Variant } from './support/variants.ts';

const READERS = 16;
const MESSAGES = 1000;
const LONG_HISTORY = { full: 1_000_000, quick: 100_000 };

interface Subject {
	readonly name: string;
	readonly server: RunningServer;
	readonly workers: readonly Worker[];
}

/** Pages of the newest 50 messages a second, and whether a long history makes them slower. */
export const benchHistory: Bench = async (run) => {
	const peers = [apolloFlush, apolloRows, mercuriusJit];
	const long = run.quick ? LONG_HISTORY.quick : LONG_HISTORY.full;
	const subjects: Subject[] = [];
	try {
		if (!run.peersOnly) {
			subjects.push(await prepare(run, product, product.name));
			subjects.push(await prepare(run, product, longName(long), long));
		}
		for (const peer of peers) subjects.push(await prepare(run, peer, peer.name));
		const results = await interleave(run.rounds, subjects, (subject, round) =>
			pageRound(run, subject, round),
		);
		return report(run, long, results);
	} finally {
		await Promise.all(subjects.map(({ server }) => server.stop()));
	}
};

const longName = (messages: number): string => `product, ${messages.toLocaleString('en-GB')} messages`;

/**
 * A server with one conversation of `MESSAGES` messages by `READERS` authors, or of `lengthenTo`. Each is started
 * afresh once its history is written: code that has been compiled for sends would read more slowly.
 */
async function prepare(run: Run, variant: Variant, name: string, lengthenTo?: number): Promise<Subject> {
	const database = name.replaceAll(/\W+/g, '-');
	const filling = await startServer(variant, { ...run, database });
	const conversationId = await fill(run, filling).finally(() => filling.stop());
	if (lengthenTo !== undefined) {
		run.progress(`history: writing ${lengthenTo.toLocaleString('en-GB')} messages`);
		await lengthenHistory(filling.databaseUrl, lengthenTo);
	}
	const tokens = await signTokens('reader', READERS);
	const server = await startServer(variant, { ...run, database });
	return { name, server, workers: tokens.map((token) => ({ token, conversationId })) };
}

async function fill(run: Run, { url }: RunningServer): Promise<string> {
	const tokens = await signTokens('reader', READERS);
	const [creator = '', ...others] = tokens;
	const conversationId = await createConversation({ url, token: creator }, 'A long talk');
	for (const token of others) await joinConversation({ url, token }, conversationId);
	const workers = tokens.map((token) => ({ token, conversationId }));
	const load = { url, operation: 'send', workers, seconds: 120, limit: MESSAGES, tag: 'fill' } as const;
	const { succeeded, firstFailure } = await run.generator.requests(load);
	if (succeeded !== MESSAGES)
		throw new Error(`${url} took ${succeeded} of ${MESSAGES} messages: ${firstFailure}`);
	return conversationId;
}

async function pageRound(run: Run, { name, server, workers }: Subject, round: number): Promise<Measured> {
	const load = { url: server.url, operation: 'page', workers, seconds: run.seconds, tag: 'page' } as const;
	const measured = await measure(server, () => run.generator.requests(load));
	run.progress(`history round ${round} ${name}: ${measured.perSecond.toFixed(0)}/s`);
	return measured;
}

function report(run: Run, long: number, results: Map<Subject, Measured[]>): Report {
	const series: Series[] = [];
	const warnings: string[] = [];
	for (const [{ name: variant }, rounds] of results) {
		const add = (metric: string, unit: string, figure: (round: Measured) => number) =>
			series.push({ variant, metric, unit, figures: rounds.map(figure) });
		add('pages', '/s', ({ perSecond }) => perSecond);
		add('latency, median', 'ms', ({ p50 }) => p50);
		series.push(...costSeries(variant, rounds));
		for (const { failed, firstFailure } of rounds) {
			if (failed > 0) warnings.push(`${variant} failed ${failed} times, the first with: ${firstFailure}`);
		}
	}
	const metric = 'pages';
	return {
		bench: 'history',
		setting:
			`Pages of 50 out of ${MESSAGES.toLocaleString('en-GB')} messages by ${READERS} authors over ` +
			`${READERS} connections, ${run.rounds} rounds of ${run.seconds} s each after one to warm up.`,
		series,
		goals: [
			{ metric, of: product.name, to: apolloFlush.name, atLeast: 3 },
			{ metric, of: product.name, to: apolloRows.name },
			{ metric, of: product.name, to: mercuriusJit.name, atLeast: 0.8 },
			{ metric, of: product.name, to: longName(long), atMost: 1.3 },
		],
		warnings,
	};
}
