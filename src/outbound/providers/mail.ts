import type { ProviderRequest } from '../provider.ts';

/** An email's parts; the subject is one line. */
export interface Mail {
	/** With its angle brackets (RFC 5322, 3.6.4). */
	readonly messageId: string;
	readonly from: string;
	readonly to: string;
	readonly subject: string;
	readonly text: string;
	readonly date: Date;
}

/**
 * The same on every attempt. Attachments are listed as links: to fetch what somebody named would be to fetch for them,
 * from inside our network.
 */
export function mailOf({ id, from, to, body, attachments, timestamp }: ProviderRequest): Mail {
	return {
		messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
		from,
		to,
		subject: subjectOf(body),
		text: attachments.length === 0 ? body : `${body}\n\n${attachments.join('\n')}\n`,
		date: timestamp,
	};
}

/** RFC 5322, 2.1.1: what a line should not exceed. */
const SUBJECT_CHARACTERS = 78;
const NO_SUBJECT = '(no subject)';

/** The first line that has a text, without control characters. */
function subjectOf(body: string): string {
	const line = body
		.split(/[\r\n\v\f\u0085\u2028\u2029]+/)
		.map((text) => text.replace(/[\p{Cc}\s]+/gu, ' ').trim())
		.find((text) => text !== '');
	const characters = Array.from(line ?? NO_SUBJECT);
	if (characters.length <= SUBJECT_CHARACTERS) return characters.join('');
	return `${characters.slice(0, SUBJECT_CHARACTERS - 1).join('')}…`;
}
