import type { ExecutionResult, GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { GraphQLContext } from '../../schema/context.ts';
import { UnauthenticatedError } from '../identity/tokens.ts';
import type { Metrics } from '../observability/metrics.ts';
import { atExpiry } from './expiry.ts';
import { type ErrorPolicy, toPublicError } from './public-errors.ts';

/**
 * What yoga's handler answers, held to the same promises as the other transports: errors carry public codes, and the
 * end of the token ends a stream with an error and `complete`. What a retry helps (the service is stopping, the
 * reader too slow) breaks the connection off, since clients take `complete` for final.
 */
export function useEventStreams(policy: ErrorPolicy, metrics: Metrics): Plugin {
	return {
		onResultProcess: ({ request, result, setResult, serverContext }) => {
			const context = serverContext as Partial<GraphQLContext>;
			const show = (error: unknown) => withHttp(error, toPublicError(error, policy, context.requestId));
			if (isAsyncIterable(result)) {
				const expiresAt = context.viewer?.expiresAt ?? Number.POSITIVE_INFINITY;
				metrics.socketOpened('sse');
				const source = result[Symbol.asyncIterator]() as AsyncIterator<ExecutionResult>;
				const stream = new EndedStream(source, expiresAt, show, () => metrics.socketClosed('sse'));
				setResult(stream);
				// Yoga does not end what it takes no part of, such as a stream for one who accepts none.
				const end = () => void stream.return().catch(() => undefined);
				if (request.signal.aborted) end();
				else request.signal.addEventListener('abort', end, { once: true });
			} else if (!Array.isArray(result) && result.errors !== undefined)
				setResult({ ...result, errors: result.errors.map(show) });
		},
	};
}

/** The status and the headers that yoga answers an error with. */
function withHttp(error: unknown, shown: GraphQLError): GraphQLError {
	const { http } = (error as Partial<GraphQLError>).extensions ?? {};
	if (http !== undefined) shown.extensions['http'] = http;
	return shown;
}

/** A stream of results whose error is its last result. The end of the token is such an error. */
class EndedStream implements AsyncIterableIterator<ExecutionResult> {
	readonly #source: AsyncIterator<ExecutionResult>;
	readonly #show: (error: unknown) => GraphQLError;
	readonly #onEnd: () => void;
	readonly #callOff: () => void;
	#expired = false;
	#over = false;

	constructor(
		source: AsyncIterator<ExecutionResult>,
		expiresAt: number,
		show: (error: unknown) => GraphQLError,
		onEnd: () => void,
	) {
		this.#source = source;
		this.#show = show;
		this.#onEnd = onEnd;
		// Ending the source settles the `next` that waits for it.
		this.#callOff = atExpiry(expiresAt, () => {
			this.#expired = true;
			void this.#source.return?.()?.catch(() => undefined);
		});
	}

	async next(): Promise<IteratorResult<ExecutionResult>> {
		if (this.#over) return { value: undefined, done: true };
		let result: IteratorResult<ExecutionResult>;
		try {
			result = await this.#source.next();
		} catch (error) {
			return this.#last(error);
		}
		if (this.#expired) return this.#last(new UnauthenticatedError());
		if (result.done === true) {
			this.#end();
			return result;
		}
		// An error in an event's place would be a hole in what the client sees.
		const busy = result.value.errors?.find(({ extensions }) => extensions['code'] === 'SERVICE_BUSY');
		if (busy !== undefined) return this.#last(busy);
		// The executor makes a result of what the stream of events rejects with.
		if (result.value.data === undefined && result.value.errors?.[0])
			return this.#last(result.value.errors[0]);
		return result;
	}

	async return(): Promise<IteratorResult<ExecutionResult>> {
		this.#end();
		await this.#source.return?.();
		return { value: undefined, done: true };
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	async #last(error: unknown): Promise<IteratorResult<ExecutionResult>> {
		if (this.#over) return { value: undefined, done: true };
		this.#end();
		await this.#source.return?.()?.catch(() => undefined);
		const shown = this.#show(error);
		if (shown.extensions['code'] === 'SERVICE_BUSY') throw shown;
		return { value: { errors: [shown] }, done: false };
	}

	#end(): void {
		if (this.#over) return;
		this.#over = true;
		this.#callOff();
		this.#onEnd();
	}
}
