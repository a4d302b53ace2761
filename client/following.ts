import type { FormattedExecutionResult } from 'graphql-ws/client';
import type { Connection } from './connection.ts';
import type { Line, Passenger } from './line.ts';
import type { Log, Place } from './log.ts';
import type { Ended, ResultError, State } from './state.ts';

/** What the client reads of an event. */
interface LogEvent {
	readonly __typename?: string;
	readonly sequence?: number;
}

/** `never`: what the document selects is known to who wrote it. */
export interface Handlers {
	readonly query: string;
	readonly variables: Readonly<Record<string, unknown>> | undefined;
	readonly onEvent: (event: never, result: never) => void;
	readonly onReset?: (reset: never) => Place | Promise<Place>;
	readonly onState: ((state: State) => void) | undefined;
}

interface ResultSink {
	next(result: FormattedExecutionResult): void;
	error(errors: readonly ResultError[]): void;
	complete?(): void;
}

const UNREADABLE: readonly ResultError[] = [{ message: 'The document must select __typename and sequence.' }];
/** Faults that pass. */
const PASSING: readonly unknown[] = ['SERVICE_BUSY', 'RATE_LIMITED', 'INTERNAL'];
/** Below the head, silence for so long means that what is left are notes that the viewer does not get. */
const QUIET_MS = 1_000;

/** Follows one log: keeps its place, and goes on from there over each connection. Without a log: from now on each time. */
export class Following implements Passenger {
	readonly #line: Line;
	readonly #log: Log | undefined;
	readonly #handlers: Handlers;
	/** Undefined until the log's end is known, where it begins. */
	#place: Place | undefined;
	#state: State = { name: 'connecting' };
	/** Where the log ended when this connection began: undefined until that is answered, infinite where it is not. */
	#head: number | undefined;
	#failures = 0;
	#pause: Extract<State, { name: 'offline' }> | undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** The subscription under way. What an earlier one still says is not heard. */
	#run = {};
	#leaving: (() => void)[] = [];

	/** May be handed on by itself. */
	readonly stop = () => this.#end({ name: 'ended', reason: 'stopped' });

