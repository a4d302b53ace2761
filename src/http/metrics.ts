import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { bearerToken } from '../identity/bearer.ts';
import type { Metrics } from '../observability/metrics.ts';
import { methodAllowed, sendError, sendText } from './respond.ts';

export interface MetricsHandlerDeps {
	readonly metrics: Metrics;
	/** What others than loopback peers must send as a bearer token; undefined keeps them out. */
	readonly token?: string | undefined;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** A proxy on this machine makes every peer a loopback peer; these say that the request came from elsewhere. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const;

/**
 * GET /metrics in Prometheus' text format: open to peers on loopback that came without a proxy, to others by
 * `Authorization: Bearer <token>`; 401 without it or with another one, 403 when no token is set.
 */
export async function handleMetrics(
	req: IncomingMessage,
	res: ServerResponse,
	deps: MetricsHandlerDeps,
): Promise<void> {
	if (!methodAllowed(req, res, ['GET', 'HEAD'])) return;
	if (!isDirectLoopback(req) && !tokenAccepted(req, res, deps.token)) return;
	sendText(res, 200, await deps.metrics.text(), { 'content-type': deps.metrics.contentType });
}

function isDirectLoopback(req: IncomingMessage): boolean {
	return (
		isLoopbackAddress(req.socket.remoteAddress) &&
		PROXY_HEADERS.every((name) => req.headers[name] === undefined)
	);
}

/** 127.0.0.0/8, ::1, and the former mapped into IPv6 (::ffff:127.0.0.1). */
export function isLoopbackAddress(address: string | undefined): boolean {
	if (address === undefined) return false;
	if (isIPv4(address)) return loopback.check(address, 'ipv4');
	return isIPv6(address) && loopback.check(address, 'ipv6');
}

function tokenAccepted(req: IncomingMessage, res: ServerResponse, token: string | undefined): boolean {
	if (token === undefined) {
		sendError(res, 403, 'FORBIDDEN', 'Metrics are open on loopback only: METRICS_TOKEN is not set.');
		return false;
	}
	const given = bearerToken(req.headers.authorization);
	if (given !== undefined && equalInConstantTime(given, token)) return true;
	sendError(res, 401, 'UNAUTHENTICATED', 'The metrics token is required.', {
		'www-authenticate': 'Bearer realm="metrics"',
	});
	return false;
}

/** Digests have one length, so that neither the content nor the length of the token shows in the time taken. */
function equalInConstantTime(given: string, expected: string): boolean {
	return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
