/** Apollo Server as its documentation starts it, with MikroORM; PEER_HISTORY=rows reads history as raw rows. */
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { ApolloArmor } from '@escape.tech/graphql-armor';
import { createApplication } from './support/application.ts';
import { createEvents } from './support/events.ts';
import { logRequest } from './support/log.ts';
import { type Context, createSchema } from './support/resolvers.ts';
import { LIMITS } from './support/settings.ts';

const { settings, orm, history, logger, viewer } = await createApplication();

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
	schema: createSchema(orm, history, createEvents()),
	introspection: false,
	...armor,
	// graphql-armor is typed against the CommonJS build of the same classes.
	plugins: [...(armor.plugins as unknown as ApolloServerPlugin<Context>[]), requestLog],
});
await startStandaloneServer(server, {
	listen: { port: settings.port, host: settings.host },
	context: async ({ req }) => ({ viewer: await viewer(req.headers.authorization) }),
});
