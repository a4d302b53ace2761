import type { ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { GraphQLContext } from '../../schema/context.ts';
import { InvalidInputError } from '../conversations/errors.ts';
import { StoreConflict, StoreUnavailable } from '../conversations/store.ts';
import { UnauthenticatedError } from '../identity/tokens.ts';
import type { EndReason, Sink } from '../live/follower.ts';
import type { Delivery } from '../live/ring.ts';
import type { Cohort, Cohorts } from './cohorts.ts';
import type { EventText } from './event-texts.ts';
import { atExpiry } from './expiry.ts';
import { type OpenedFollower, type OpenFollowerDeps, openFollower } from './open-follower.ts';
import type { Operation, Operations, RunArgs } from './operations.ts';
import { toPublicError } from './public-errors.ts';
import { EVENT_STREAM_HEADERS } from './server-sent-events.ts';

export interface SseFollowingDeps extends OpenFollowerDeps {
	readonly cohorts: Pick<Cohorts, 'argumentsOf' | 'join'>;
	readonly operations: Pick<Operations, 'subscribe'>;
	/** Above it a response takes no more until it has sent what it has. */
	readonly maxBufferedBytes: number;
	/** How long a reader may take nothing. */
	readonly slowReaderMaxMs: number;
	/** The beat of the comments that keep a quiet stream open. Default: 12 s. */
	readonly keepAliveMs?: number;
}

export interface SseRequest {
	readonly operation: Operation;
	readonly variables: RunArgs['variables'];
	readonly context: GraphQLContext;
	/** The header Last-Event-ID: the sequence that the client has, whatever its operation says. */
	readonly lastEventId: string | undefined;
	readonly res: ServerResponse;
}

const KEEP_ALIVE_MS = 12_000;
/** Clients that wait for what the stream says come back within this and its double, so that not all come at once. */
const RETRY_MS = 1_000;
const PING = ': ping\n\n';
const COMPLETE = 'event: complete\ndata:\n\n';

/**
 * Following conversation events by server-sent events (graphql-sse, distinct connections mode): every event with its
 * sequence as its id, one text for all who asked the same.
 */
export class SseFollowing {
	readonly #deps: SseFollowingDeps;
	readonly #open = new Set<FollowedResponse>();
	readonly #frames = new WeakMap<EventText, Buffer>();
	#beat: NodeJS.Timeout | undefined;

	constructor(deps: SseFollowingDeps) {
		this.#deps = deps;
	}

	/** Whether an operation is a plain subscription to conversation events. */
	takes(operation: Operation, variables: RunArgs['variables']): boolean {
		return this.#deps.cohorts.argumentsOf(operation, variables) !== undefined;
	}

	/** Answers an operation that it takes. @throws GraphQLError SERVICE_BUSY, fit to be shown, before anything is sent. */
	async follow(request: SseRequest): Promise<void> {
		const { operation, variables, context, res } = request;
		const { viewer, requestId } = context;
		const cohort = this.#deps.cohorts.join(operation, variables, viewer);
		const show = (error: unknown) => toPublicError(error, this.#deps.errorPolicy, requestId);
		const response = new FollowedResponse(res, {
			maxBufferedBytes: this.#deps.maxBufferedBytes,
			slowReaderMaxMs: this.#deps.slowReaderMaxMs,
			render: (delivery) => this.#frameOf(cohort, delivery),
			show,
		});
		const result = await this.#deps.operations.subscribe(operation, { variables, context }, async () => {
			const opened = await this.#openFollower(request, response);
			if (!('follower' in opened)) return opened;
			this.#begin(response, opened, viewer.expiresAt);
			return {};
		});
		const errors = 'errors' in result ? result.errors : undefined;
		if (errors === undefined) return;
		const busy = errors.find(({ extensions }) => extensions['code'] === 'SERVICE_BUSY');
		if (busy !== undefined) throw busy;
		response.fail(errors.map(show));
	}

	async #openFollower(
		{ operation, variables, context, lastEventId }: SseRequest,
		sink: Sink,
	): Promise<OpenedFollower | ExecutionResult> {
		const { viewer, requestId } = context;
		const asked = this.#deps.cohorts.argumentsOf(operation, variables);
		if (asked === undefined) throw new Error('Not a subscription to conversation events.');
		const after = lastEventId ? Number(lastEventId) : asked.after;
		if (lastEventId && !/^\d{1,15}$/.test(lastEventId)) {
			const error = new InvalidInputError('Last-Event-ID', 'Last-Event-ID must be a sequence.');
			return { errors: [toPublicError(error, this.#deps.errorPolicy, requestId)] };
		}
		const place = { ...asked, ...(after != null && { after }) };
		return openFollower(this.#deps, { asked: place, viewer, requestId }, sink);
	}

	#begin(response: FollowedResponse, { follower, close }: OpenedFollower, expiresAt: number): void {
		const { metrics } = this.#deps;
		metrics.socketOpened('sse');
		this.#open.add(response);
		this.#beat ??= setInterval(() => this.#keepAlive(), this.#deps.keepAliveMs ?? KEEP_ALIVE_MS).unref();
		const callOff = atExpiry(expiresAt, () => {
			follower.stop('unfollowed');
			response.end(new UnauthenticatedError());
		});
		response.begin(() => {
			callOff();
			follower.stop('unfollowed');
			close();
			this.#open.delete(response);
			metrics.socketClosed('sse');
		});
	}

	/** One timer for all, while there are any. */
	#keepAlive(): void {
		for (const response of this.#open) response.keepAlive();
		if (this.#open.size > 0) return;
		clearInterval(this.#beat);
		this.#beat = undefined;
	}

	/** The bytes of an event are the same for a whole cohort. */
	#frameOf(cohort: Cohort, delivery: Delivery): Buffer | Promise<Buffer> {
		const { sequence } = delivery.event;
		const frameOf = (text: EventText) => {
			const known = this.#frames.get(text);
			if (known !== undefined) return known;
			const frame = Buffer.from(`id: ${sequence}\nevent: next\ndata: ${text.bytes}\n\n`, 'latin1');
			this.#frames.set(text, frame);
			return frame;
		};
		const text = cohort.render(delivery);
		return 'bytes' in text ? frameOf(text) : text.then(frameOf);
	}
}

interface FollowedResponseOptions {
	readonly maxBufferedBytes: number;
	readonly slowReaderMaxMs: number;
	readonly render: (delivery: Delivery) => Buffer | Promise<Buffer>;
	readonly show: (error: unknown) => GraphQLError;
}

/** A response that events are written to. What is written within a tick leaves in one write: Node corks it. */
class FollowedResponse implements Sink {
	readonly #res: ServerResponse;
	readonly #options: FollowedResponseOptions;
	#onClose: (() => void) | undefined;
	/** Since which beat it has not drained, by performance.now(). */
	#stalledSince: number | undefined;

	constructor(res: ServerResponse, options: FollowedResponseOptions) {
		this.#res = res;
		this.#options = options;
		res.once('close', () => this.#onClose?.());
		res.on('drain', () => {
			this.#stalledSince = undefined;
		});
	}

	/** `onClose` is called once, however the response ends or has ended. */
	begin(onClose: () => void): void {
		if (this.#res.destroyed) {
			onClose();
			return;
		}
		this.#onClose = onClose;
		this.#sendHead();
	}

	deliver(delivery: Delivery): void | Promise<void> {
		const frame = this.#options.render(delivery);
		if (frame instanceof Promise) return frame.then((done) => this.#send(done));
		this.#send(frame);
	}

	writable(): boolean {
		return this.#res.writableLength < this.#options.maxBufferedBytes;
	}

	/** Clients take an error or `complete` for final, and come back after a connection that is broken off. */
	end(reason?: EndReason): void {
		if (reason === undefined) this.#finish('');
		else if (reason === 'slow') this.#res.destroy();
		// What was written before still leaves; the end of the response does not.
		else if (reason === 'stopping' || reason instanceof StoreUnavailable || reason instanceof StoreConflict)
			this.#breakOff();
		else this.fail([this.#options.show(reason)]);
	}

	/** The errors, and `complete`. */
	fail(errors: readonly GraphQLError[]): void {
		this.#finish(`event: next\ndata: ${JSON.stringify({ errors })}\n\n`);
	}

	/** A sign of life. One who takes nothing is cut off here where no event is due that would show it. */
	keepAlive(): void {
		if (!this.#res.writableNeedDrain && !this.#res.writableEnded) {
			this.#send(PING);
			return;
		}
		const now = performance.now();
		this.#stalledSince ??= now;
		if (now - this.#stalledSince >= this.#options.slowReaderMaxMs) this.#res.destroy();
	}

	#breakOff(): void {
		// A response behind another one of its connection has none yet.
		if (this.#res.socket) this.#res.socket.destroySoon();
		else this.#res.destroy();
	}

	#finish(last: string): void {
		this.#send(`${last}${COMPLETE}`);
		if (!this.#res.writableEnded) this.#res.end();
	}

	#send(text: string | Buffer): void {
		if (this.#res.destroyed || this.#res.writableEnded) return;
		this.#sendHead();
		this.#res.write(text);
	}

	#sendHead(): void {
		if (this.#res.headersSent) return;
		this.#res.writeHead(200, EVENT_STREAM_HEADERS);
		this.#res.write(`retry: ${RETRY_MS + Math.round(Math.random() * RETRY_MS)}\n\n`);
	}
}
