import type { Bench } from '../support/run.ts';
import { apollo, graphqlWs, mercuriusJit, product, rawWs, socketIo } from '../support/variants.ts';
import { type Load, measureCrowd, nameOf, withSubjects } from './crowd.ts';
import { P99 } from './subject.ts';

const FOLLOWERS = 1000;
const PER_SECOND = 8;
const LOAD: Load = { name: `${PER_SECOND} events a second`, senders: 1, atOnce: 1, perSecond: PER_SECOND };

/** How long an event is under way when nothing is busy: a steady rate that every server keeps up with. */
export const benchLatency: Bench = async (run) => {
	const variants = [...(run.peersOnly ? [] : [product]), rawWs, socketIo, graphqlWs, mercuriusJit, apollo];
	return withSubjects(run, variants, async (subjects) => ({
		bench: 'live-latency',
		setting:
			`${FOLLOWERS} followers of one conversation, ${PER_SECOND} events a second whether the ones before have arrived ` +
			"or not; the time from an event's own, taken just before its commit, to its receipt by one in 50 of them.",
		series: await measureCrowd(run, subjects, {
			followers: FOLLOWERS,
			loads: [LOAD],
			rounds: 2,
			seconds: 5,
		}),
		goals: [{ load: nameOf(FOLLOWERS, LOAD), metric: P99, of: product.name, to: apollo.name, atMost: 0.5 }],
		warnings: [],
	}));
};
