import { createConversation, joinConversation, storedKeys } from './support/api.ts';
import type { Report, Series } from './support/report.ts';
import type { Worker } from './support/requests.ts';
import {
	type Bench,
	costSeries,
	interleave,
	type Measured,
	measure,
	type Run,
	withServers,
} from './support/run.ts';
import type { RunningServer } from './support/server.ts';
import { signTokens } from './support/users.ts';
import { apolloFlush, product, productSingly, yogaFlush } from './support/variants.ts';

const SENDERS = 64;
const CONVERSATIONS = 16;

/** How many times as many; on a server the peers commit side by side, over as many connections as the product has. */
const GOALS = {
	sqlite: [
		[apolloFlush, 6],
		[yogaFlush, 3],
	],
	postgresql: [
		[productSingly, 5],
		[apolloFlush, 5],
		[yogaFlush, 5],
	],
} as const;

interface Subject {
	readonly server: RunningServer;
	readonly workers: readonly Worker[];
}

interface Round extends Measured {
	/** What is wrong with what the server holds; empty when it holds exactly what it acknowledged. */
	readonly faults: readonly string[];
}

/** Acknowledged sends a second of 64 concurrent senders, each answer checked against what was stored. */
export const benchSends: Bench = async (run) => {
	const variants = [...(run.peersOnly ? [] : [product, productSingly]), apolloFlush, yogaFlush];
	return withServers(run, variants, async (servers) => {
		const subjects: Subject[] = [];
		for (const server of servers) subjects.push({ server, workers: await prepareSenders(server) });
		const results = await interleave(run.rounds, subjects, (subject, round) =>
			sendRound(run, subject, round),
		);
		return report(run, results);
	});
};

/** `SENDERS` members, evenly over `CONVERSATIONS` conversations. */
async function prepareSenders(server: RunningServer): Promise<Worker[]> {
	const callers = (await signTokens('sender', SENDERS)).map((token) => ({ url: server.url, token }));
	const conversations: string[] = [];
	for (const [index, caller] of callers.slice(0, CONVERSATIONS).entries()) {
		conversations.push(await createConversation(caller, `Conversation ${index}`));
	}
	const workers = callers.map(({ token }, index) => ({
		token,
		conversationId: conversations[index % CONVERSATIONS] ?? '',
	}));
	for (const [index, caller] of callers.entries()) {
		const { conversationId } = workers[index] ?? { conversationId: '' };
		if (index >= CONVERSATIONS) await joinConversation(caller, conversationId);
	}
	return workers;
}

async function sendRound(run: Run, { server, workers }: Subject, round: number): Promise<Round> {
	const tag = `round-${round}`;
	const { url, variant } = server;
	const load = { url, operation: 'send', workers, seconds: run.seconds, tag } as const;
	const measured = await measure(server, () => run.generator.requests(load));
	run.progress(`sends round ${round} ${variant.name}: ${measured.perSecond.toFixed(0)}/s`);
	return { ...measured, faults: await faultsOf(server, workers, measured, `${tag}-`) };
}

async function faultsOf(
	{ url, variant }: RunningServer,
	workers: readonly Worker[],
	{ succeeded, failed, firstFailure }: Measured,
	prefix: string,
): Promise<string[]> {
	const keys: string[] = [];
	for (const { token, conversationId } of workers.slice(0, CONVERSATIONS)) {
		keys.push(...(await storedKeys({ url, token }, conversationId, prefix)));
	}
	const faults: string[] = [];
	const distinct = new Set(keys).size;
	if (distinct !== keys.length)
		faults.push(`${variant.name} holds ${keys.length - distinct} messages twice.`);
	// A send that was refused or broken off may be stored; one that was acknowledged must be.
	if (distinct < succeeded || distinct > succeeded + failed) {
		faults.push(`${variant.name} acknowledged ${succeeded} sends and holds ${distinct}.`);
	}
	if (failed > 0) faults.push(`${variant.name} refused ${failed} sends, the first with: ${firstFailure}`);
	return faults;
}

function report(run: Run, results: Map<Subject, Round[]>): Report {
	const series: Series[] = [];
	for (const [{ server }, rounds] of results) {
		const variant = server.variant.name;
		const add = (metric: string, unit: string, figure: (round: Round) => number) =>
			series.push({ variant, metric, unit, figures: rounds.map(figure) });
		add('acknowledged sends', '/s', ({ perSecond }) => perSecond);
		add('latency, median', 'ms', ({ p50 }) => p50);
		add('latency, p99', 'ms', ({ p99 }) => p99);
		series.push(...costSeries(variant, rounds));
	}
	const metric = 'acknowledged sends';
	return {
		bench: 'sends',
		setting:
			`${SENDERS} senders over HTTP keep-alive, ${CONVERSATIONS} conversations, bodies of 200 characters, ` +
			`${run.rounds} rounds of ${run.seconds} s each after one to warm up.`,
		series,
		goals: GOALS[run.databases.kind].map(([to, atLeast]) => ({
			metric,
			of: product.name,
			to: to.name,
			atLeast,
		})),
		warnings: [...results.values()].flat().flatMap(({ faults }) => faults),
	};
}
