import type { ProviderOutcome } from '../provider.ts';
import type { HttpEnd } from './http-exchange.ts';
import { parseRetryAfter } from './retry-after.ts';

type HttpAnswer = Extract<HttpEnd, { kind: 'answered' }>;

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

/** Undefined: it is none. */
export function parseJson(text: string): unknown {
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
