import { createConversation } from './support/api.ts';
import type { Report, Series } from './support/report.ts';
import type { Worker } from './support/requests.ts';
import { type Bench, interleave, type Measured, measure, type Run, withServers } from './support/run.ts';
import type { RunningServer } from './support/server.ts';
import { signTokens } from './support/users.ts';
import { apolloFlush, product, yogaFlush } from './support/variants.ts';

interface Subject {
	readonly server: RunningServer;
	readonly worker: Worker;
}

/** How long a sender waits who is alone: gathering sends into one commit must not make a single one slower. */
export const benchLone: Bench = async (run) => {
	const variants = [...(run.peersOnly ? [] : [product]), apolloFlush, yogaFlush];
	return withServers(run, variants, async (servers) => {
		const [token = ''] = await signTokens('lone', 1);
		const subjects: Subject[] = [];
		for (const server of servers) {
			const conversationId = await createConversation({ url: server.url, token }, 'Alone');
			subjects.push({ server, worker: { token, conversationId } });
		}
		const results = await interleave(run.rounds, subjects, (subject, round) =>
			loneRound(run, subject, round),
		);
		return report(run, results);
	});
};

async function loneRound(run: Run, { server, worker }: Subject, round: number): Promise<Measured> {
	const { seconds } = run;
	const load = {
		url: server.url,
		operation: 'send',
		workers: [worker],
		seconds,
		tag: `round-${round}`,
	} as const;
	const measured = await measure(server, () => run.generator.requests(load));
	run.progress(`lone round ${round} ${server.variant.name}: ${measured.p50.toFixed(2)} ms`);
	return measured;
}

function report(run: Run, results: Map<Subject, Measured[]>): Report {
	const series: Series[] = [];
	const warnings: string[] = [];
	for (const [{ server }, rounds] of results) {
		const variant = server.variant.name;
		const add = (metric: string, unit: string, figure: (round: Measured) => number) =>
			series.push({ variant, metric, unit, figures: rounds.map(figure) });
		add('latency, median', 'ms', ({ p50 }) => p50);
		add('latency, p99', 'ms', ({ p99 }) => p99);
		for (const { failed, firstFailure } of rounds) {
			if (failed > 0) warnings.push(`${variant} refused ${failed} sends, the first with: ${firstFailure}`);
		}
	}
	const peers = [apolloFlush, yogaFlush];
	return {
		bench: 'lone',
		setting: `One sender over HTTP keep-alive, ${run.rounds} rounds of ${run.seconds} s each after one to warm up.`,
		series,
		goals: ['latency, median', 'latency, p99'].flatMap((metric) =>
			peers.map(({ name }) => ({ metric, of: product.name, to: name, atMost: 1 })),
		),
		warnings,
	};
}
