import { createConversation, joinConversation } from './support/api.ts';
import type { Report, Series } from './support/report.ts';
import type { Bench, Run } from './support/run.ts';
import { type MemoryReport, type RunningServer, startServer } from './support/server.ts';
import { signTokens } from './support/users.ts';
import { graphqlWs, mercuriusJit, product, rawWs, type Variant } from './support/variants.ts';

const FOLLOWERS = { full: 1000, quick: 200 };
const EVENTS = { full: 200, quick: 40 };
/** The figures hardly differ from round to round, and a round takes minutes. */
const MAX_ROUNDS = 3;
/** Followers and events that come and go before the measurement, so that code and caches are not counted. */
const WARM_UP = { followers: 50, events: 20 };

/** Bytes a follower. */
interface PerFollower {
	readonly rss: number;
	readonly heap: number;
}

/** Of the first thousand followers, and of as many more who come while the first stay. */
interface Round {
	readonly first: PerFollower;
	readonly next: PerFollower;
}

const JOINS_AT_A_TIME = 16;
/** Far more than the events take. */
const MAX_SECONDS = 600;

/** What a follower costs a server's process once it has been sent events. */
export const benchMemory: Bench = async (given) => {
	const run = { ...given, rounds: Math.min(given.rounds, MAX_ROUNDS) };
	const variants = [rawWs, ...(run.peersOnly ? [] : [product]), graphqlWs, mercuriusJit];
	const results = new Map<Variant, Round[]>(variants.map((variant) => [variant, []]));
	for (let round = 1; round <= run.rounds; round += 1) {
		for (const variant of variants) {
			const held = await memoryRound(run, variant, round);
			run.progress(
				`memory round ${round} ${variant.name}: ${(held.first.rss / 1024).toFixed(1)} KiB a follower`,
			);
			results.get(variant)?.push(held);
		}
	}
	return report(run, results);
};

async function memoryRound(run: Run, variant: Variant, round: number): Promise<Round> {
	const database = `${variant.name}-${round}`;
	const count = run.quick ? FOLLOWERS.quick : FOLLOWERS.full;
	const tokens = await signTokens('follower', 2 * count);
	const preparing = await startServer(variant, { ...run, database });
	const conversationId = await createMembers(preparing.url, tokens).finally(() => preparing.stop());
	// A process that has done nothing yet: pages that earlier work left free would hide what followers take.
	const server = await startServer(variant, { ...run, database, reportsMemory: true });
	try {
		const [idle, first, next] = await followed(run, server, tokens, conversationId);
		return { first: difference(idle, first, count), next: difference(first, next, count) };
	} finally {
		await run.generator.unfollow({ group: variant.name });
		await server.stop();
	}
}

async function createMembers(url: string, [creator = '', ...others]: readonly string[]): Promise<string> {
	const conversationId = await createConversation({ url, token: creator }, 'Followed');
	for (let index = 0; index < others.length; index += JOINS_AT_A_TIME) {
		const some = others.slice(index, index + JOINS_AT_A_TIME);
		await Promise.all(some.map((token) => joinConversation({ url, token }, conversationId)));
	}
	return conversationId;
}

function difference(before: MemoryReport, after: MemoryReport, followers: number): PerFollower {
	const each = (figure: (report: MemoryReport) => number) => (figure(after) - figure(before)) / followers;
	return {
		rss: each(({ rss }) => rss),
		heap: each(({ heapUsed, external }) => heapUsed + external),
	};
}

/** What the server holds with nobody following, with the first half of the tokens, and with all of them. */
async function followed(
	{ generator, quick }: Run,
	server: RunningServer,
	tokens: readonly string[],
	conversationId: string,
): Promise<[MemoryReport, MemoryReport, MemoryReport]> {
	const { url, variant } = server;
	const [token = ''] = tokens;
	const to = { group: variant.name, urls: [url], token, conversationId };
	const listen = async (some: readonly string[], events: number, tag: string): Promise<void> => {
		const { protocol } = variant;
		await generator.follow({ ...to, protocol, followers: some.length, tokens: some });
		await generator.traffic({ ...to, senders: 1, atOnce: 1, seconds: MAX_SECONDS, events, tag });
	};
	await listen(tokens.slice(0, WARM_UP.followers), WARM_UP.events, 'warm-up');
	await generator.unfollow(to);
	const idle = await server.memory();
	const events = quick ? EVENTS.quick : EVENTS.full;
	const half = tokens.length / 2;
	await listen(tokens.slice(0, half), events, 'first');
	const first = await server.memory();
	await listen(tokens.slice(half), events, 'next');
	return [idle, first, await server.memory()];
}

function report(run: Run, results: Map<Variant, Round[]>): Report {
	const [followers, events] = run.quick ? [FOLLOWERS.quick, EVENTS.quick] : [FOLLOWERS.full, EVENTS.full];
	const metrics: readonly [string, (round: Round) => number][] = [
		[`RSS, each of the first ${followers}`, ({ first }) => first.rss],
		[`RSS, each of ${followers} more`, ({ next }) => next.rss],
		[`heap + external, each of the first ${followers}`, ({ first }) => first.heap],
		[`heap + external, each of ${followers} more`, ({ next }) => next.heap],
	];
	const series: Series[] = [...results].flatMap(([{ name: variant }, rounds]) =>
		metrics.map(([metric, figure]) => ({
			variant,
			metric,
			unit: 'KiB',
			figures: rounds.map((round) => figure(round) / 1024),
		})),
	);
	return {
		bench: 'memory',
		setting:
			`${followers} followers of one conversation, a socket each, and then ${followers} more, ${events} events ` +
			`each time, collected before and after; ${run.rounds} rounds, each in a fresh process.`,
		series,
		goals: metrics.flatMap(([metric]) => [
			{ metric, of: product.name, to: rawWs.name, atMost: 1.6 },
			{ metric, of: graphqlWs.name, to: rawWs.name },
			{ metric, of: mercuriusJit.name, to: rawWs.name },
		]),
		warnings: [],
	};
}
