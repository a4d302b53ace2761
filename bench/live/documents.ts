import type { Bench } from '../support/run.ts';
import { graphqlWs, product } from '../support/variants.ts';
import { measureCrowd, nameOf, TWO_SENDERS, withSubjects } from './crowd.ts';
import { deliveryGoals } from './subject.ts';

const FOLLOWERS = 1000;
const LOAD = { ...TWO_SENDERS, name: `${FOLLOWERS} documents, ${TWO_SENDERS.name}` };

/** Nothing to share: every follower asks for other fields, so each event is executed for each of them. */
export const benchDocuments: Bench = async (run) =>
	withSubjects(run, [product, graphqlWs], async (subjects) => ({
		bench: 'live-documents',
		setting: `${FOLLOWERS} followers of one conversation, each with a document of its own; else as in \`delivery\`.`,
		series: await measureCrowd(run, subjects, {
			followers: FOLLOWERS,
			loads: [LOAD],
			rounds: 3,
			seconds: 2.5,
			distinctDocuments: true,
		}),
		goals: deliveryGoals(nameOf(FOLLOWERS, LOAD), product.name, graphqlWs.name, 1),
		warnings: [],
	}));
