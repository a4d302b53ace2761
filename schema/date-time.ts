const RFC_3339_UTC = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,3}))?Z$/;

/**
 * An RFC 3339 date-time in UTC (`Z`) with at most milliseconds; undefined for anything else: finer fractions, other
 * offsets, days that no calendar has.
 */
export function parseDateTime(value: unknown): Date | undefined {
	const parts = typeof value === 'string' ? RFC_3339_UTC.exec(value) : null;
	if (parts === null) return undefined;
	const canonical = `${parts[1]}.${(parts[2] ?? '').padEnd(3, '0')}Z`;
	const date = new Date(canonical);
	return !Number.isNaN(date.getTime()) && date.toISOString() === canonical ? date : undefined;
}

/** @throws RangeError for an invalid date. */
export function printDateTime(date: Date): string {
	return date.toISOString();
}
