const MIN_MS = 1000;
const MAX_MS = 3_600_000;

/** Between a second and an hour: a provider neither has a message hurried nor forgotten. Takes and gives milliseconds. */
export function clampRetryAfter(ms: number): number {
	return Math.min(Math.max(ms, MIN_MS), MAX_MS);
}

/**
 * The wait that a `Retry-After` header asks for, in milliseconds and not bounded: seconds or an HTTP date (RFC 9110,
 * 10.2.3), of any size, even infinity. Undefined for anything else: no header, several, a date that is past.
 */
export function parseRetryAfter(
	header: string | readonly string[] | undefined,
	now: Date,
): number | undefined {
	const text = typeof header === 'string' ? header.trim() : '';
	if (/^\d+$/.test(text)) return Number(text) * 1000;
	const ms = (parseHttpDate(text, now) ?? Number.NaN) - now.getTime();
	return ms > 0 ? ms : undefined;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = `(?<month>${MONTHS.join('|')})`;
const DAY_NAME = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY_NAME = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';

/** RFC 9110, 5.6.7: IMF-fixdate, and the two obsolete forms that everybody has to accept (RFC 850, asctime). */
const FORMS = [
	`${DAY_NAME}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT`,
	`${LONG_DAY_NAME}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT`,
	`${DAY_NAME} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/** In milliseconds since 1970. Whether the day's name is the right one is not looked at. */
function parseHttpDate(text: string, now: Date): number | undefined {
	const parts = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
	if (parts === undefined) return undefined;
	const { year = '', month = '' } = parts;
	const [day, hour, minute, second] = [parts['day'], parts['hour'], parts['minute'], parts['second']].map(
		Number,
	);
	if (day === undefined || hour === undefined || minute === undefined || second === undefined)
		return undefined;
	// A leap second is 60.
	if (hour > 23 || minute > 59 || second > 60) return undefined;
	const monthIndex = MONTHS.indexOf(month);
	const date = new Date(0);
	date.setUTCFullYear(year.length === 4 ? Number(year) : fullYear(Number(year), now), monthIndex, day);
	if (date.getUTCMonth() !== monthIndex) return undefined;
	return date.setUTCHours(hour, minute, second);
}

/** Of two digits: one that seems more than 50 years ahead is past. */
function fullYear(digits: number, now: Date): number {
	const present = now.getUTCFullYear();
	const year = present - (present % 100) + digits;
	return year > present + 50 ? year - 100 : year;
}
