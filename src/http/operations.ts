import {
	type DocumentNode,
	type ExecutionArgs,
	type ExecutionResult,
	GraphQLError,
	type GraphQLSchema,
	getOperationAST,
	type OperationDefinitionNode,
} from 'graphql';
import type { Plugin, YogaServerInstance } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { GraphQLContext } from '../../schema/context.ts';
import { publicError } from './public-errors.ts';
import { withPlainSubscriptions } from './subscription-root.ts';

/** An operation as a client sends it, over whatever transport. */
export interface OperationRequest {
	readonly query: string;
	readonly operationName?: string | undefined;
	readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** An operation that was parsed and validated, once for all who send the same text. */
export interface Operation {
	readonly text: string;
	readonly document: DocumentNode;
	readonly definition: OperationDefinitionNode;
	readonly operationName: string | undefined;
}

export type Prepared = { readonly operation: Operation } | { readonly errors: readonly GraphQLError[] };

type Parsed =
	| { readonly text: string; readonly document: DocumentNode }
	| { readonly errors: readonly GraphQLError[] };

const MAX_DOCUMENTS = 1_000;
/** Of all together. A character takes up to 250 bytes: every other one may be a token and a node of the tree. */
const MAX_DOCUMENT_CHARACTERS = 512 * 1024;

/**
 * The way of every operation that is not left to yoga's own handler: parsed and validated by its plugins (once for each
 * text), executed through its plugins (limits, masking, logging, metrics), whether it came as plain JSON or by WebSocket.
 */
export class Operations {
	readonly #yoga: YogaServerInstance<object, object>;
	readonly #schema: GraphQLSchema;
	readonly #toPublic: (error: unknown, requestId: string) => GraphQLError;
	readonly #documents = new LRUCache<string, Parsed>({
		max: MAX_DOCUMENTS,
		maxSize: MAX_DOCUMENT_CHARACTERS,
		sizeCalculation: (_parsed, text) => text.length + 1,
	});

	constructor(
		yoga: YogaServerInstance<object, object>,
		schema: GraphQLSchema,
		toPublic: (error: unknown, requestId: string) => GraphQLError,
	) {
		this.#yoga = yoga;
		this.#schema = schema;
		this.#toPublic = toPublic;
	}

	/** Never throws: what is wrong with the text is in `errors`, for the caller to make public with its request's id. */
	prepare({ query, operationName }: OperationRequest): Prepared {
		const parsed = this.#documents.get(query) ?? this.#parse(query);
		if ('errors' in parsed) return parsed;
		const definition = getOperationAST(parsed.document, operationName);
		if (definition == null)
			return { errors: [publicError('BAD_USER_INPUT', 'Name one operation of the document.')] };
		return { operation: { text: parsed.text, document: parsed.document, definition, operationName } };
	}

	/** A query or mutation. The result's errors are fit to be shown; it never throws. */
	execute(operation: Operation, args: RunArgs): ExecutionResult | Promise<ExecutionResult> {
		const { execute } = this.#yoga.getEnveloped(args.context as never);
		const refuse = (error: unknown) => ({ errors: [this.#toPublic(error, args.context.requestId)] });
		try {
			const result = execute(this.#executionArgs(operation, args)) as
				| ExecutionResult
				| Promise<ExecutionResult>;
			return result instanceof Promise ? result.catch(refuse) : result;
		} catch (error) {
			return refuse(error);
		}
	}

	/** A subscription by its resolvers, unless `own` takes it: all plugins hold before. Never rejects. */
	async subscribe(
		operation: Operation,
		args: RunArgs,
		own?: OwnSubscribe,
	): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
		const { subscribe } = this.#yoga.getEnveloped(args.context as never);
		const withOwn: OwnArgs = { ...this.#executionArgs(operation, args), own };
		try {
			return await subscribe(withOwn);
		} catch (error) {
			return { errors: [this.#toPublic(error, args.context.requestId)] };
		}
	}

	#executionArgs(operation: Operation, { variables, context }: RunArgs): ExecutionArgs {
		return {
			schema: this.#schema,
			document: operation.document,
			operationName: operation.operationName,
			variableValues: variables as Record<string, unknown>,
			contextValue: context,
		};
	}

	#parse(query: string): Parsed {
		const parsed = this.#parseAnew(query);
		this.#documents.set(query, parsed);
		return parsed;
	}

	#parseAnew(query: string): Parsed {
		const { parse, validate } = this.#yoga.getEnveloped({} as never);
		try {
			const document = parse(query) as DocumentNode;
			const errors = validate(this.#schema, document) as readonly GraphQLError[];
			return errors.length > 0 ? { errors } : { text: query, document: withPlainSubscriptions(document) };
		} catch (error) {
			return { errors: [asGraphQLError(error)] };
		}
	}
}

/** A defect stays what it is, wrapped. */
function asGraphQLError(error: unknown): GraphQLError {
	if (error instanceof GraphQLError) return error;
	const originalError = error instanceof Error ? error : new Error(String(error));
	return new GraphQLError(originalError.message, { originalError });
}

/** Subscribes in the place of the resolvers; undefined leaves it to them. */
export type OwnSubscribe = () => Promise<ExecutionResult | undefined>;

type OwnArgs = ExecutionArgs & { readonly own: OwnSubscribe | undefined };

/** Belongs to `Operations.subscribe`. */
export const useOwnSubscribe: Plugin = {
	onSubscribe: ({ args, subscribeFn, setSubscribeFn }) => {
		const { own } = args as unknown as OwnArgs;
		if (own) setSubscribeFn(async () => (await own()) ?? subscribeFn(args));
	},
};

export interface RunArgs {
	readonly variables: Readonly<Record<string, unknown>> | undefined;
	readonly context: GraphQLContext;
}

/** What a transport read, as an operation; or what is wrong with it. */
export function toOperationRequest(body: unknown): OperationRequest | GraphQLError {
	if (typeof body !== 'object' || body === null || Array.isArray(body))
		return publicError('BAD_USER_INPUT', 'Send one operation, as a JSON object: batches are not taken.');
	const { query, operationName, variables } = body as Record<string, unknown>;
	if (typeof query !== 'string' || query === '')
		return publicError('BAD_USER_INPUT', 'query must be a string.');
	if (operationName != null && typeof operationName !== 'string')
		return publicError('BAD_USER_INPUT', 'operationName must be a string.');
	if (variables != null && (typeof variables !== 'object' || Array.isArray(variables)))
		return publicError('BAD_USER_INPUT', 'variables must be an object.');
	return {
		query,
		operationName: operationName || undefined,
		variables: (variables ?? undefined) as Readonly<Record<string, unknown>> | undefined,
	};
}
