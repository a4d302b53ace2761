import { Pool } from 'undici';
import { VERSION } from '../../version.ts';
import { type HttpEnd, HttpExchange } from './http-exchange.ts';

/** Posts to one server, over connections that it keeps. */
export interface HttpClient {
	/** Follows no redirect, sends nothing twice. Never rejects. */
	post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<HttpEnd>;
	/** Ends the requests under way. */
	close(): Promise<void>;
}

export interface HttpClientOptions {
	readonly origin: string;
	/** Signs in by Basic (RFC 7617). */
	readonly login: { readonly user: string; readonly password: string } | undefined;
	/** Of a request, from its connection to its answer's last byte. */
	readonly timeoutMs: number;
	/** At most; further requests wait within their time. */
	readonly connections: number;
}

/**
 * An idle connection is left before the other side is likely to close it (Node's servers do after 5 s): what is written
 * to a connection just as it is closed may or may not have arrived.
 */
const IDLE_MS = 4000;
/** Where the other side says how long it keeps them. */
const ANNOUNCED_IDLE_MS = 30_000;

export function createHttpClient({ origin, login, timeoutMs, connections }: HttpClientOptions): HttpClient {
	const pool = new Pool(origin, {
		connections,
		connect: { timeout: timeoutMs },
		keepAliveTimeout: IDLE_MS,
		keepAliveMaxTimeout: ANNOUNCED_IDLE_MS,
		// The exchange has a clock of its own.
		headersTimeout: 0,
		bodyTimeout: 0,
	});
	const common = {
		'user-agent': `pendo-message/${VERSION}`,
		...(login !== undefined && {
			authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`,
		}),
	};
	return {
		post: (path, headers, body) => {
			const exchange = new HttpExchange(timeoutMs);
			pool.dispatch({ method: 'POST', path, headers: { ...common, ...headers }, body }, exchange);
			return exchange.end;
		},
		close: () => pool.destroy(),
	};
}
