import { headOf } from '../support/api.ts';
import { type Bench, interleave } from '../support/run.ts';
import { product, rawWs } from '../support/variants.ts';
import { nameOf, TWO_SENDERS, withSubjects } from './crowd.ts';
import { deliveryGoals, fanoutSeries, followSubject, measureFanout, unfollowSubject } from './subject.ts';

const FOLLOWERS = 1000;
/** How far back they resume: some from memory, some from the database. */
const WITHIN = 700;
const LOAD = nameOf(FOLLOWERS, { name: `reconnected, ${TWO_SENDERS.name}` });

/** The same thousand after all of them have reconnected, each at another place of the log: they must be one cohort again. */
export const benchReconnected: Bench = async (run) => {
	const [rounds, seconds] = run.quick ? [1, 1] : [3, 2.5];
	return withSubjects(run, [product, rawWs], async (subjects) => {
		for (const subject of subjects) {
			await followSubject(run, subject, 10);
			const load = { senders: 1, atOnce: 50, seconds: 60, events: WITHIN, tag: 'history' };
			await measureFanout(run, subject, load);
			await unfollowSubject(run, subject);
		}
		const results = await interleave(rounds, subjects, async (subject, round) => {
			await unfollowSubject(run, subject);
			const { token, conversationId, servers } = subject;
			const url = servers[0]?.url ?? '';
			// A bare server has no log to resume from.
			const resume = subject.name === product.name && {
				resume: { head: await headOf({ url, token }, conversationId), within: WITHIN },
			};
			await followSubject(run, subject, FOLLOWERS, resume || {});
			return measureFanout(run, subject, { ...TWO_SENDERS, seconds, tag: `reconnected ${round}` });
		});
		for (const subject of subjects) await unfollowSubject(run, subject);
		return {
			bench: 'live-reconnected',
			setting:
				`${FOLLOWERS} followers reconnect before each round, at the last ${WITHIN} sequences in turn, and get what ` +
				'they missed, each event once. Then as in `delivery`.',
			series: fanoutSeries(LOAD, results),
			goals: deliveryGoals(LOAD, product.name, rawWs.name, 0.9),
			warnings: [],
		};
	});
};
