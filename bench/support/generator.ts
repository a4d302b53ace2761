import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LOAD_CORE, pinned } from './cpu.ts';
import type { Delivered, FollowTask, TrafficTask, UnfollowTask } from './followers.ts';
import type { Outcome, Task, TaskResult } from './load.ts';
import type { RequestsResult, RequestsTask } from './requests.ts';

/** The load generator, a process of its own. One task at a time; a task that fails rejects. */
export interface Generator {
	requests(task: Omit<RequestsTask, 'kind'>): Promise<RequestsResult>;
	follow(task: Omit<FollowTask, 'kind'>): Promise<void>;
	unfollow(task: Omit<UnfollowTask, 'kind'>): Promise<void>;
	traffic(task: Omit<TrafficTask, 'kind'>): Promise<Delivered>;
	stop(): void;
}

const PROGRAM = fileURLToPath(new URL('load.ts', import.meta.url));

export function startGenerator(): Generator {
	const [command, args] = pinned(LOAD_CORE, process.execPath, [PROGRAM]);
	const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
	return {
		requests: (task) => run<RequestsResult>(child, { kind: 'requests', ...task }),
		follow: async (task) => void (await run(child, { kind: 'follow', ...task })),
		unfollow: async (task) => void (await run(child, { kind: 'unfollow', ...task })),
		traffic: (task) => run<Delivered>(child, { kind: 'traffic', ...task }),
		stop: () => child.kill(),
	};
}

async function run<Result extends TaskResult>(child: ChildProcess, task: Task): Promise<Result> {
	const ended = new AbortController();
	const gone = once(child, 'exit', { signal: ended.signal }).then(() => {
		throw new Error('The load generator ended.');
	});
	const answered = once(child, 'message', { signal: ended.signal });
	// The race below observes the first to settle; the abort of the other one is no fault.
	for (const waiting of [gone, answered]) waiting.catch(() => {});
	try {
		child.send(task);
		const [outcome] = (await Promise.race([answered, gone])) as [Outcome];
		if ('error' in outcome) throw new Error(`${task.kind}: ${outcome.error}`);
		return outcome.result as Result;
	} finally {
		ended.abort();
	}
}
