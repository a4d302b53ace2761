import type { Report, Series } from '../support/report.ts';
import type { Bench, Run } from '../support/run.ts';
import { type MemoryReport, type RunningServer, startServer } from '../support/server.ts';
import { apollo, mercuriusJit, product, rawWs, socketIo, type Variant } from '../support/variants.ts';
import {
	type Fanout,
	fanoutSeries,
	followSubject,
	measureFanout,
	prepareSubject,
	type Subject,
	unfollowSubject,
} from './subject.ts';

const FOLLOWERS = { full: 5000, quick: 500 };
const EVENTS = { full: 30, quick: 10 };
const ROUNDS = { full: 2, quick: 1 };
/** Followers and events that come and go before, so that code and caches are not counted. */
const WARM_UP = { followers: 100, events: 30 };
const MAX_SECONDS = 600;
const [IDLE, AFTER] = ['RSS a follower, idle', 'RSS a follower, after traffic'];
const [HEAP_IDLE, HEAP_AFTER] = ['heap, idle', 'heap, after traffic'];

/** KiB a follower. */
interface PerFollower {
	readonly rss: number;
	readonly heap: number;
}

interface Round {
	readonly idle: PerFollower;
	readonly after: PerFollower;
	readonly fanout: Fanout;
}

/** What thousands of followers cost a server's process, while nothing happens and once they have been sent events. */
export const benchFollowerMemory: Bench = async (run) => {
	const variants = [...(run.peersOnly ? [] : [product]), rawWs, socketIo, mercuriusJit, apollo];
	const rounds = run.quick ? ROUNDS.quick : ROUNDS.full;
	const results = new Map<Variant, Round[]>(variants.map((variant) => [variant, []]));
	for (let round = 1; round <= rounds; round += 1)
		for (const variant of variants) results.get(variant)?.push(await memoryRound(run, variant, round));
	return report(run, results);
};

/** In a fresh process, over the database of the rounds before: its users are known, as they would be. */
async function memoryRound(run: Run, variant: Variant, round: number): Promise<Round> {
	const count = run.quick ? FOLLOWERS.quick : FOLLOWERS.full;
	const server = await startServer(variant, { ...run, reportsMemory: true });
	const subject = await prepareSubject(variant.name, [server]);
	try {
		const held = await followed(run, server, subject, count, round);
		run.progress(
			`memory, round ${round} ${variant.name}: ${held.idle.rss.toFixed(1)} KiB idle, ${held.after.rss.toFixed(1)} after`,
		);
		return held;
	} finally {
		await unfollowSubject(run, subject);
		await server.stop();
	}
}

async function followed(
	run: Run,
	server: RunningServer,
	subject: Subject,
	count: number,
	round: number,
): Promise<Round> {
	const traffic = (events: number, tag: string) =>
		measureFanout(run, subject, { senders: 2, atOnce: 1, seconds: MAX_SECONDS, events, tag });
	await followSubject(run, subject, WARM_UP.followers);
	await traffic(WARM_UP.events, `warm-up ${round}`);
	await unfollowSubject(run, subject);
	const before = await server.memory();
	const each = ({ rss, heapUsed }: MemoryReport): PerFollower => ({
		rss: (rss - before.rss) / 1024 / count,
		heap: (heapUsed - before.heapUsed) / 1024 / count,
	});
	await followSubject(run, subject, count);
	const idle = each(await server.memory());
	const fanout = await traffic(run.quick ? EVENTS.quick : EVENTS.full, `memory, round ${round}`);
	return { idle, after: each(await server.memory()), fanout };
}

function report(run: Run, results: ReadonlyMap<Variant, readonly Round[]>): Report {
	const [followers, events] = run.quick ? [FOLLOWERS.quick, EVENTS.quick] : [FOLLOWERS.full, EVENTS.full];
	const load = `${followers} followers, two senders`;
	const row = (metric: string, figure: (round: Round) => number): Series[] =>
		[...results].map(([{ name: variant }, rounds]) => ({
			load,
			variant,
			metric,
			unit: 'KiB',
			figures: rounds.map(figure),
		}));
	const fanouts = [...results].map(
		([{ name }, rounds]) => [{ name }, rounds.map(({ fanout }) => fanout)] as const,
	);
	return {
		bench: 'live-memory',
		setting:
			`${followers} followers of one conversation, a socket each, in a fresh process each round; resident memory above ` +
			`what it had before them, after a full collection; then ${events} events.`,
		series: [
			...row(IDLE, ({ idle }) => idle.rss),
			...row(AFTER, ({ after }) => after.rss),
			...row(HEAP_IDLE, ({ idle }) => idle.heap),
			...row(HEAP_AFTER, ({ after }) => after.heap),
			...fanoutSeries(load, new Map(fanouts)),
		],
		goals: [
			{ load, metric: IDLE, of: product.name, to: rawWs.name, atMost: 1.6 },
			{ load, metric: AFTER, of: product.name, to: rawWs.name, atMost: 1.3 },
		],
		warnings: [],
	};
}
