import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidInputError } from '../../src/conversations/errors.ts';
import { optOutKey, pairKey } from '../../src/conversations/outside-keys.ts';
import { familyOf, normalizeAddress, threadChannel } from '../../src/outbound/addresses.ts';

/** Undefined where it is refused. */
function normalized(channel: 'SMS' | 'EMAIL', text: string): string | undefined {
	try {
		return normalizeAddress('to', channel, text);
	} catch (error) {
		if (!(error instanceof InvalidInputError)) throw error;
		expect(error.field).toBe('to');
		expect(error.message).toMatch(/^to must /);
		return undefined;
	}
}

describe('a phone number', () => {
	test.each([
		['+11234567890', '+11234567890'],
		['+10987654321', '+10987654321'],
		['+1 (415) 555-2671', '+14155552671'],
		[' +14155552671 ', '+14155552671'],
		['+44 (0)20 7946 0958', '+442079460958'],
		['+39 06 1234 5678', '+390612345678'],
		['+490053777', '+4953777'],
	])('%j is %s', (text, number) => {
		expect(normalized('SMS', text)).toBe(number);
		expect(normalizeAddress('to', 'MMS', text)).toBe(number);
	});

	test.each([
		[''],
		['+'],
		['4155552671'],
		['0014155552671'],
		['+1415555267'],
		['+1415555267199999'],
		['+999123456789'],
		['+14155552671 ext. 5'],
		['+14155552671;ext=5'],
		['tel:+14155552671'],
		['Sam +14155552671'],
		['+1415555CALL'],
		['+1415555\n2671'],
		['+14155552671\r\n'],
		['+1415555\u00002671'],
		['sam@example.com'],
		[`+1${' '.repeat(30)}4155552671`],
	])('%j is none', (text) => {
		expect(normalized('SMS', text)).toBeUndefined();
	});

	test('stays as it is once it is normalised', () => {
		const texts = fc.stringMatching(/^\+[1-9][0-9]{4,16}$/);
		// Trunk prefixes, of which a parse takes one away.
		const trunk = fc
			.tuple(
				fc.constantFrom('+49', '+20', '+86', '+95', '+7', '+52', '+54'),
				fc.stringMatching(/^[08]{0,3}[1-9][0-9]{4,9}$/),
			)
			.map((parts) => parts.join(''));
		fc.assert(
			fc.property(fc.oneof(texts, trunk), (text) => {
				const number = normalized('SMS', text);
				fc.pre(number !== undefined);
				expect(number).toMatch(/^\+[1-9]\d{1,17}$/);
				expect(normalized('SMS', number)).toBe(number);
			}),
			{ numRuns: 300 },
		);
	});
});

describe('an email address', () => {
	test.each([
		['sam@example.com', 'sam@example.com'],
		['  Sam.Smith+Support@Mail.EXAMPLE.com ', 'sam.smith+support@mail.example.com'],
		["o'hara_{x}!#$%&*/=?^`|~-@example.co.uk", "o'hara_{x}!#$%&*/=?^`|~-@example.co.uk"],
		['sam@Bücher.example', 'sam@xn--bcher-kva.example'],
		['sam@xn--bcher-kva.example', 'sam@xn--bcher-kva.example'],
		[`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
	])('%j is %s', (text, address) => {
		expect(normalized('EMAIL', text)).toBe(address);
	});

	test.each([
		[''],
		['@'],
		['sam'],
		['@example.com'],
		['sam@'],
		['sam@localhost'],
		['sam@example..com'],
		['sam@.example.com'],
		['sam@example.com.'],
		['sam@-example.com'],
		['sam@exam_ple.com'],
		['sam@example.com/path'],
		['sam@example.com:25'],
		['sam@ex%61mple.com'],
		['sam@127.0.0.1'],
		['sam@0x7f.1'],
		['sam@[127.0.0.1]'],
		['.sam@example.com'],
		['sam.@example.com'],
		['s..am@example.com'],
		['sam@other@example.com'],
		['"sam smith"@example.com'],
		['Sam <sam@example.com>'],
		['sam@example.com, eve@example.com'],
		['sam@example.com\r\nBcc: eve@example.com'],
		['sam@example.com\n'],
		['sam\u0000@example.com'],
		['s\u200bam@example.com'],
		['\u212aim@example.com'],
		[`${'a'.repeat(65)}@example.com`],
		[`a@${'b'.repeat(64)}.com`],
		[`a@${'b.'.repeat(126)}com`],
		['+14155552671'],
	])('%j is none', (text) => {
		expect(normalized('EMAIL', text)).toBeUndefined();
	});

	test('stays as it is once it is normalised, whatever it was', () => {
		const texts = fc.oneof(
			fc.emailAddress(),
			fc.tuple(fc.string(), fc.domain()).map((parts) => parts.join('@')),
			fc.string({ unit: 'binary' }).map((name) => `sam@${name}.example`),
		);
		fc.assert(
			fc.property(texts, (text) => {
				const address = normalized('EMAIL', text);
				fc.pre(address !== undefined);
				expect(address).toMatch(/^[!-~]{3,320}$/);
				expect(address).toBe(address.toLowerCase());
				expect(normalized('EMAIL', address)).toBe(address);
			}),
			{ maxSkipsPerRun: 10_000 },
		);
	});
});

test('SMS and MMS are one family, whose conversations are shown as SMS', () => {
	expect((['SMS', 'MMS', 'EMAIL'] as const).map(familyOf)).toEqual(['PHONE', 'PHONE', 'EMAIL']);
	expect((['PHONE', 'EMAIL'] as const).map(threadChannel)).toEqual(['SMS', 'EMAIL']);
});

test('two addresses have the same key in both directions, and no other two have it', () => {
	const address = fc.stringMatching(/^\+[1-9]\d{1,4}$/);
	fc.assert(
		fc.property(address, address, address, (one, other, third) => {
			const key = pairKey('PHONE', one, other);
			expect(key).toMatch(/^[\w-]{43}$/);
			expect(pairKey('PHONE', other, one)).toBe(key);
			expect(pairKey('EMAIL', one, other)).not.toBe(key);
			fc.pre(third !== one && third !== other);
			expect(pairKey('PHONE', one, third)).not.toBe(key);
		}),
	);
});

test('an opted-out address has a key of its own in each family', () => {
	const key = optOutKey('PHONE', '+11234567890');
	expect(key).toMatch(/^[\w-]{43}$/);
	expect(optOutKey('PHONE', '+11234567890')).toBe(key);
	expect(optOutKey('EMAIL', '+11234567890')).not.toBe(key);
	expect(optOutKey('PHONE', '+10987654321')).not.toBe(key);
});
