import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens';
import { type ExecutionArgs, type GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { GraphQLConfig } from '../config.ts';
import { LIMITS } from '../conversations/limits.ts';
import { publicError } from './public-errors.ts';

/** What an operation may cost, counted before any resolver runs. Each refusal carries TOO_COMPLEX. */
export function queryLimits(config: GraphQLConfig): Plugin[] {
	const onReject = [
		(_context: unknown, error: GraphQLError) => {
			Object.assign(error.extensions, { code: 'TOO_COMPLEX' });
		},
	];
	const options = { onReject, propagateOnRejection: true, exposeLimits: true };
	return [
		maxTokensPlugin({ n: config.maxTokens, ...options }),
		maxDepthPlugin({ n: config.maxDepth, ignoreIntrospection: true, ...options }),
		maxAliasesPlugin({ n: config.maxAliases, allowList: [], ...options }),
		costLimit(config.maxCost),
		...(config.introspection ? [] : [withoutIntrospection]),
	];
}

const withoutIntrospection: Plugin = {
	onValidate: ({ addValidationRule }) => addValidationRule(NoSchemaIntrospectionCustomRule),
};

/** A field costs 1 and what it selects; a connection as often as the rows that are asked for. */
const estimate: ComplexityEstimator = ({ field, args, childComplexity }) => {
	const isConnection = field.args.some((argument) => argument.name === 'first');
	if (!isConnection) return 1 + childComplexity;
	const rows: unknown = args['first'] ?? args['last'] ?? LIMITS.defaultPageSize;
	return 1 + childComplexity * Math.min(LIMITS.pageSize, Math.max(1, Number(rows) || 1));
};

/** The cost depends on the variables, so it is counted when they are known, and kept for the documents in use. */
function costLimit(maxCost: number): Plugin {
	const costs = new WeakMap<object, LRUCache<string, number>>();
	const check = ({
		schema,
		document,
		variableValues,
		operationName,
	}: ExecutionArgs): GraphQLError | undefined => {
		const known = costs.get(document) ?? new LRUCache<string, number>({ max: 100 });
		costs.set(document, known);
		const key = `${operationName ?? ''} ${pageSizes(variableValues)}`;
		let cost = known.get(key);
		if (cost === undefined) {
			cost = getComplexity({
				schema,
				query: document,
				variables: variableValues ?? {},
				...(operationName != null && { operationName }),
				estimators: [estimate],
			});
			known.set(key, cost);
		}
		if (cost <= maxCost) return undefined;
		return publicError(
			'TOO_COMPLEX',
			`The operation costs ${cost}, more than ${maxCost}. Ask for fewer rows or fields.`,
		);
	};
	return {
		onExecute: ({ args, setResultAndStopExecution }) => {
			const refusal = check(args);
			if (refusal) setResultAndStopExecution({ errors: [refusal] });
		},
		onSubscribe: ({ args, setResultAndStopExecution }) => {
			const refusal = check(args);
			if (refusal) setResultAndStopExecution({ errors: [refusal] });
		},
	};
}

/** The variables that can change the cost: numbers, and flags of directives. */
function pageSizes(variables: ExecutionArgs['variableValues']): string {
	let key = '';
	for (const name in variables) {
		const value = variables[name];
		if (typeof value === 'number' || typeof value === 'boolean') key += `${name}=${value};`;
	}
	return key;
}
