/** What a column holds, whatever its database calls it. */
export type Kind = 'uuid' | 'text' | 'integer' | 'flag' | 'instant';

/** As statements take it. */
export type Value = string | number | boolean | Date | null;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const INT_32 = 2 ** 31;

/** A value of a driver in the one form that it has in an export: SQLite gives flags as 0 and 1, instants as milliseconds. */
export function writeValue(kind: Kind, value: unknown): unknown {
	if (value === null) return null;
	switch (kind) {
		case 'flag':
			return value === true || value === 1;
		case 'instant':
			return (value instanceof Date ? value : new Date(value as number)).toISOString();
		default:
			return value;
	}
}

/** The value that `writeValue` wrote; undefined when it could not have. */
export function readValue(kind: Kind, value: unknown): Exclude<Value, null> | undefined {
	switch (kind) {
		case 'uuid':
			return typeof value === 'string' && UUID.test(value) ? value : undefined;
		case 'text':
			return typeof value === 'string' && value.isWellFormed() && !value.includes('\0') ? value : undefined;
		case 'integer':
			return Number.isInteger(value) && Number(value) >= -INT_32 && Number(value) < INT_32
				? Number(value)
				: undefined;
		case 'flag':
			return typeof value === 'boolean' ? value : undefined;
		case 'instant':
			return typeof value === 'string' && INSTANT.test(value) ? instant(value) : undefined;
	}
}

/** A day that no month has is another day to Date. */
function instant(text: string): Date | undefined {
	const date = new Date(text);
	return !Number.isNaN(date.getTime()) && date.toISOString() === text ? date : undefined;
}
