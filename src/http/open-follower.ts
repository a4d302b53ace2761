import type { ExecutionResult } from 'graphql';
import { requireId } from '../../schema/ids.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Follower, Sink } from '../live/follower.ts';
import type { Live } from '../live/live.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { FollowArguments } from './cohorts.ts';
import { type ErrorPolicy, toPublicError } from './public-errors.ts';

/** The root field whose followers are served here. */
const FIELD = 'conversationEvents';

export interface OpenFollowerDeps {
	readonly live: Pick<Live, 'open' | 'enter'>;
	readonly metrics: Metrics;
	readonly errorPolicy: ErrorPolicy;
}

export interface FollowerRequest {
	readonly asked: FollowArguments;
	readonly viewer: Viewer;
	readonly requestId: string;
}

export interface OpenedFollower {
	readonly follower: Follower;
	/** Call it once, when the follower is over. */
	readonly close: () => void;
}

/** Begins to deliver into a sink, as one who is present and counted; or answers with the error why not. */
export async function openFollower(
	{ live, metrics, errorPolicy }: OpenFollowerDeps,
	{ asked, viewer, requestId }: FollowerRequest,
	sink: Sink,
): Promise<OpenedFollower | ExecutionResult> {
	try {
		const conversationId = requireId('Conversation', asked.conversationId);
		const place = {
			conversationId,
			...(asked.after != null && { after: asked.after }),
			...(asked.epoch != null && { epoch: asked.epoch }),
		};
		const follower = await live.open(viewer, place, sink);
		const leave = live.enter(conversationId, viewer.user);
		metrics.subscriptionStarted(FIELD);
		const close = () => {
			leave();
			metrics.subscriptionEnded(FIELD);
		};
		return { follower, close };
	} catch (error) {
		return { errors: [toPublicError(error, errorPolicy, requestId)] };
	}
}
