import { z } from 'zod';
import { LIMITS } from '../conversations/limits.ts';

/*
 * Fields of what comes as JSON from outside: requests to send, and providers' webhooks. The messages follow the field's
 * name.
 */

export const text = z.string('must be a text');

/** sms, mms or email, in any case. */
export const channel = z
	.string('must be sms, mms or email')
	.toUpperCase()
	.pipe(z.enum(['SMS', 'MMS', 'EMAIL'], 'must be sms, mms or email'));

/** RFC 3339; what is finer than a millisecond is cut off. */
export const instant = z.iso
	.datetime({ offset: true, error: 'must be a date and time such as 2025-05-21T18:00:00Z' })
	.transform((written) => new Date(written));

const NO_CONTROLS = /^\P{Cc}*$/u;

/** A provider's id of a message: a text, or a number. */
export const providerId = z
	.union([z.string(), z.number()], 'must be a text or a number')
	.transform(String)
	.pipe(
		z
			.string()
			.min(1, 'must not be empty')
			.max(LIMITS.providerIdCharacters, `must have at most ${LIMITS.providerIdCharacters} characters`)
			.regex(NO_CONTROLS, 'must not contain control characters')
			.refine((id) => id.isWellFormed(), 'must be well-formed Unicode'),
	);

/** As it is stored. */
export const mediaType = z.string().min(1).max(255).regex(NO_CONTROLS);
