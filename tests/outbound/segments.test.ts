import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countSegments } from '../../src/outbound/segments.ts';

const EXTENSION = '\f^{}\\[~]|€';
/** By code, as in 3GPP TS 23.038: 0x1b is the escape. */
const BASIC =
	'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

describe('in GSM 7-bit', () => {
	test('the 127 characters of the basic table take one unit each', () => {
		expect([...BASIC]).toHaveLength(127);
		for (const character of BASIC)
			expect(countSegments(character)).toEqual({ encoding: 'GSM_7', units: 1, segments: 1 });
	});

	test('the 10 characters of the extension table take two', () => {
		expect([...EXTENSION]).toHaveLength(10);
		for (const character of EXTENSION)
			expect(countSegments(character)).toEqual({ encoding: 'GSM_7', units: 2, segments: 1 });
	});

	test.each([
		[0, 1],
		[1, 1],
		[160, 1],
		[161, 2],
		[306, 2],
		[307, 3],
		[459, 3],
		[460, 4],
	])('%i units are %i segments', (units, segments) => {
		expect(countSegments('a'.repeat(units))).toEqual({ encoding: 'GSM_7', units, segments });
	});

	test('an extended character that does not fit goes to the next segment as a whole', () => {
		const text = (before: number, after: number) => `${'a'.repeat(before)}€${'a'.repeat(after)}`;
		// 153 = 151 + 2, and 153 = 152 + a gap.
		expect(countSegments(text(151, 153))).toEqual({ encoding: 'GSM_7', units: 306, segments: 2 });
		expect(countSegments(text(152, 151))).toEqual({ encoding: 'GSM_7', units: 305, segments: 2 });
		expect(countSegments(text(152, 152))).toEqual({ encoding: 'GSM_7', units: 306, segments: 3 });
	});

	test('a message alone has no gap', () => {
		expect(countSegments('€'.repeat(80))).toEqual({ encoding: 'GSM_7', units: 160, segments: 1 });
		expect(countSegments(`${'€'.repeat(80)}a`)).toEqual({ encoding: 'GSM_7', units: 161, segments: 2 });
		// 76 fit into 153.
		expect(countSegments('€'.repeat(152))).toEqual({ encoding: 'GSM_7', units: 304, segments: 2 });
		expect(countSegments('€'.repeat(153))).toEqual({ encoding: 'GSM_7', units: 306, segments: 3 });
	});
});

describe('in UCS-2', () => {
	test.each(['ä̂', 'ç', '`', '\t', 'ё', '’', '中', '😀', '\u001b', '\ud800'])('%j is sent', (character) => {
		expect(countSegments(`a${character}`)).toEqual({
			encoding: 'UCS_2',
			units: 1 + character.length,
			segments: 1,
		});
	});

	test.each([
		[70, 1],
		[71, 2],
		[134, 2],
		[135, 3],
		[201, 3],
		[202, 4],
	])('%i units are %i segments', (units, segments) => {
		expect(countSegments('中'.repeat(units))).toEqual({ encoding: 'UCS_2', units, segments });
	});

	test('what is extended in GSM 7-bit takes one unit', () => {
		expect(countSegments('中€€')).toEqual({ encoding: 'UCS_2', units: 3, segments: 1 });
	});

	test('a surrogate pair that does not fit goes to the next segment as a whole', () => {
		const text = (before: number, after: number) => `${'中'.repeat(before)}😀${'中'.repeat(after)}`;
		expect(countSegments(text(65, 67))).toEqual({ encoding: 'UCS_2', units: 134, segments: 2 });
		expect(countSegments(text(66, 65))).toEqual({ encoding: 'UCS_2', units: 133, segments: 2 });
		expect(countSegments(text(66, 66))).toEqual({ encoding: 'UCS_2', units: 134, segments: 3 });
	});

	test('35 emoji are one segment, and each 33 of more', () => {
		expect(countSegments('😀'.repeat(35)).segments).toBe(1);
		expect(countSegments('😀'.repeat(36)).segments).toBe(2);
		expect(countSegments('😀'.repeat(66)).segments).toBe(2);
		expect(countSegments('😀'.repeat(67)).segments).toBe(3);
	});
});

test('a longer text never takes less', () => {
	const text = fc.string({ unit: fc.constantFrom('a', '€', '中', '😀'), maxLength: 400 });
	fc.assert(
		fc.property(text, text, (one, other) => {
			const { encoding, units, segments } = countSegments(one);
			const both = countSegments(one + other);
			expect(both.segments).toBeGreaterThanOrEqual(segments);
			// At most one unit of each segment is a gap.
			const [alone, each] = encoding === 'GSM_7' ? [160, 153] : [70, 67];
			expect(segments).toBeGreaterThanOrEqual(units <= alone ? 1 : Math.ceil(units / each));
			expect(segments).toBeLessThanOrEqual(Math.max(1, Math.ceil(units / (each - 1))));
		}),
	);
});
