import { z } from 'zod';
import { flag, integer } from './values.ts';

/** What an operation may cost, and what a stranger may learn about the schema. */
export function graphqlModel(production: boolean) {
	return z.object({
		GRAPHIQL: flag(!production),
		INTROSPECTION: flag(!production),
		MAX_QUERY_DEPTH: integer(12, { min: 1, max: 100, unit: 'levels' }),
		MAX_QUERY_ALIASES: integer(30, { min: 1, max: 1000, unit: 'aliases' }),
		MAX_QUERY_TOKENS: integer(2000, { min: 10, max: 100_000, unit: 'tokens' }),
		MAX_QUERY_COST: integer(20_000, { min: 1, max: 10_000_000, unit: 'points' }),
	});
}

/** The same for those who read it: a depth in levels, a cost in the points of query-limits.ts. */
export function graphqlConfig(values: z.output<ReturnType<typeof graphqlModel>>) {
	return {
		graphiql: values.GRAPHIQL,
		introspection: values.INTROSPECTION,
		maxDepth: values.MAX_QUERY_DEPTH,
		maxAliases: values.MAX_QUERY_ALIASES,
		maxTokens: values.MAX_QUERY_TOKENS,
		maxCost: values.MAX_QUERY_COST,
	} as const;
}
