/** Apollo Server with subscriptions over graphql-ws beside it, as its documentation sets the two up. */
import { createServer } from 'node:http';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import { ApolloArmor } from '@escape.tech/graphql-armor';
import express from 'express';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { createApplication } from './support/application.ts';
import { createEvents } from './support/events.ts';
import { logRequest } from './support/log.ts';
import { type Context, createSchema } from './support/resolvers.ts';
import { LIMITS } from './support/settings.ts';

const { settings, orm, history, logger, viewer } = await createApplication();
const schema = createSchema(orm, history, createEvents());
const app = express();
const httpServer = createServer(app);
const sockets = new WebSocketServer({ server: httpServer, path: '/graphql' });

interface Parameters extends Record<string, unknown> {
	readonly authorization?: string;
}

const subscriptions = useServer<Parameters>(
	{
		schema,
		context: async ({ connectionParams }) => ({ viewer: await viewer(connectionParams?.authorization) }),
	},
	sockets,
);
const closeSubscriptions: ApolloServerPlugin<Context> = {
	serverWillStart: async () => ({ drainServer: async () => void (await subscriptions.dispose()) }),
};
const requestLog: ApolloServerPlugin<Context> = {
	async requestDidStart({ contextValue }) {
		const startedAt = performance.now();
		return {
			async willSendResponse({ operationName: operation, response }) {
				const status = response.http.status ?? 200;
				logRequest(logger, { operation, subject: contextValue.viewer.subject, startedAt, status });
			},
		};
	},
};
const armor = new ApolloArmor({
	maxDepth: { n: LIMITS.depth },
	maxAliases: { n: LIMITS.aliases },
	maxTokens: { n: LIMITS.tokens },
	costLimit: { maxCost: LIMITS.cost },
}).protect();
const server = new ApolloServer<Context>({
	schema,
	introspection: false,
	...armor,
	plugins: [
		// graphql-armor is typed against the CommonJS build of the same classes.
		...(armor.plugins as unknown as ApolloServerPlugin<Context>[]),
		requestLog,
		ApolloServerPluginDrainHttpServer({ httpServer }),
		closeSubscriptions,
	],
});
await server.start();
app.use(
	'/graphql',
	express.json({ limit: LIMITS.bodyBytes * 4 }),
	expressMiddleware(server, {
		context: async ({ req }) => ({ viewer: await viewer(req.headers.authorization) }),
	}),
);
httpServer.listen(settings.port, settings.host);
