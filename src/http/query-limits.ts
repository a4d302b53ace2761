import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens';
import {
	type DocumentNode,
	type ExecutionArgs,
	type GraphQLError,
	type GraphQLField,
	getOperationAST,
	NoSchemaIntrospectionCustomRule,
} from 'graphql';
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

/** A field costs 1 and what it selects, that as often as there can be rows of it. */
const estimate: ComplexityEstimator = ({ field, args, childComplexity }) =>
	1 + childComplexity * rowsOf(field, args);

/** A connection has the rows that are asked for, `nodes` one for each id, another list what its field is marked with. */
function rowsOf(field: GraphQLField<unknown, unknown>, args: Readonly<Record<string, unknown>>): number {
	const marked: unknown = field.extensions['rows'];
	if (typeof marked === 'number') return marked;
	const takes = (name: string) => field.args.some((argument) => argument.name === name);
	let rows: unknown = 1;
	if (takes('first')) rows = args['first'] ?? args['last'] ?? LIMITS.defaultPageSize;
	else if (takes('ids')) rows = Array.isArray(args['ids']) ? args['ids'].length : 1;
	return Math.min(LIMITS.pageSize, Math.max(1, Number(rows) || 1));
}

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
		const key = `${operationName ?? ''} ${costKey(document, operationName, variableValues)}`;
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

/**
 * What can change the cost: of the variables that the operation declares, the numbers, the flags of directives, the
 * lengths of lists, and whether one is absent (then its default counts) or null.
 */
function costKey(
	document: DocumentNode,
	operationName: string | null | undefined,
	variables: ExecutionArgs['variableValues'],
): string {
	const declared = getOperationAST(document, operationName)?.variableDefinitions ?? [];
	return declared.map(({ variable }) => costOfValue(variables?.[variable.name.value])).join(' ');
}

function costOfValue(value: unknown): string {
	if (Array.isArray(value)) return `list of ${value.length}`;
	return typeof value === 'number' || typeof value === 'boolean' || value === null
		? `${value}`
		: typeof value;
}
