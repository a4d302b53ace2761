import {
	type DocumentNode,
	type ExecutionArgs,
	type ExecutionResult,
	execute,
	type GraphQLSchema,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Plugin } from 'graphql-yoga';

type Executor = (args: ExecutionArgs) => ExecutionResult | PromiseLike<ExecutionResult>;

interface Known {
	runs: number;
	/** Null: it cannot be compiled, or is not worth it yet. */
	compiled: CompiledQuery | null;
}

/** A document that came so often is compiled: compiling costs as much as some hundred executions of it save. */
const COMPILE_AT = 3;

/**
 * Executes operations, compiled by graphql-jit once their document has come a few times. The documents must be
 * kept by the caller: what is compiled lives as long as they do.
 */
export function createCompiledExecutor(schema: GraphQLSchema): Executor {
	const documents = new WeakMap<DocumentNode, Map<string, Known>>();
	return (args) => {
		const operations = documents.get(args.document) ?? new Map<string, Known>();
		documents.set(args.document, operations);
		const name = args.operationName ?? '';
		const known = operations.get(name) ?? { runs: 0, compiled: null };
		operations.set(name, known);
		known.runs++;
		if (known.runs === COMPILE_AT) known.compiled = compile(schema, args);
		if (known.compiled === null) return execute(args);
		return known.compiled.query(args.rootValue, args.contextValue, args.variableValues);
	};
}

function compile(schema: GraphQLSchema, { document, operationName }: ExecutionArgs): CompiledQuery | null {
	const compiled = compileQuery(schema, document, operationName ?? undefined, {
		disableLeafSerialization: true,
	});
	return isCompiledQuery(compiled) ? compiled : null;
}

/** Makes every query and mutation use the executor, over whatever transport it comes. */
export function useExecutor(executor: Executor): Plugin {
	return { onExecute: ({ setExecuteFn }) => setExecuteFn(executor) };
}
