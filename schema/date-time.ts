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

const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** The day that was printed last: the rows of a page are mostly of one, and toISOString takes ten times as long. */
const latest = { day: Number.NaN, text: '' };

/** @throws RangeError for an invalid date. */
export function printDateTime(date: Date): string {
	const time = date.getTime();
	const day = Math.floor(time / DAY_MS);
	if (day !== latest.day) {
		latest.text = date.toISOString().slice(0, -'00:00:00.000Z'.length);
		latest.day = day;
	}
	const ms = time - day * DAY_MS;
	const seconds = Math.floor(ms / 1000);
	const minutes = Math.floor(seconds / 60);
	const fraction = String(ms % 1000).padStart(3, '0');
	const clock = `${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}`;
	return `${latest.text}${clock}.${fraction}Z`;
}
