import { domainToASCII } from 'node:url';
import { type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js';
import { InvalidInputError } from '../conversations/errors.ts';
import type { ChannelFamily, OutsideChannel } from '../conversations/outside.ts';

const PHONE_CHARACTERS = 32;
/** RFC 3696, erratum 1690, and RFC 5321, 4.5.3.1; characters are ASCII. */
const EMAIL_CHARACTERS = 320;
const LOCAL_CHARACTERS = 64;
const DOMAIN_CHARACTERS = 253;

/**
 * A dot-atom (RFC 5322, 3.2.3) and a domain, which may be international. Quoted local parts are refused: hardly anybody
 * has one, and they can hide anything.
 */
const EMAIL = /^([\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*)@([\p{L}\p{M}\p{N}.-]+)$/u;
/** RFC 1123, 2.1: labels; at least two of them, and the last is no number. */
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** SMS and MMS are one family: they have the same addresses. */
export function familyOf(channel: OutsideChannel): ChannelFamily {
	return channel === 'EMAIL' ? 'EMAIL' : 'PHONE';
}

/** The channel that a family's conversations are shown with. */
export function threadChannel(family: ChannelFamily): OutsideChannel {
	return family === 'EMAIL' ? 'EMAIL' : 'SMS';
}

/**
 * The one form of an address, by which it is compared and stored: E.164 (ITU-T) for a number, lower case throughout and
 * a domain in ASCII for an email address. What is normalised stays as it is.
 * @throws InvalidInputError naming the field.
 */
export function normalizeAddress(field: string, channel: OutsideChannel, text: string): string {
	if (/\p{Cc}/u.test(text))
		throw new InvalidInputError(field, `${field} must not contain control characters.`);
	return familyOf(channel) === 'EMAIL'
		? normalizeEmail(field, text.trim())
		: normalizePhoneNumber(field, text.trim());
}

/** It has to be possible, by its length, and not valid: numbering plans change faster than a library knows of it. */
function normalizePhoneNumber(field: string, text: string): string {
	const number = text.length > PHONE_CHARACTERS || !text.startsWith('+') ? undefined : parse(text);
	if (number === undefined)
		throw new InvalidInputError(
			field,
			`${field} must be a possible phone number with its country code, such as +14155552671, without an extension.`,
		);
	return number.number;
}

function parse(text: string): PhoneNumber | undefined {
	const number = parsePhoneNumberFromString(text, { extract: false });
	if (number?.ext !== undefined || !number?.isPossible()) return undefined;
	// Of several zeros between the country code and the number (+49 00 30 …) each parse takes one away.
	return number.number === text ? number : parse(number.number);
}

/** Letters' case means nothing to the mailboxes that there are, whatever RFC 5321 allows the local part. */
function normalizeEmail(field: string, text: string): string {
	const [, local = '', domain = ''] = (text.length <= EMAIL_CHARACTERS && EMAIL.exec(text)) || [];
	const ascii = domainToASCII(domain);
	if (local.length > LOCAL_CHARACTERS || ascii.length > DOMAIN_CHARACTERS || !DOMAIN.test(ascii))
		throw new InvalidInputError(
			field,
			`${field} must be an email address such as sam@example.com, without a name.`,
		);
	return `${local}@${ascii}`.toLowerCase();
}
