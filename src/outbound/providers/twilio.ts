import type { Provider, ProviderOutcome, ProviderRequest } from '../provider.ts';
import { publicAddress } from '../public-address.ts';
import { createHttpClient } from './http-client.ts';
import type { HttpEnd } from './http-exchange.ts';
import { acceptance, refusalOf, retryLater, withoutAnswer } from './http-outcomes.ts';

export interface TwilioProviderOptions {
	readonly accountSid: string;
	readonly authToken: string;
	readonly apiUrl: URL;
	/** Without it Twilio tells nothing of what becomes of a message. */
	readonly publicUrl: URL | undefined;
	readonly timeoutMs: number;
	readonly maxInFlight: number;
}

/** Twilio's Programmable Messaging: its Message resource is created by a form. */
export function createTwilioProvider(options: TwilioProviderOptions): Provider {
	const { accountSid, authToken, apiUrl, publicUrl, timeoutMs, maxInFlight } = options;
	const client = createHttpClient({
		origin: apiUrl.origin,
		login: { user: accountSid, password: authToken },
		timeoutMs,
		connections: maxInFlight,
	});
	const path = `${apiUrl.pathname.replace(/\/$/, '')}/2010-04-01/Accounts/${accountSid}/Messages.json`;
	const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
	return {
		name: 'twilio',
		channels: ['SMS', 'MMS'],
		// It takes no key.
		isIdempotent: false,
		send: async (request) => outcomeOf(await client.post(path, headers, formOf(request, publicUrl))),
		close: () => client.close(),
	};
}

function formOf({ id, from, to, body, attachments }: ProviderRequest, publicUrl: URL | undefined): string {
	const form = new URLSearchParams({ From: from, To: to, Body: body });
	for (const url of attachments) form.append('MediaUrl', url);
	if (publicUrl !== undefined)
		form.append(
			'StatusCallback',
			publicAddress(publicUrl, `/webhooks/twilio/status?message=${encodeURIComponent(id)}`),
		);
	return form.toString();
}

/**
 * As Twilio's documents have it: what got a 429 was never processed, a 503 may be tried again (error 20503), and after a
 * 500 the message may have been sent all the same (error 20500).
 */
function outcomeOf(end: HttpEnd): ProviderOutcome {
	if (end.kind !== 'answered') return withoutAnswer(end);
	const httpStatus = end.status;
	if (httpStatus < 300) return acceptance(end, 'sid');
	const error = refusalOf('Twilio', end, ['code', 'message']);
	if (httpStatus === 429 || httpStatus === 503) return retryLater(end, error);
	// HTTP's own 'not now' (408, 425) is nothing that Twilio speaks of.
	if (httpStatus < 500 && httpStatus !== 408 && httpStatus !== 425)
		return { kind: 'rejected', httpStatus, error };
	return { kind: 'unknown', httpStatus, error, isProviderFault: httpStatus >= 500 };
}
