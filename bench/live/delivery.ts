import type { Series } from '../support/report.ts';
import type { Bench } from '../support/run.ts';
import { apollo, graphqlWs, mercuriusJit, product, rawWs, socketIo } from '../support/variants.ts';
import { BACKLOG, type Crowd, measureCrowd, nameOf, TWO_SENDERS, withSubjects } from './crowd.ts';
import { deliveryGoals } from './subject.ts';

const MANY = 1000;
const CROWDS: readonly Crowd[] = [
	{ followers: 1, seconds: 1, rounds: 2, loads: [TWO_SENDERS] },
	{ followers: 10, seconds: 1, rounds: 2, loads: [TWO_SENDERS] },
	{ followers: MANY, seconds: 2.5, rounds: 4, loads: [TWO_SENDERS, BACKLOG] },
];

/** Followers of one conversation who ask the same: what the whole way from a send to its receipts carries. */
export const benchDelivery: Bench = async (run) => {
	const variants = [...(run.peersOnly ? [] : [product]), rawWs, socketIo, graphqlWs, mercuriusJit, apollo];
	return withSubjects(run, variants, async (subjects) => {
		const series: Series[] = [];
		for (const crowd of CROWDS) series.push(...(await measureCrowd(run, subjects, crowd)));
		const [two, eight] = [nameOf(MANY, TWO_SENDERS), nameOf(MANY, BACKLOG)];
		const { name } = product;
		return {
			bench: 'live-delivery',
			setting:
				'Followers of one conversation with the same document, a socket each; messages of 200 characters are sent ' +
				'over HTTP: by two senders, each its next as soon as every follower has its last; or each its next eight at ' +
				'once, as soon as every follower has its last eight.',
			series,
			goals: [
				...deliveryGoals(two, name, rawWs.name, 0.9),
				...deliveryGoals(two, name, apollo.name, 6),
				...deliveryGoals(two, name, mercuriusJit.name, 5),
				...deliveryGoals(two, name, socketIo.name, 1.3),
				...deliveryGoals(eight, name, rawWs.name, 5),
			],
			warnings: [],
		};
	});
};
