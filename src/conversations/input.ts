import { Buffer } from 'node:buffer';
import { InvalidInputError } from './errors.ts';
import { LIMITS } from './limits.ts';

/**
 * Text that every database keeps exactly: well-formed Unicode without U+0000.
 * @throws InvalidInputError naming the field.
 */
export function checkText(field: string, text: string, maxCharacters: number): string {
	if (text.length > maxCharacters)
		throw new InvalidInputError(field, `${field} must have at most ${maxCharacters} characters.`);
	return checkCharacters(field, text);
}

/** The same for a body, whose limit counts bytes of UTF-8; it must not be blank. */
export function checkBody(field: string, body: string, maxBytes: number): string {
	if (body.trim() === '') throw new InvalidInputError(field, `${field} must not be blank.`);
	if (body.length > maxBytes || Buffer.byteLength(body) > maxBytes)
		throw new InvalidInputError(field, `${field} must have at most ${maxBytes} bytes of UTF-8.`);
	return checkCharacters(field, body);
}

/** @throws InvalidInputError unless it can be an idempotency key. */
export function checkClientMessageId(clientMessageId: string): string {
	checkText('clientMessageId', clientMessageId, LIMITS.clientMessageIdCharacters);
	if (clientMessageId === '')
		throw new InvalidInputError('clientMessageId', 'clientMessageId must not be empty.');
	return clientMessageId;
}

/** @throws InvalidInputError unless it is a whole number of at least 0. */
export function checkSequence(field: string, sequence: number): number {
	if (!Number.isSafeInteger(sequence) || sequence < 0)
		throw new InvalidInputError(field, `${field} must be 0 or more.`);
	return sequence;
}

/** @throws InvalidInputError unless it is an instant of the years that every database has: 1 to 9999. */
export function checkInstant(field: string, instant: Date): Date {
	const year = instant.getUTCFullYear();
	if (year >= 1 && year <= 9999) return instant;
	throw new InvalidInputError(field, `${field} must be a date and time of the years 1 to 9999.`);
}

function checkCharacters(field: string, text: string): string {
	if (text.includes('\0')) throw new InvalidInputError(field, `${field} must not contain U+0000.`);
	if (!text.isWellFormed()) throw new InvalidInputError(field, `${field} must be well-formed Unicode.`);
	return text;
}
