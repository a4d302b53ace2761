/** The load generator's process: carries out one task after the other for the process that started it. */
import {
	type Delivered,
	type FollowTask,
	follow,
	type TrafficTask,
	traffic,
	type UnfollowTask,
	unfollow,
} from './followers.ts';
import { type RequestsResult, type RequestsTask, runRequests } from './requests.ts';

export type Task = RequestsTask | FollowTask | TrafficTask | UnfollowTask;
export type TaskResult = RequestsResult | Delivered | null;
export type Outcome = { readonly result: TaskResult } | { readonly error: string };

async function perform(task: Task): Promise<TaskResult> {
	switch (task.kind) {
		case 'requests':
			return runRequests(task);
		case 'traffic':
			return traffic(task);
		case 'follow':
			await follow(task);
			return null;
		case 'unfollow':
			await unfollow(task);
			return null;
	}
}

process.on('message', (task: Task) => {
	perform(task).then(
		(result) => process.send?.({ result } satisfies Outcome),
		(error: unknown) => process.send?.({ error: String(error) } satisfies Outcome),
	);
});
process.on('disconnect', () => process.exit());
