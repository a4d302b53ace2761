/** Fastify and mercurius with its JIT, limits by its own options and graphql-armor's rules, its own subscriptions. */
import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import fastify, { LogController } from 'fastify';
import { mercurius, type PubSub } from 'mercurius';
import { createApplication } from './support/application.ts';
import { logRequest } from './support/log.ts';
import { type Context, createSchema } from './support/resolvers.ts';
import { LIMITS } from './support/settings.ts';
import type { Viewer } from './support/use-cases.ts';

const { settings, orm, history, logger, viewer } = await createApplication();

const app = fastify({
	loggerInstance: logger,
	logController: new LogController({ disableRequestLogging: true }),
});
const viewers = new WeakMap<object, Viewer>();
app.addHook('onResponse', async ({ raw, body }, reply) => {
	const operation = (body as { operationName?: string } | undefined)?.operationName;
	const startedAt = performance.now() - reply.elapsedTime;
	logRequest(logger, { operation, subject: viewers.get(raw)?.subject, startedAt, status: reply.statusCode });
});

const schema = createSchema(orm, history, {
	publish: (topic, payload) => app.graphql.pubsub.publish({ topic, payload: payload as object }),
	subscribe: (topic, context) => (context as Context & { pubsub: PubSub }).pubsub.subscribe(topic),
});

await app.register(mercurius, {
	schema,
	path: '/graphql',
	jit: 1,
	graphiql: false,
	queryDepth: LIMITS.depth,
	graphql: { parseOptions: { maxTokens: LIMITS.tokens } },
	validationRules: [maxAliasesRule({ n: LIMITS.aliases }), costLimitRule({ maxCost: LIMITS.cost })],
	context: async (request) => {
		const known = await viewer(request.headers.authorization);
		viewers.set(request.raw, known);
		return { viewer: known };
	},
	subscription: {
		fullWsTransport: true,
		onConnect: async ({ payload }: { payload: { authorization?: string } }) => ({
			viewer: await viewer(payload.authorization),
		}),
	},
});
await app.listen({ port: settings.port, host: settings.host });
