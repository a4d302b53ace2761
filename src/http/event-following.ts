import { Buffer } from 'node:buffer';
import type { ExecutionResult } from 'graphql';
import type { WebSocket } from 'ws';
import { StoreConflict, StoreUnavailable } from '../conversations/store.ts';
import type { Viewer } from '../identity/viewer.ts';
import { StreamEnded } from '../live/event-stream.ts';
import type { EndReason, Follower, Sink } from '../live/follower.ts';
import type { Delivery } from '../live/ring.ts';
import type { Cohort, Cohorts } from './cohorts.ts';
import { type EventText, eventText } from './event-texts.ts';
import { type OpenFollowerDeps, openFollower } from './open-follower.ts';
import type { Operation, RunArgs } from './operations.ts';
import { frameHead, type SocketOutbox } from './socket-outbox.ts';

export interface EventFollowingDeps extends OpenFollowerDeps {
	readonly cohorts: Pick<Cohorts, 'argumentsOf' | 'join'>;
	/** Above it a socket takes no more until it has sent what it has. */
	readonly maxBufferedBytes: number;
}

/** What operations know of their socket. */
export type OperationSocket = Pick<WebSocket, 'readyState' | 'OPEN' | 'close'>;

/** An operation of a socket that is under way. */
export interface RunningOperation {
	readonly id: string;
	/** Its client has ended it and used its id again: nothing may be sent under it any more. */
	isLeft: boolean;
}

/** An operation that came by a socket. */
export interface FollowOperation {
	readonly operation: Operation;
	readonly variables: RunArgs['variables'];
	readonly viewer: Viewer;
	readonly requestId: string;
	readonly socket: OperationSocket;
	readonly outbox: Pick<SocketOutbox, 'push' | 'flush' | 'waiting'>;
	readonly running: RunningOperation;
}

/** Try Again Later: clients connect again and resume (IANA WebSocket close codes). */
const TRY_AGAIN_LATER = 1013;
const GOING_AWAY = 1001;

/** Following conversation events over WebSockets: past the protocol's own way, each cohort's text with the operation's own id. */
export class EventFollowing {
	readonly #deps: EventFollowingDeps;

	constructor(deps: EventFollowingDeps) {
		this.#deps = deps;
	}

	/**
	 * Undefined where the operation is another one. Otherwise an iterable that stays silent, since the events do not
	 * pass through it: it ends when they end, and ending it ends them.
	 */
	async follow(
		request: FollowOperation,
	): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult | undefined> {
		const { operation, variables, viewer, requestId } = request;
		const { cohorts } = this.#deps;
		const asked = cohorts.argumentsOf(operation, variables);
		if (asked === undefined) return undefined;
		const silent = new SilentStream();
		const sink = new SocketSink(request, cohorts.join(operation, variables, viewer), silent, this.#deps);
		const opened = await openFollower(this.#deps, { asked, viewer, requestId }, sink);
		if (!('follower' in opened)) return opened;
		silent.begin(opened.follower, opened.close);
		return silent;
	}
}

/** Writes frames of one operation to its socket. */
class SocketSink implements Sink {
	readonly #socket: OperationSocket;
	readonly #outbox: FollowOperation['outbox'];
	readonly #running: RunningOperation;
	/** The end of every message, a character for each byte. */
	readonly #end: string;
	readonly #cohort: Cohort;
	readonly #silent: SilentStream;
	readonly #maxBufferedBytes: number;

	constructor(
		{ socket, outbox, running }: FollowOperation,
		cohort: Cohort,
		silent: SilentStream,
		deps: EventFollowingDeps,
	) {
		this.#socket = socket;
		this.#outbox = outbox;
		this.#running = running;
		this.#end = eventText(`,"id":${JSON.stringify(running.id)}}`).bytes;
		this.#cohort = cohort;
		this.#silent = silent;
		this.#maxBufferedBytes = deps.maxBufferedBytes;
	}

	deliver(delivery: Delivery): void | Promise<void> {
		const text = this.#cohort.render(delivery);
		if ('bytes' in text) this.#send(text);
		else return text.then((done) => this.#send(done));
	}

	writable(): boolean {
		return this.#outbox.waiting < this.#maxBufferedBytes;
	}

	end(reason?: EndReason): void {
		// A closed socket is opened again by its client, which an error of the operation would not be.
		if (reason === 'stopping') this.#close(GOING_AWAY, 'Going away');
		else if (reason === 'slow')
			this.#close(TRY_AGAIN_LATER, 'The reader is too slow: resume from the last sequence');
		else if (reason instanceof StoreUnavailable || reason instanceof StoreConflict)
			this.#close(TRY_AGAIN_LATER, 'The log cannot be read now: resume from the last sequence');
		this.#silent.end(reason);
	}

	/** What is due still leaves: past a close frame nothing may. */
	#close(code: number, reason: string): void {
		this.#outbox.flush();
		this.#socket.close(code, reason);
	}

	/** Past the operation's end nothing may be sent. */
	#send(text: EventText): void {
		if (this.#silent.isOver || this.#running.isLeft) return;
		this.#outbox.push(startOf(text, this.#end.length), this.#end);
	}
}

/** The start of an event's frames, whose end is each operation's own: ids are mostly of one length. */
interface FrameStart {
	readonly endLength: number;
	bytes: string;
	isWhole: boolean;
}

const starts = new WeakMap<EventText, FrameStart>();

function startOf(text: EventText, endLength: number): string {
	const known = starts.get(text);
	if (known?.endLength !== endLength) {
		const message = `{"type":"next","payload":${text.bytes}`;
		const bytes = frameHead(message.length + endLength) + message;
		starts.set(text, { endLength, bytes, isWhole: false });
		return bytes;
	}
	// Not for the first who takes it, who may be the only one: then in one piece, not to be put together for each anew.
	if (!known.isWhole) known.bytes = Buffer.from(known.bytes, 'latin1').toString('latin1');
	known.isWhole = true;
	return known.bytes;
}

/** Says nothing until its follower ends; returning it stops the follower. */
class SilentStream implements AsyncIterableIterator<ExecutionResult> {
	#follower: Follower | undefined;
	#onEnd: (() => void) | undefined;
	#ended: { readonly error: Error | undefined } | undefined;
	#settle: (() => void) | undefined;

	get isOver(): boolean {
		return this.#ended !== undefined;
	}

	begin(follower: Follower, onEnd: () => void): void {
		this.#follower = follower;
		if (this.#ended === undefined) this.#onEnd = onEnd;
		else onEnd();
	}

	end(reason?: EndReason): void {
		if (this.#ended !== undefined) return;
		this.#ended = { error: typeof reason === 'string' ? new StreamEnded(reason) : reason };
		this.#onEnd?.();
		this.#settle?.();
	}

	async next(): Promise<IteratorResult<ExecutionResult>> {
		if (this.#ended === undefined)
			await new Promise<void>((resolve) => {
				this.#settle = resolve;
			});
		if (this.#ended?.error) throw this.#ended.error;
		return { value: undefined, done: true };
	}

	async return(): Promise<IteratorResult<ExecutionResult>> {
		this.#follower?.stop('unfollowed');
		this.end();
		return { value: undefined, done: true };
	}

	async throw(): Promise<IteratorResult<ExecutionResult>> {
		return this.return();
	}

	[Symbol.asyncIterator](): this {
		return this;
	}
}
