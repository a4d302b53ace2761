import type { Client, Results } from './client.ts';

/** What the tests read of an activity; what is not of its type is undefined. */
export interface Activity {
	readonly __typename: string;
	readonly user: { readonly name: string };
	readonly typing?: boolean;
	readonly online?: boolean;
	readonly sequence?: number;
}

export type Activities = Results<{ conversationActivity: Activity }>;

const ACTIVITY = `subscription($id: ID!) { conversationActivity(conversationId: $id) {
	__typename
	... on TypingChanged { user { name } typing }
	... on PresenceChanged { user { name } online }
	... on ReadMarkerMoved { user { name } sequence }
} }`;

export function watch(client: Client, id: string): Activities {
	return client.subscribe(ACTIVITY, { id });
}

export async function next(activities: Activities): Promise<Activity> {
	const [first] = await activities.take(1);
	if (first === undefined) throw new Error('Nothing came.');
	return first.conversationActivity;
}

/** The next that is about this user. */
export async function nextOf(activities: Activities, name: string): Promise<Activity> {
	for (;;) {
		const activity = await next(activities);
		if (activity.user.name === name) return activity;
	}
}
