export type OptOutKeyword = 'stop' | 'start' | 'help';

/** What US carriers and CTIA's Messaging Principles ask to be obeyed. */
const KEYWORDS: ReadonlyMap<string, OptOutKeyword> = new Map([
	['STOP', 'stop'],
	['STOPALL', 'stop'],
	['UNSUBSCRIBE', 'stop'],
	['CANCEL', 'stop'],
	['END', 'stop'],
	['QUIT', 'stop'],
	['REVOKE', 'stop'],
	['OPTOUT', 'stop'],
	['START', 'start'],
	['UNSTOP', 'start'],
	['HELP', 'help'],
]);

/** Longer than any keyword with what may stand around it. */
const MAX_CHARACTERS = 40;

/**
 * What an SMS asks for that is nothing but a keyword. Case, blanks around it, full stops and exclamation marks after it
 * do not matter, and neither does a keyboard that puts no dot on its i, or one on its I.
 */
export function readOptOutKeyword(body: string): OptOutKeyword | undefined {
	const text = body.trim();
	if (text.length > MAX_CHARACTERS) return undefined;
	const word = text
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.toUpperCase()
		.replace(/[\s.!]+$/, '');
	return KEYWORDS.get(word);
}
