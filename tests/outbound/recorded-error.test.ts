import { expect, test } from 'vitest';
import { recordedError } from '../../src/outbound/provider.ts';

test.each([
	['as it is', 'It said "no" 🦊', 'It said "no" 🦊'],
	['at its beginning', 'x'.repeat(501), 'x'.repeat(500)],
	['in whole characters', `${'x'.repeat(499)}🦊`, `${'x'.repeat(499)}\ufffd`],
	['without what no database takes', 'a\0b\ud83ec', 'ab\ufffdc'],
])('an error is kept %s', (_, said, kept) => {
	expect(recordedError(said)).toBe(kept);
});
