import type { User } from '../identity/viewer.ts';
import { StreamEnded } from './event-stream.ts';

/** What is not kept: who types, who is there, how far others have read. */
export type ConversationActivity =
	| {
			readonly type: 'TypingChanged';
			readonly conversationId: string;
			readonly user: User;
			readonly typing: boolean;
	  }
	| {
			readonly type: 'PresenceChanged';
			readonly conversationId: string;
			readonly user: User;
			readonly online: boolean;
	  }
	| {
			readonly type: 'ReadMarkerMoved';
			readonly conversationId: string;
			readonly user: User;
			readonly sequence: number;
	  };

const MAX_QUEUED = 256;

/** One viewer's activity of a conversation, as an async iterable. One who does not pull is ended. */
export class ActivityStream implements AsyncIterableIterator<ConversationActivity> {
	#onClose: () => void = () => {};
	#queue: ConversationActivity[] = [];
	#waiting:
		| { resolve: (result: IteratorResult<ConversationActivity>) => void; reject: (reason: Error) => void }
		| undefined;
	#end: 'open' | 'complete' | Error = 'open';

	/** `onClose` is called once, however the stream ends or has ended. */
	attach(onClose: () => void): void {
		if (this.#end === 'open') this.#onClose = onClose;
		else onClose();
	}

	push(activity: ConversationActivity): void {
		if (this.#end !== 'open') return;
		if (this.#waiting) {
			this.#waiting.resolve({ value: activity, done: false });
			this.#waiting = undefined;
		} else if (this.#queue.length < MAX_QUEUED) this.#queue.push(activity);
		else this.end(new StreamEnded('slow'));
	}

	end(reason?: Error): void {
		if (this.#end !== 'open') return;
		this.#end = reason ?? 'complete';
		this.#onClose();
		if (reason) this.#waiting?.reject(reason);
		else this.#waiting?.resolve({ value: undefined, done: true });
		this.#waiting = undefined;
	}

	async next(): Promise<IteratorResult<ConversationActivity>> {
		const value = this.#queue.shift();
		if (value !== undefined) return { value, done: false };
		if (this.#end instanceof Error) throw this.#end;
		if (this.#end === 'complete') return { value: undefined, done: true };
		return new Promise((resolve, reject) => {
			this.#waiting = { resolve, reject };
		});
	}

	async return(): Promise<IteratorResult<ConversationActivity>> {
		this.#queue = [];
		this.end();
		return { value: undefined, done: true };
	}

	[Symbol.asyncIterator](): this {
		return this;
	}
}
