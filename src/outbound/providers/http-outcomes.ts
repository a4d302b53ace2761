import type { ProviderOutcome } from '../provider.ts';
import { excerpt } from './excerpt.ts';
import type { HttpEnd } from './http-exchange.ts';
import { parseRetryAfter } from './retry-after.ts';

export type HttpAnswer = Extract<HttpEnd, { kind: 'answered' }>;

/** What an end without a status means, whoever was asked. */
export function withoutAnswer(end: Exclude<HttpEnd, HttpAnswer>): ProviderOutcome {
	return { kind: end.kind === 'unsent' ? 'retry' : 'unknown', error: end.error, isProviderFault: true };
}

/** An answer that says 'not accepted, another time perhaps'. */
export function retryLater({ status, headers }: HttpAnswer, error: string): ProviderOutcome {
	const retryAfterMs = parseRetryAfter(headers['retry-after'], new Date());
	return {
		kind: 'retry',
		httpStatus: status,
		error,
		isProviderFault: status >= 500,
		...(status === 429 && { pausesProvider: true }),
		...(retryAfterMs !== undefined && { retryAfterMs }),
	};
}

/** A 2xx whose body should be JSON with the provider's id of the message under `name`. Without one nobody can say. */
export function acceptance({ status, body }: HttpAnswer, name: string): ProviderOutcome {
	const unknown = (error: string, isProviderFault: boolean): ProviderOutcome => ({
		kind: 'unknown',
		httpStatus: status,
		error,
		isProviderFault,
	});
	if ('error' in body) return unknown(body.error, body.isCut);
	const id = readId(parseJson(body.text), name);
	if (id === undefined) return unknown(`The provider answered ${status} without an id.`, false);
	return { kind: 'accepted', httpStatus: status, providerMessageId: id };
}

/** `Twilio answered 400: 21211 …`: what the answer's JSON says of the reason, under these names. */
export function refusalOf(who: string, { status, body }: HttpAnswer, names: readonly string[]): string {
	const fault = 'text' in body ? parseJson(body.text) : undefined;
	const fields = new Map<string, unknown>(typeof fault === 'object' && fault ? Object.entries(fault) : []);
	const reason = names
		.map((name) => fields.get(name))
		.filter((value) => typeof value === 'string' || typeof value === 'number')
		.join(' ')
		.trim()
		.replace(/\.$/, '');
	return `${who} answered ${status}${reason === '' ? '' : `: ${excerpt(reason)}`}.`;
}

/** Undefined: it is none. */
function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const ID_CHARACTERS = 255;

/** Null: there is one, and it cannot be told exactly. */
function readId(answer: unknown, name: string): string | null | undefined {
	if (typeof answer !== 'object' || answer === null) return undefined;
	const id: unknown = Object.entries(answer).find(([key]) => key === name)?.[1];
	if (typeof id === 'number') return Number.isSafeInteger(id) ? String(id) : null;
	if (typeof id !== 'string' || id.trim() === '' || id.length > ID_CHARACTERS) return undefined;
	// Control characters and halves of characters: not every database stores them.
	return /[\p{Cc}\p{Cs}]/u.test(id) ? undefined : id;
}
