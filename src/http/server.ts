import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from '../health.ts';
import type { LogBuffer } from '../observability/log-buffer.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { type GraphQLHandlerDeps, handleGraphQL } from './graphql-over-http.ts';
import { handleHealth } from './health.ts';
import { handleLogs } from './logs.ts';
import { handleMetrics } from './metrics.ts';
import type { Origins } from './origins.ts';
import { requestIdOf } from './request-id.ts';
import { sendError, sendText } from './respond.ts';
import { handleSendOverHttp, type SendOverHttpDeps } from './send-over-http.ts';
import type { WebhookDeps } from './webhook.ts';
import { handleWebhook } from './webhooks.ts';
import { serveWebSockets, type WebSocketDeps } from './websocket.ts';

export interface HttpServerDeps {
	readonly graphql: GraphQLHandlerDeps;
	readonly webSockets: WebSocketDeps;
	readonly sendOverHttp: SendOverHttpDeps;
	readonly webhooks: WebhookDeps;
	readonly origins: Origins;
	readonly health: Health;
	readonly metrics: Metrics;
	readonly metricsToken: string | undefined;
	readonly logBuffer: LogBuffer;
	readonly logger: Logger;
	readonly version: string;
}

export interface HttpServer {
	/** Answers with the port. @throws what the operating system says, such as EADDRINUSE. */
	listen(port: number, host: string): Promise<number>;
	/** Takes no new connections. Until then probes and clients that come anew are answered, with what a stopping service says. */
	refuse(): void;
	/** Closes the WebSockets with 1001: their clients connect elsewhere and resume. */
	closeSockets(): Promise<void>;
	/** Lets answers under way go out, then closes what is left. */
	close(): Promise<void>;
}

const MAX_HEADER_BYTES = 32 * 1024;

/** Connections that wait to be taken; the system may allow fewer. All followers come at once after a restart. */
const BACKLOG = 4_096;

/** Everything that the service says on its one port. */
export function createHttpServer(deps: HttpServerDeps): HttpServer {
	const stopping = new AbortController();
	const server = createServer(
		{
			maxHeaderSize: MAX_HEADER_BYTES,
			keepAliveTimeout: 65_000,
			requestTimeout: 60_000,
			// Any other upgrade is an offer, which need not be taken (RFC 9110, 7.8): some clients offer HTTP/2 each time.
			shouldUpgradeCallback: ({ headers }) => /\bwebsocket\b/i.test(headers.upgrade ?? ''),
		},
		(req, res) => {
			const requestId = requestIdOf(req);
			res.setHeader('x-request-id', requestId);
			route(req, res, requestId, deps, stopping.signal).catch((err: unknown) => {
				deps.logger.error({ err, requestId }, 'a request failed');
				if (res.headersSent) res.destroy();
				else sendError(res, 500, 'INTERNAL', 'Something went wrong on our side.');
			});
		},
	);
	const sockets = serveWebSockets(server, deps.webSockets);
	return {
		listen: (port, host) =>
			listen(server, port, host, (err) => deps.logger.error({ err }, 'the port has a fault')),
		refuse: () => {
			server.close();
		},
		closeSockets: () => sockets.close(),
		close: async () => {
			stopping.abort();
			server.closeIdleConnections();
			await Promise.race([
				new Promise<void>((resolve) => server.close(() => resolve())),
				new Promise((resolve) => setTimeout(resolve, 1_000).unref()),
			]);
			server.closeAllConnections();
		},
	};
}

async function route(
	req: IncomingMessage,
	res: ServerResponse,
	requestId: string,
	deps: HttpServerDeps,
	signal: AbortSignal,
): Promise<void> {
	const path = (req.url ?? '/').split('?', 1)[0] ?? '/';
	// Before the headers for pages of other origins: providers are no browsers.
	if (path.startsWith('/webhooks/')) return handleWebhook(req, res, requestId, path, deps.webhooks);
	deps.origins.setHeaders(req, res);
	if (req.method === 'OPTIONS') return deps.origins.answerPreflight(req, res);
	if (path === '/graphql') return handleGraphQL(req, res, requestId, deps.graphql);
	if (path === '/messages/send') return handleSendOverHttp(req, res, requestId, deps.sendOverHttp);
	if (path === '/health' || path.startsWith('/health/')) return handleHealth(req, res, deps);
	if (path === '/metrics')
		return handleMetrics(req, res, {
			metrics: deps.metrics,
			...(deps.metricsToken !== undefined && { token: deps.metricsToken }),
		});
	if (path === '/logs' || path.startsWith('/logs/'))
		return handleLogs(req, res, {
			buffer: deps.logBuffer,
			logger: deps.logger,
			authenticate: (request) => deps.graphql.authentication.ofRequest(request),
			signal,
		});
	if (path === '/') return sendText(res, 302, '', { location: '/graphql', 'content-type': 'text/plain' });
	sendError(res, 404, 'NOT_FOUND', 'There is nothing here. The API is at /graphql.');
}

/** `onError` hears what befalls the open port later, such as a connection that could not be accepted. */
function listen(
	server: Server,
	port: number,
	host: string,
	onError: (error: Error) => void,
): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen({ port, host, backlog: BACKLOG }, () => {
			server.off('error', reject);
			server.on('error', onError);
			resolve((server.address() as AddressInfo).port);
		});
	});
}
