import type { OutsideChannel } from '../../conversations/outside.ts';
import type { Provider, ProviderOutcome, ProviderRequest } from '../provider.ts';
import { createHttpClient } from './http-client.ts';
import type { HttpEnd } from './http-exchange.ts';
import { acceptance, refusalOf, retryLater, withoutAnswer } from './http-outcomes.ts';

export interface WebhookProviderOptions {
	readonly name: string;
	readonly channels: readonly OutsideChannel[];
	/** A user and a password in it sign in by Basic. */
	readonly url: URL;
	readonly isIdempotent: boolean;
	readonly timeoutMs: number;
	readonly maxInFlight: number;
}

/** Whoever serves the generic wire: JSON by POST, see docs/providers.md. */
export function createWebhookProvider(options: WebhookProviderOptions): Provider {
	const { name, channels, url, isIdempotent, timeoutMs } = options;
	const login = { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
	const client = createHttpClient({
		origin: url.origin,
		login: login.user === '' && login.password === '' ? undefined : login,
		timeoutMs,
		connections: options.maxInFlight,
	});
	const path = `${url.pathname}${url.search}`;
	return {
		name,
		channels,
		isIdempotent,
		send: async (request) => {
			const headers = {
				'content-type': 'application/json',
				accept: 'application/json',
				'idempotency-key': request.id,
			};
			return outcomeOf(await client.post(path, headers, bodyOf(request)));
		},
		close: () => client.close(),
	};
}

function bodyOf({ id, from, to, channel, body, attachments, timestamp }: ProviderRequest): string {
	return JSON.stringify({ id, from, to, type: channel.toLowerCase(), body, attachments, timestamp });
}

/** These say 'not accepted'. */
const RETRIED = new Set([408, 425, 429, 500, 503]);
/** These ask that the same be sent elsewhere: nobody took it here. Others (303) may follow what was carried out. */
const MOVED = new Set([301, 307, 308]);

function outcomeOf(end: HttpEnd): ProviderOutcome {
	if (end.kind !== 'answered') return withoutAnswer(end);
	const httpStatus = end.status;
	if (httpStatus < 300) return acceptance(end, 'id');
	const error = refusalOf('The provider', end, ['error']);
	if (RETRIED.has(httpStatus)) return retryLater(end, error);
	if (MOVED.has(httpStatus) || (httpStatus >= 400 && httpStatus < 500))
		return { kind: 'rejected', httpStatus, error };
	// A gateway's 502 or 504, or another fault of the server, may come after the message went through.
	return { kind: 'unknown', httpStatus, error, isProviderFault: httpStatus >= 500 };
}
