import type { Report, Series } from '../support/report.ts';
import { type Bench, interleave, type Measured, measure, type Run } from '../support/run.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { signTokens } from '../support/users.ts';
import { product } from '../support/variants.ts';
import { type BenchProvider, startProvider } from './provider.ts';

const FAST_MS = 20;
const SLOW_MS = 2_000;
const nameOf = (providerMs: number) => `provider answers in ${providerMs} ms`;

/** How long the sender of a message waits for its acknowledgement: not for the provider. */
export const benchWaiting: Bench = async (run) => {
	const started: (RunningServer | BenchProvider)[] = [];
	try {
		const servers: RunningServer[] = [];
		for (const ms of [FAST_MS, SLOW_MS]) {
			const provider = await startProvider(run.directory, ms);
			started.push(provider);
			const env = { ...product.env, SMS_PROVIDER_URL: provider.url };
			const server = await startServer({ ...product, name: nameOf(ms), env }, run);
			started.push(server);
			servers.push(server);
		}
		const [token = ''] = await signTokens('sender', 1, 'agent');
		const results = await interleave(run.rounds, servers, (server, round) =>
			waitingRound(run, server, token, round),
		);
		return report(run, results);
	} finally {
		await Promise.all(started.map((one) => one.stop()));
	}
};

async function waitingRound(
	run: Run,
	server: RunningServer,
	token: string,
	round: number,
): Promise<Measured> {
	const workers = [{ token, conversationId: '' }];
	const { seconds } = run;
	const load = { url: server.url, operation: 'outbound', workers, seconds, tag: `round-${round}` } as const;
	const measured = await measure(server, () => run.generator.requests(load));
	run.progress(`waiting round ${round} ${server.variant.name}: ${measured.p50.toFixed(2)} ms`);
	return measured;
}

function report(run: Run, results: Map<RunningServer, Measured[]>): Report {
	const series: Series[] = [];
	const warnings: string[] = [];
	for (const [{ variant }, rounds] of results) {
		const add = (metric: string, unit: string, figure: (round: Measured) => number) =>
			series.push({ variant: variant.name, metric, unit, figures: rounds.map(figure) });
		add('latency, median', 'ms', ({ p50 }) => p50);
		add('latency, p99', 'ms', ({ p99 }) => p99);
		add('sends a second', '', ({ perSecond }) => perSecond);
		for (const { failed, firstFailure } of rounds)
			if (failed > 0)
				warnings.push(`${variant.name} refused ${failed} sends, the first with: ${firstFailure}`);
	}
	return {
		bench: 'waiting',
		setting: `One sender of outbound messages, one after the other, ${run.rounds} rounds of ${run.seconds} s each after one to warm up.`,
		series,
		goals: ['latency, median', 'latency, p99'].map((metric) => ({
			metric,
			of: nameOf(SLOW_MS),
			to: nameOf(FAST_MS),
			atMost: 1.1,
		})),
		warnings,
	};
}
