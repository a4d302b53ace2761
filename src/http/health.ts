import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Health } from '../health.ts';
import { methodAllowed, requestUrl, sendError, sendJson } from './respond.ts';

export interface HealthHandlerDeps {
	readonly health: Health;
	/** The service's version, shown in the report. */
	readonly version: string;
}

/**
 * GET and HEAD, open to all, never cached:
 * - /health: the report of all parts, with `uptimeSeconds` of the process and `version`; 503 when down;
 * - /health/live: 200 as long as the process answers;
 * - /health/ready: 503 while a required part is down or the service is stopping.
 */
export async function handleHealth(
	req: IncomingMessage,
	res: ServerResponse,
	deps: HealthHandlerDeps,
): Promise<void> {
	if (!methodAllowed(req, res, ['GET', 'HEAD'])) return;
	switch (requestUrl(req)?.pathname) {
		case '/health': {
			const report = await deps.health.report();
			const uptimeSeconds = Math.floor(process.uptime());
			sendJson(res, report.status === 'down' ? 503 : 200, {
				...report,
				uptimeSeconds,
				version: deps.version,
			});
			return;
		}
		case '/health/live':
			sendJson(res, 200, { status: 'ok' });
			return;
		case '/health/ready': {
			const ready = await deps.health.ready();
			sendJson(res, ready ? 200 : 503, { ready });
			return;
		}
		default:
			sendError(res, 404, 'NOT_FOUND', 'There is /health, /health/live and /health/ready.');
	}
}
