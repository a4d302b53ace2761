import type { GraphQLSchema } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { GraphQLConfig } from '../config.ts';
import { StoreAway } from '../conversations/store.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createCompiledExecutor, useExecutor } from './compiled-execution.ts';
import { useDisjointFields } from './disjoint-fields.ts';
import { useEventStreams } from './event-streams.ts';
import { type GraphiQLPage, renderGraphiQLPage } from './graphiql.ts';
import { useObservation } from './observation.ts';
import { Operations, useOwnSubscribe } from './operations.ts';
import { type ErrorPolicy, toPublicError, usePublicErrors } from './public-errors.ts';
import { queryLimits } from './query-limits.ts';
import { useSubscriptionRoot } from './subscription-root.ts';

export interface GraphQLOptions {
	readonly schema: GraphQLSchema;
	readonly config: GraphQLConfig;
	readonly logger: Logger;
	readonly metrics: Metrics;
	/** Undefined: no page. */
	readonly graphiql: GraphiQLPage | undefined;
}

export interface GraphQLServer {
	/** What is neither plain JSON by POST nor a WebSocket: GET, server-sent events, the page for people. */
	readonly yoga: YogaServerInstance<object, object>;
	readonly operations: Operations;
	readonly errorPolicy: ErrorPolicy;
	readonly executor: ReturnType<typeof createCompiledExecutor>;
}

/** The GraphQL engine: yoga with its plugins, and the pipeline that shares them. Transports are the callers' business. */
export function createGraphQL({ schema, config, logger, metrics, graphiql }: GraphQLOptions): GraphQLServer {
	const errorPolicy: ErrorPolicy = {
		suggestions: config.introspection,
		onDefect: (err, requestId) => {
			if (!(err instanceof StoreAway)) logger.error({ err, requestId }, 'an operation failed');
		},
		onShown: (code) => metrics.error(code),
	};
	const executor = createCompiledExecutor(schema);
	const yoga = createYoga<object, object>({
		schema,
		graphqlEndpoint: '/graphql',
		plugins: [
			usePublicErrors(errorPolicy),
			// Before the limits, which stop what is too costly: that is an answer, too.
			useObservation(logger, metrics),
			useDisjointFields(),
			useSubscriptionRoot,
			...queryLimits(config),
			useExecutor(executor),
			useOwnSubscribe,
			useEventStreams(errorPolicy, metrics),
		],
		// Yoga knows no request's id here: useEventStreams makes them public, whatever comes.
		maskedErrors: { maskError: (error) => error as Error },
		// The operations keep documents, by their size.
		parserAndValidationCache: false,
		logging: false,
		landingPage: false,
		batching: false,
		multipart: false,
		cors: false,
		...(graphiql === undefined
			? { graphiql: false }
			: { graphiql: {}, renderGraphiQL: () => renderGraphiQLPage(graphiql) }),
	});
	const operations = new Operations(yoga, schema, (error, requestId) =>
		toPublicError(error, errorPolicy, requestId),
	);
	return { yoga, operations, errorPolicy, executor };
}
