import type { FollowTask } from '../support/followers.ts';
import type { Series } from '../support/report.ts';
import { interleave, type Run, withServers } from '../support/run.ts';
import type { Variant } from '../support/variants.ts';
import {
	type Fanout,
	fanoutSeries,
	followSubject,
	measureFanout,
	prepareSubject,
	type Subject,
	unfollowSubject,
} from './subject.ts';

/** How a conversation is sent to. */
export interface Load {
	readonly name: string;
	readonly senders: number;
	readonly atOnce: number;
	readonly perSecond?: number;
}

/** Each sends its next event when every follower has its last: the server is never idle, and seldom has two at once. */
export const TWO_SENDERS: Load = { name: 'two senders', senders: 2, atOnce: 1 };
/** The same with eight events in place of one. */
export const BACKLOG: Load = { name: 'two senders of eight at once', senders: 2, atOnce: 8 };

export interface Crowd extends Pick<FollowTask, 'distinctDocuments'> {
	readonly followers: number;
	readonly loads: readonly Load[];
	readonly rounds: number;
	/** Of one measurement. */
	readonly seconds: number;
}

export async function withSubjects<Result>(
	run: Run,
	variants: readonly Variant[],
	use: (subjects: readonly Subject[]) => Promise<Result>,
): Promise<Result> {
	return withServers(run, variants, async (servers) => {
		const subjects: Subject[] = [];
		for (const server of servers) subjects.push(await prepareSubject(server.variant.name, [server]));
		return use(subjects);
	});
}

/** As many followers for every subject, then all loads on all of them, interleaved. */
export async function measureCrowd(run: Run, subjects: readonly Subject[], crowd: Crowd): Promise<Series[]> {
	const { followers, loads } = crowd;
	const [rounds, seconds] = run.quick ? [1, Math.min(1, crowd.seconds)] : [crowd.rounds, crowd.seconds];
	const results = new Map(loads.map((load) => [load, new Map<Subject, Fanout[]>()]));
	for (const subject of subjects) await followSubject(run, subject, followers, crowd);
	await interleave(rounds, subjects, async (subject, round) => {
		for (const [load, figures] of results) {
			const tag = `${followers} ${load.name} ${round}`;
			const fanout = await measureFanout(run, subject, { ...load, seconds, tag });
			if (round > 0) figures.set(subject, [...(figures.get(subject) ?? []), fanout]);
		}
	});
	for (const subject of subjects) await unfollowSubject(run, subject);
	return [...results].flatMap(([load, figures]) => fanoutSeries(nameOf(followers, load), figures));
}

/** Of a load in the report. */
export function nameOf(followers: number, { name }: Pick<Load, 'name'>): string {
	return `${followers} ${followers === 1 ? 'follower' : 'followers'}, ${name}`;
}
