import { type ExecutionResult, GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { GraphQLContext } from '../../schema/context.ts';
import {
	DomainError,
	type ErrorCode,
	InvalidInputError,
	RateLimitedError,
	ServiceBusyError,
} from '../conversations/errors.ts';
import { StoreConflict, StoreUnavailable, UnknownCommit } from '../conversations/store.ts';
import { UnauthenticatedError } from '../identity/tokens.ts';
import { StreamEnded } from '../live/event-stream.ts';

/** The codes of `extensions.code` in answers that have no union for their faults. */
const PUBLIC = [
	'UNAUTHENTICATED',
	'FORBIDDEN',
	'NOT_FOUND',
	'BAD_USER_INPUT',
	'TOO_COMPLEX',
	'RATE_LIMITED',
	'SERVICE_BUSY',
	'INTERNAL',
] as const;

export type PublicCode = (typeof PUBLIC)[number];

const PUBLIC_CODES: Record<ErrorCode, PublicCode> = {
	NOT_FOUND: 'NOT_FOUND',
	FORBIDDEN: 'FORBIDDEN',
	INVALID_INPUT: 'BAD_USER_INPUT',
	IDEMPOTENCY_CONFLICT: 'BAD_USER_INPUT',
	CONVERSATION_CLOSED: 'BAD_USER_INPUT',
	CONVERSATION_MOVED: 'BAD_USER_INPUT',
	CONTACT_OPTED_OUT: 'BAD_USER_INPUT',
	DELIVERY_CONFLICT: 'BAD_USER_INPUT',
	RATE_LIMITED: 'RATE_LIMITED',
	SERVICE_BUSY: 'SERVICE_BUSY',
};

function isPublicCode(code: unknown): code is PublicCode {
	return typeof code === 'string' && (PUBLIC as readonly string[]).includes(code);
}

/** The HTTP status of a request that was not executed, by the code of its first error (GraphQL over HTTP, 6.4). */
const STATUS: Partial<Record<string, number>> = {
	UNAUTHENTICATED: 401,
	BAD_USER_INPUT: 400,
	TOO_COMPLEX: 400,
	RATE_LIMITED: 429,
	SERVICE_BUSY: 503,
	INTERNAL: 500,
};

export function statusOf(code: unknown): number {
	return (typeof code === 'string' ? STATUS[code] : undefined) ?? 400;
}

/** An error of ours, with its code. */
export function publicError(code: PublicCode, message: string): GraphQLError {
	return new GraphQLError(message, { extensions: { code } });
}

export interface ErrorPolicy {
	/** Hints at names that the schema has would give it away. */
	readonly suggestions: boolean;
	/** Told of defects, before they are masked. */
	readonly onDefect: (error: unknown, requestId: string | undefined) => void;
	/** Told the code of every error that is answered, over whatever transport; once for each. */
	readonly onShown: (code: string) => void;
}

/** Nothing was stored: it may be tried again. */
const STORE_FAULTS = [StoreUnavailable, StoreConflict] as const;

/** Errors that were made fit already: several layers ask, the first answers. */
const shown = new WeakSet<GraphQLError>();

/**
 * What a client gets to see of an error: a code always, the message of the faults that it can do something about,
 * and of a defect nothing but the request's id.
 */
export function toPublicError(error: unknown, policy: ErrorPolicy, requestId?: string): GraphQLError {
	if (error instanceof GraphQLError && shown.has(error)) return error;
	const located = isGraphQLError(error) ? error : undefined;
	const cause = rootCause(error);
	const { nodes, path, source, positions } = located ?? {};
	const place = {
		nodes: nodes ?? null,
		path: path ?? null,
		source: source ?? null,
		positions: positions ?? null,
	};
	const make = (message: string, code: PublicCode, more: object = {}) => {
		const extensions = { code, ...more, ...(requestId !== undefined && { requestId }) };
		const made = new GraphQLError(message, { ...place, extensions });
		// A compiled executor knows no nodes, but has worked out where they stand.
		if (made.locations === undefined && located?.locations !== undefined)
			Object.defineProperty(made, 'locations', { value: located.locations, enumerable: true });
		shown.add(made);
		policy.onShown(code);
		return made;
	};
	if (cause instanceof DomainError) return make(cause.message, PUBLIC_CODES[cause.code], detailsOf(cause));
	if (cause instanceof UnauthenticatedError) return make(cause.message, 'UNAUTHENTICATED');
	if (cause instanceof StreamEnded) return make(cause.message, 'SERVICE_BUSY');
	if (cause instanceof UnknownCommit) {
		policy.onDefect(cause, requestId);
		return make(
			'The database was lost meanwhile. Whether it was stored is not known: look whether it is there; ' +
				'a message with a clientMessageId may be sent again.',
			'INTERNAL',
		);
	}
	if (STORE_FAULTS.some((fault) => cause instanceof fault)) {
		policy.onDefect(cause, requestId);
		const busy = new ServiceBusyError();
		return make(busy.message, 'SERVICE_BUSY', detailsOf(busy));
	}
	if (located !== undefined && cause === undefined) {
		const message = policy.suggestions
			? located.message
			: located.message.replace(/ ?Did you mean .*\?$/s, '');
		// A compiled executor's errors may have none.
		const { code } = located.extensions ?? {};
		return make(message, isPublicCode(code) ? code : 'BAD_USER_INPUT');
	}
	policy.onDefect(cause ?? error, requestId);
	return make('Something went wrong on our side. It was logged under this request id.', 'INTERNAL');
}

/** What a program needs beside the code. */
function detailsOf(error: DomainError): object {
	if (error instanceof InvalidInputError) return { field: error.field };
	if (error instanceof RateLimitedError || error instanceof ServiceBusyError)
		return { retryAfter: error.retryAfter };
	return {};
}

/** Makes the errors of every result fit to be shown, with the request's id. */
export function usePublicErrors(policy: ErrorPolicy): Plugin {
	const show = (result: unknown, context: unknown): ExecutionResult | undefined => {
		const { errors } = result as ExecutionResult;
		if (errors === undefined) return undefined;
		const { requestId } = context as GraphQLContext;
		return {
			...(result as ExecutionResult),
			errors: errors.map((error) => toPublicError(error, policy, requestId)),
		};
	};
	return {
		onExecute: () => ({
			onExecuteDone: ({ args, result, setResult }) => {
				const shown = show(result, args.contextValue);
				if (shown) setResult(shown);
			},
		}),
		onSubscribe: ({ args }) => ({
			onSubscribeResult: ({ result, setResult }) => {
				const shown = isAsyncIterable(result) ? undefined : show(result, args.contextValue);
				if (shown) setResult(shown);
				return {
					onNext: (next) => {
						const shownNext = show(next.result, args.contextValue);
						if (shownNext) next.setResult(shownNext);
					},
				};
			},
			onSubscribeError: ({ error, setError }) =>
				setError(toPublicError(error, policy, (args.contextValue as unknown as GraphQLContext).requestId)),
		}),
	};
}

/** The error behind the ones that executors wrap around it; undefined for one that an executor or a rule made itself. */
function rootCause(error: unknown): unknown {
	let cause = error;
	while (isGraphQLError(cause)) {
		if (cause.originalError == null) return undefined;
		cause = cause.originalError;
	}
	return cause;
}

/** Compiled executors have an error class of their own. */
function isGraphQLError(error: unknown): error is GraphQLError {
	return error instanceof GraphQLError || (error instanceof Error && error.name === 'GraphQLError');
}
