import type { Answer, StreamEvent } from './api.ts';
import { type Action, type ModelConversation, type ModelEvent, perform, stateOf } from './model.ts';

/** An action and how it was answered. */
export interface Done {
	readonly action: Action;
	readonly answer: Answer;
}

/**
 * Puts what was done at the same time into the order in which the log shows it, and answers with the conversation
 * afterwards. What left nothing there, a refusal or what was so already, must be right at some moment in between.
 * @throws when the log or an answer has no such explanation.
 */
export function explain(
	before: ModelConversation,
	log: readonly StreamEvent[],
	done: readonly Done[],
): ModelConversation {
	const moments = [before];
	const left = [...done];
	let now = before;
	while (now.log.length < log.length) {
		const found = left.findIndex((one) => follows(now, one, log) !== undefined);
		const next = left[found] && follows(now, left[found], log);
		if (next === undefined)
			throw new Error(
				`Nothing that was done explains the log after ${now.log.length}: ` +
					JSON.stringify({ log: log.slice(now.log.length), left }),
			);
		left.splice(found, 1);
		now = next;
		moments.push(now);
	}
	for (const { action, answer } of left) {
		if (!moments.some((moment) => leavesNothing(moment, action, answer)))
			throw new Error(`At no moment was this the answer: ${JSON.stringify({ action, answer })}`);
		const member = now.members.get(action.user);
		if (action.kind === 'markRead' && answer.membership && member)
			member.marker = answer.membership.lastReadSequence;
	}
	return now;
}

/** The conversation after an action, if that leaves in the log what stands there next, and was answered so. */
function follows(
	now: ModelConversation,
	{ action, answer }: Done,
	log: readonly StreamEvent[],
): ModelConversation | undefined {
	if (answer.refusal !== undefined) return undefined;
	const next = structuredClone(now);
	const { refusal, message } = perform(next, action, answer.message?.id);
	const added = next.log.slice(now.log.length);
	if (refusal !== undefined || added.length === 0) return undefined;
	if (!added.every((event) => isSame(event, log[event.sequence - 1]))) return undefined;
	const { body } = message ? stateOf(message) : { body: undefined };
	const answered = answer.message && { ...answer.message };
	const expected = message && { id: message.id, sequence: message.sequence, body };
	return JSON.stringify(answered) === JSON.stringify(expected) ? next : undefined;
}

function isSame(event: ModelEvent, logged: StreamEvent | undefined): boolean {
	return (
		logged?.__typename === event.type &&
		logged.actor?.name === event.actor &&
		logged.message?.id === event.message &&
		logged.member?.user.name === event.member
	);
}

/** Whether an action at this moment leaves nothing in the log and is answered so. */
function leavesNothing(moment: ModelConversation, action: Action, answer: Answer): boolean {
	const after = structuredClone(moment);
	const { refusal, message } = perform(after, action);
	if (refusal !== answer.refusal) return false;
	if (refusal !== undefined) return true;
	if (after.log.length !== moment.log.length) return false;
	if (answer.membership) return after.members.get(action.user)?.marker === answer.membership.lastReadSequence;
	if (message === undefined) return answer.message === undefined;
	const { id, sequence } = message;
	return JSON.stringify(answer.message) === JSON.stringify({ id, sequence, body: stateOf(message).body });
}
