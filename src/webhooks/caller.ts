import { Agent } from 'undici';
import { InvalidInputError } from '../conversations/errors.ts';
import type { ProviderOutcome } from '../outbound/provider.ts';
import { HttpExchange } from '../outbound/providers/http-exchange.ts';
import { withoutAnswer } from '../outbound/providers/http-outcomes.ts';
import { parseRetryAfter } from '../outbound/providers/retry-after.ts';
import type { UrlGuard } from '../outbound/url-guard.ts';
import { VERSION } from '../version.ts';
import { type Secrets, signatureHeaders } from './secrets.ts';

export interface CallerOptions {
	readonly guard: UrlGuard;
	/** Of a request, from its connection to its answer's last byte. */
	readonly timeoutMs: number;
}

export interface Call {
	readonly url: string;
	readonly secrets: Secrets;
	/** The same over all attempts. */
	readonly id: string;
	readonly payload: string;
}

/** An idle connection is left before most servers close it, and kept where it leads now: a name may lead elsewhere later. */
const IDLE_MS = 4_000;
const GONE = 410;

/** Posts payloads to the receivers of webhooks. */
export class WebhookCaller {
	readonly #options: CallerOptions;
	readonly #agent: Agent;

	constructor(options: CallerOptions) {
		this.#options = options;
		this.#agent = new Agent({
			connect: { lookup: options.guard.guardedLookup, timeout: options.timeoutMs },
			keepAliveTimeout: IDLE_MS,
			keepAliveMaxTimeout: IDLE_MS,
			// The exchange has a clock of its own.
			headersTimeout: 0,
			bodyTimeout: 0,
		});
	}

	/** Follows no redirect. Never rejects for what the receiver or the network does. */
	async call({ url, secrets, id, payload }: Call): Promise<ProviderOutcome> {
		try {
			// The agent looks up names, and addresses not.
			await this.#options.guard.check('url', url);
		} catch (error) {
			if (!(error instanceof InvalidInputError)) throw error;
			return { kind: 'retry', error: error.message, isProviderFault: true };
		}
		const { origin, pathname, search } = new URL(url);
		const exchange = new HttpExchange(this.#options.timeoutMs);
		const headers = {
			'content-type': 'application/json',
			'user-agent': `pendo-message/${VERSION}`,
			...signatureHeaders(secrets, id, payload, new Date()),
		};
		const request = { origin, path: pathname + search, method: 'POST', headers, body: payload } as const;
		this.#agent.dispatch(request, exchange);
		const end = await exchange.end;
		return end.kind === 'answered' ? outcomeOf(end.status, end.headers['retry-after']) : withoutAnswer(end);
	}

	/** Ends the requests under way. */
	close(): Promise<void> {
		return this.#agent.destroy();
	}
}

/** 2xx is receipt, however the rest of the answer ends. Whatever else may be mended by the next attempt, save 410. */
function outcomeOf(httpStatus: number, retryAfter: string | undefined): ProviderOutcome {
	if (httpStatus >= 200 && httpStatus < 300) return { kind: 'accepted', httpStatus, providerMessageId: null };
	const error = `The receiver answered ${httpStatus}.`;
	if (httpStatus === GONE) return { kind: 'rejected', httpStatus, error };
	const retryAfterMs = parseRetryAfter(retryAfter, new Date());
	return {
		kind: 'retry',
		httpStatus,
		error,
		isProviderFault: httpStatus >= 500,
		...(retryAfterMs !== undefined && { retryAfterMs }),
	};
}
