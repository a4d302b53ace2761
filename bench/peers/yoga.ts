/** graphql-yoga with MikroORM, and beside it graphql-ws for subscriptions, each as its documentation sets it up. */
import { createServer } from 'node:http';
import { EnvelopArmorPlugin } from '@escape.tech/graphql-armor';
import { useServer } from 'graphql-ws/use/ws';
import { createYoga, type Plugin, type YogaInitialContext } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { createApplication } from './support/application.ts';
import { createEvents } from './support/events.ts';
import { logRequest } from './support/log.ts';
import { type Context, createSchema } from './support/resolvers.ts';
import { LIMITS } from './support/settings.ts';

const { settings, orm, history, logger, viewer } = await createApplication();
const schema = createSchema(orm, history, createEvents());

/** One log line a request, from its first sight to its answer. */
function useRequestLog(): Plugin<YogaInitialContext & Context> {
	const seen = new WeakMap<Request, { startedAt: number; operation?: string; subject?: string }>();
	return {
		onRequest({ request }) {
			seen.set(request, { startedAt: performance.now() });
		},
		onExecute({ args: { contextValue, operationName } }) {
			const entry = seen.get(contextValue.request);
			if (entry) Object.assign(entry, { operation: operationName, subject: contextValue.viewer.subject });
		},
		onResponse({ request, response }) {
			const { startedAt = performance.now(), operation, subject } = seen.get(request) ?? {};
			logRequest(logger, { operation, subject, startedAt, status: response.status });
		},
	};
}

const yoga = createYoga<object, Context>({
	schema,
	graphiql: false,
	landingPage: false,
	multipart: false,
	cors: false,
	logging: false,
	context: async ({ request }) => ({
		viewer: await viewer(request.headers.get('authorization') ?? undefined),
	}),
	plugins: [
		EnvelopArmorPlugin({
			maxDepth: { n: LIMITS.depth },
			maxAliases: { n: LIMITS.aliases },
			maxTokens: { n: LIMITS.tokens },
			costLimit: { maxCost: LIMITS.cost },
		}),
		useRequestLog(),
	],
});

interface Parameters extends Record<string, unknown> {
	readonly authorization?: string;
}

const server = createServer(yoga);
const sockets = new WebSocketServer({ server, path: '/graphql' });
useServer<Parameters>(
	{
		schema,
		context: async ({ connectionParams }) => ({ viewer: await viewer(connectionParams?.authorization) }),
	},
	sockets,
);
server.listen(settings.port, settings.host);
