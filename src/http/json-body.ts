import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { InvalidInputError } from '../conversations/errors.ts';

/** The value that a body of JSON has; undefined where it is none, or not UTF-8 (RFC 8259, 8.1). */
export function parseJson(body: Buffer): unknown {
	if (!isUtf8(body)) return undefined;
	try {
		return JSON.parse(body.toString('utf8'));
	} catch {
		return undefined;
	}
}

/**
 * A value as a model takes it, whose messages say what a field must be ("must be a text").
 * @throws InvalidInputError naming the first field that is not so; `body` where there are no fields at all.
 */
export function readAs<Model extends z.ZodType>(model: Model, value: unknown): z.output<Model> {
	const result = model.safeParse(value);
	if (result.success) return result.data;
	const { path, message } = result.error.issues[0] ?? { path: [], message: 'is not valid' };
	const field = path.length === 0 ? 'body' : path.map(String).join('.');
	throw new InvalidInputError(field, `${field} ${message}.`);
}
