import type { GraphQLContext } from '../schema/context.ts';
import { schema } from '../schema/index.ts';
import type { Config } from './config.ts';
import type { Domain } from './conversations/domain.ts';
import { RequestReader } from './conversations/request-reader.ts';
import type { Health } from './health.ts';
import { Authentication } from './http/authentication.ts';
import { Cohorts } from './http/cohorts.ts';
import { EventFollowing } from './http/event-following.ts';
import type { GraphiQLPage } from './http/graphiql.ts';
import { createGraphQL } from './http/graphql.ts';
import { Origins } from './http/origins.ts';
import { toPublicError } from './http/public-errors.ts';
import { createHttpServer, type HttpServer } from './http/server.ts';
import { SseFollowing } from './http/sse-following.ts';
import type { WebhookDeps } from './http/webhook.ts';
import { Limits } from './identity/limits.ts';
import { createTokenVerifier, type TokenSettings } from './identity/tokens.ts';
import type { Viewer } from './identity/viewer.ts';
import type { Live } from './live/live.ts';
import type { Delivery } from './live/ring.ts';
import type { LogBuffer } from './observability/log-buffer.ts';
import type { Logger } from './observability/logger.ts';
import type { Metrics } from './observability/metrics.ts';
import type { Outbound } from './outbound/outbound.ts';
import type { Store } from './store/database.ts';
import { VERSION } from './version.ts';

export type CreateContext = (
	viewer: Viewer,
	requestId: string,
	turns: GraphQLContext['turns'],
) => GraphQLContext;

/** For what only reads. */
const NO_TURNS: GraphQLContext['turns'] = { next: () => 0 };

export interface ServerParts {
	readonly config: Config;
	readonly store: Store;
	readonly tokens: TokenSettings;
	readonly domain: Domain;
	readonly live: Live;
	readonly outbound: Outbound;
	/** What the generic provider's webhooks are signed with; undefined: none are taken. */
	readonly webhookSecret: string | undefined;
	readonly metrics: Metrics;
	readonly logger: Logger;
	readonly logBuffer: LogBuffer;
	readonly health: Health;
	readonly createContext: CreateContext;
	/** For the page for people. */
	readonly pageTokens: GraphiQLPage['tokens'];
}

/** The one server of all transports, which share the pipeline of operations, the cohorts and the limits. */
export function wireServer(parts: ServerParts): HttpServer {
	const { config, store, domain, live, metrics, logger, createContext } = parts;
	const authentication = new Authentication(
		createTokenVerifier(parts.tokens, {
			onKeySetError: (err) => logger.warn({ err }, 'the key set could not be renewed'),
		}),
		store.users,
	);
	const graphql = createGraphQL({
		schema,
		config: config.graphql,
		logger,
		metrics,
		graphiql: config.graphql.graphiql ? { tokens: parts.pageTokens } : undefined,
	});
	const { errorPolicy, operations, executor } = graphql;
	const cohorts = new Cohorts({
		schema,
		execute: ({ document, operationName }, { variables, context, rootValue }) => {
			const args = { schema, document, operationName, rootValue, contextValue: context };
			const result = executor({ ...args, variableValues: variables as Record<string, unknown> });
			const show = (done: typeof result & object) =>
				'errors' in done && done.errors
					? {
							...done,
							errors: done.errors.map((error) => toPublicError(error, errorPolicy, context.requestId)),
						}
					: done;
			return 'then' in result ? result.then(show) : show(result);
		},
		createContext: (viewer, delivery) => followerContext(createContext, domain, viewer, delivery),
		onRendered: () => metrics.eventExecuted(),
	});
	const limits = new Limits({ ...config.limits, onRefused: (limit) => metrics.limited(limit) });
	const origins = new Origins(config.http.allowedOrigins, config.http.trustProxy);
	const rest = {
		outbound: parts.outbound,
		errorPolicy,
		logger,
		metrics,
		maxBodyBytes: config.http.maxBodyBytes,
	};
	const following = {
		live,
		cohorts,
		metrics,
		errorPolicy,
		maxBufferedBytes: config.sockets.slowReaderMaxBytes,
	};
	return createHttpServer({
		graphql: {
			graphql,
			authentication,
			limits,
			metrics,
			following: new SseFollowing({
				...following,
				operations,
				slowReaderMaxMs: config.sockets.slowReaderMaxMs,
			}),
			maxBodyBytes: config.http.maxBodyBytes,
			slowReaderMaxMs: config.sockets.slowReaderMaxMs,
			hasGraphiQL: config.graphql.graphiql,
			createContext,
		},
		webSockets: {
			schema,
			config: config.sockets,
			origins,
			authentication,
			limits,
			operations,
			following: new EventFollowing(following),
			errorPolicy,
			createContext,
			logger,
			metrics,
		},
		sendOverHttp: { ...rest, authentication, limits, origins },
		webhooks: { ...rest, secret: parts.webhookSecret, twilio: twilioKeys(config.outbound) },
		origins,
		health: parts.health,
		metrics,
		metricsToken: config.http.metricsToken,
		logBuffer: parts.logBuffer,
		logger,
		version: VERSION,
	});
}

/** Twilio signs the address that it calls, too. */
function twilioKeys({ twilio, publicUrl }: Config['outbound']): WebhookDeps['twilio'] {
	if (twilio === undefined || publicUrl === undefined) return undefined;
	return { authToken: twilio.authToken, publicUrl };
}

/** A context to make an event ready in: it knows what the event brings, and its access is decided by the follower. */
function followerContext(
	createContext: CreateContext,
	domain: Domain,
	viewer: Viewer,
	{ event }: Delivery,
): GraphQLContext {
	const reader = new RequestReader(domain, viewer, event.conversationId);
	if (event.type !== 'HistoryReset')
		reader.remember({ conversation: event.conversation, users: event.users });
	return { ...createContext(viewer, 'live', NO_TURNS), reader };
}
