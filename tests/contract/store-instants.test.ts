import { afterEach, describe, expect, it } from 'vitest';
import { append } from './store-append.ts';
import { DATABASES, useNodes } from './store-setup.ts';

/** To the millisecond, at the edges of years, of the epoch and of what a signed 32-bit second holds. */
const INSTANTS = [
	'1970-01-01T00:00:00.000Z',
	'1999-12-31T23:59:59.999Z',
	'2000-01-01T00:00:00.000Z',
	'2024-02-29T12:34:56.789Z',
	'2026-03-29T01:30:00.001Z',
	'2026-10-25T00:30:00.003Z',
	'2026-10-25T01:30:00.007Z',
	'2038-01-19T03:14:08.000Z',
	'9999-12-31T23:59:59.999Z',
];

const TIME_ZONE = process.env['TZ'];

/** Of this process, from now on. */
function setTimeZone(zone: string | undefined): void {
	if (zone === undefined) delete process.env['TZ'];
	else process.env['TZ'] = zone;
}

describe.each(DATABASES)('instants on %s', (kind) => {
	const nodes = useNodes(kind);

	afterEach(() => setTimeZone(TIME_ZONE));

	it.each([
		['UTC', 'UTC'],
		['America/St_Johns', 'UTC'],
		['Europe/Berlin', 'Pacific/Kiritimati'],
		['UTC', 'America/St_Johns'],
	])('are kept to the millisecond, written in %s and read in %s', async (writing, reading) => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const written = INSTANTS.map((text) => new Date(text));
		setTimeZone(writing);
		expect(new Date(0).getTimezoneOffset() === 0, 'the zone is in force').toBe(writing === 'UTC');
		await append(
			nodes.here,
			id,
			written.map((instant) => ({ createdAt: instant, editedAt: instant, deletedAt: instant })),
		);
		setTimeZone(reading);
		const request = { limit: 50, fromEnd: false };
		const { rows } = await nodes.there.conversations.history(id, { notes: true }, request);
		expect(rows.map(({ createdAt }) => createdAt.toISOString())).toEqual(INSTANTS);
		expect(rows.map(({ editedAt }) => editedAt?.toISOString())).toEqual(INSTANTS);
		expect(rows.map(({ deletedAt }) => deletedAt?.toISOString())).toEqual(INSTANTS);
		const log = await nodes.log(id);
		expect(log.slice(2).map(({ occurredAt }) => occurredAt.toISOString())).toEqual(INSTANTS);
	});

	it('are answered by a change as they are read afterwards', async () => {
		const alice = await nodes.person();
		const made = await nodes.conversation(alice);
		const [seen] = await nodes.there.conversations.conversations([made.id], alice.user.id);
		expect(seen?.conversation).toEqual(made);
		expect(seen?.membership?.joinedAt).toEqual((await nodes.log(made.id))[1]?.occurredAt);
	});
});
