import { type ExecutionResult, execute, parse } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { GraphQLContext } from '../../schema/context.ts';
import { schema } from '../../schema/index.ts';

/** Runs one query or mutation. */
type Run = (
	source: string,
	context: GraphQLContext,
	variables?: Record<string, unknown>,
) => Promise<ExecutionResult>;

const interpreted: Run = async (source, contextValue, variableValues = {}) =>
	execute({ schema, document: parse(source), contextValue, variableValues });

const compiled: Run = async (source, context, variables = {}) => {
	const query = compileQuery(schema, parse(source));
	if (!isCompiledQuery(query)) throw new Error(JSON.stringify(query));
	return query.query({}, context, variables);
};

/** The two that operations run on: both must give the same answers. */
export const EXECUTORS: [name: string, run: Run][] = [
	['interpreted', interpreted],
	['compiled', compiled],
];

/** As a client gets it: executors make objects without a prototype. */
export function asJson(value: unknown): unknown {
	return JSON.parse(JSON.stringify(value));
}

/** What a resolver threw. */
export function originalOf({ errors }: ExecutionResult): Error | undefined {
	return errors?.[0]?.originalError;
}