	constructor(line: Line, log: Log | undefined, place: Place | undefined, handlers: Handlers) {
		this.#line = line;
		this.#log = log;
		this.#place = place;
		this.#handlers = handlers;
		// Nothing is heard before the caller has it.
		queueMicrotask(() => this.#state.name !== 'ended' && line.add(this));
	}

	get state(): State {
		return this.#state;
	}

	get place(): Place | undefined {
		return this.#place;
	}

	board(connection: Connection): void {
		// The handler of another one may have stopped it.
		if (this.#state.name === 'ended') return;
		this.#leave();
		const wait = (this.#pause?.retryAt ?? 0) - Date.now();
		if (this.#pause && wait > 0) {
			this.#timer = setTimeout(() => this.board(connection), wait);
			this.#become(this.#pause);
			return;
		}
		const log = this.#log;
		if (this.#place || !log) this.#subscribe(connection);
		// From one connection to the next without a break there is nothing to catch up with.
		if (this.#state.name === 'live') return;
		if (log) this.#findHead(connection, log);
		this.#become({ name: log ? 'catching-up' : 'live' });
	}

	wait(state: State): void {
		if (state.name === 'ended') this.#end(state);
		else {
			this.#leave();
			this.#become(state);
		}
	}

	#findHead(connection: Connection, log: Log): void {
		this.#head = undefined;
		// The subscription, if there is one, hears for itself what is wrong.
		const error = (errors: readonly ResultError[]) => {
			if (!this.#place) return this.#fail(connection, errors);
			this.#head = Number.POSITIVE_INFINITY;
			this.#settle();
		};
		const next = ({ data, errors }: FormattedExecutionResult) => {
			const head = data && log.head(data);
			if (!head) return error(errors ?? log.absent);
			this.#line.proven();
			this.#head = head.after;
			if (this.#place) this.#place = { ...this.#place, epoch: this.#place.epoch ?? head.epoch };
			else {
				this.#place = head;
				this.#subscribe(connection);
			}
			this.#settle();
		};
		this.#ask(connection, log.headQuery, log.variables, { next, error });
	}

	#subscribe(connection: Connection): void {
		const { query, variables } = this.#handlers;
		const sent = { ...this.#log?.variables, ...variables, ...this.#place };
		this.#ask(connection, query, sent, {
			next: (result) => this.#take(connection, result),
			error: (errors) => this.#fail(connection, errors),
			complete: () => this.#end({ name: 'ended', reason: 'left' }),
		});
	}

	#take(connection: Connection, result: FormattedExecutionResult): void {
		const [event] = Object.values(result.data ?? {}) as (LogEvent | null)[];
		if (!event) this.#fail(connection, result.errors ?? []);
		else if (!this.#log) this.#hand(event, result);
		else if (!event.__typename || event.sequence === undefined) this.#fail(connection, UNREADABLE);
		else if (event.__typename === 'HistoryReset') this.#reset(connection, event);
		else if (!this.#place || event.sequence > this.#place.after) {
			this.#place = { ...this.#place, after: event.sequence };
			this.#hand(event, result);
			this.#settle();
		}
	}

	#hand(event: LogEvent, result: FormattedExecutionResult): void {
		this.#line.proven();
		this.#failures = 0;
		call(this.#handlers.onEvent, event as never, result as never);
	}

	/** The place is kept until the history is loaded: should that fail, the service says the same again. */
	#reset(connection: Connection, reset: LogEvent): void {
		this.#leave();
		const run = this.#run;
		this.#become({ name: 'catching-up' });
		Promise.resolve()
			.then(() => (run === this.#run ? this.#handlers.onReset?.(reset as never) : undefined))
			.then(
				(place) => {
					if (run !== this.#run) return;
					this.#place = place;
					// A history that ends where the log does not is not loaded again and again without a pause.
					if (this.#failures) this.#retry(connection, reset);
					else {
						this.#failures = 1;
						this.board(connection);
					}
				},
				(error: unknown) => run === this.#run && this.#retry(connection, error),
			);
	}

	#settle(): void {
		if (this.#state.name !== 'catching-up' || this.#head === undefined) return;
		clearTimeout(this.#timer);
		const live = () => this.#become({ name: 'live' });
		if (this.#place && this.#place.after >= this.#head) live();
		else this.#timer = setTimeout(live, QUIET_MS);
	}

	#fail(connection: Connection, errors: readonly ResultError[]): void {
		if (PASSING.includes(errors[0]?.extensions?.['code'])) this.#retry(connection, errors);
		else this.#end({ name: 'ended', reason: 'refused', errors });
	}

	/** `reason` may be a list of errors that say after how many seconds. */
	#retry(connection: Connection, reason: unknown): void {
		const [error] = Array.isArray(reason) ? (reason as readonly ResultError[]) : [];
		const seconds = Number(error?.extensions?.['retryAfter']);
		const wait = seconds > 0 ? seconds * 1_000 : this.#line.backoff(this.#failures++);
		this.#pause = { name: 'offline', retryAt: Date.now() + wait, reason };
		this.board(connection);
	}

	/** Errors that are none of the document are the connection's, of which the line tells. */
	#ask(
		connection: Connection,
		query: string,
		variables: Readonly<Record<string, unknown>>,
		{ next, error, complete }: ResultSink,
	): void {
		const run = this.#run;
		const heard = () => run === this.#run;
		const leave = connection.subscribe(query, variables, {
			next: (result) => heard() && next(result),
			error: (errors) => heard() && Array.isArray(errors) && error(errors),
			complete: () => heard() && complete?.(),
		});
		this.#leaving.push(leave);
	}

	#leave(): void {
		clearTimeout(this.#timer);
		this.#run = {};
		for (const leave of this.#leaving.splice(0)) leave();
	}

	#end(state: Ended): void {
		if (this.#state.name === 'ended') return;
		this.#leave();
		this.#line.remove(this);
		this.#become(state);
	}

	#become(state: State): void {
		if (this.#state.name === 'ended') return;
		if (state.name === this.#state.name && !('retryAt' in state)) return;
		this.#state = state;
		if (this.#handlers.onState) call(this.#handlers.onState, state);
	}
}

/** A handler that throws is its owner's fault, and stops nothing here. */
function call<Args extends readonly unknown[]>(handler: (...args: Args) => void, ...args: Args): void {
	try {
		handler(...args);
	} catch (error) {
		queueMicrotask(() => {
			throw error;
		});
	}
}
