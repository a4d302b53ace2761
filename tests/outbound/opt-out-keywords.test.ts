import { expect, test } from 'vitest';
import { readOptOutKeyword } from '../../src/outbound/opt-out-keywords.ts';

test.each(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'])(
	'%s stops',
	(word) => {
		expect(readOptOutKeyword(word)).toBe('stop');
		expect(readOptOutKeyword(word.toLowerCase())).toBe('stop');
	},
);

test.each(['START', 'UNSTOP'])('%s starts again', (word) => {
	expect(readOptOutKeyword(word)).toBe('start');
	expect(readOptOutKeyword(word.toLowerCase())).toBe('start');
});

test('HELP asks for help', () => {
	expect(readOptOutKeyword('help')).toBe('help');
});

test.each(['Stop', ' stop ', 'stop.', 'STOP!', 'stop!!! ', '\tStop .\n', 'ＳＴＯＰ', 'stóp'])(
	'%j stops',
	(body) => {
		expect(readOptOutKeyword(body)).toBe('stop');
	},
);

test.each(['quıt', 'QUİT', 'unsubscrıbe', 'UNSUBSCRİBE'])('a Turkish keyboard writes %j', (body) => {
	expect(readOptOutKeyword(body)).toBe('stop');
});

test.each([
	'',
	' ',
	'.',
	'stop it',
	'please stop',
	'STOP ALL',
	'stopped',
	'nonstop',
	'.stop',
	'stop?',
	'cancel my order',
	'endend',
	'helper',
	'info',
	'yes',
	`stop${' '.repeat(100)}x`,
	'!'.repeat(65_536),
])('%j is a message as any other', (body) => {
	expect(readOptOutKeyword(body)).toBeUndefined();
});
