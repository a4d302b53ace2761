import { expect, test } from 'vitest';
import { bearerToken, bearerTokenOfParams } from '../../src/identity/bearer.ts';

test.each(['Bearer a.b-c_d', 'bearer a.b-c_d', 'BEARER   a.b-c_d', 'Bearer a.b-c_d '])(
	'%j holds a token',
	(value) => {
		expect(bearerToken(value)).toBe('a.b-c_d');
	},
);

test.each([
	undefined,
	null,
	'',
	'a.b.c',
	'Bearer',
	'Bearer ',
	'Basic a.b.c',
	'Bearer a b',
	'Bearer a,b',
	'Bearera.b',
	1,
])('%j holds no token', (value) => {
	expect(bearerToken(value)).toBeUndefined();
});

test('a long header is read in time', () => {
	expect(bearerToken(`Bearer ${' '.repeat(200_000)}!`)).toBeUndefined();
	expect(bearerToken(`Bearer ${'='.repeat(200_000)}!`)).toBeUndefined();
});

test('connection parameters hold a token under authorization, in any case', () => {
	expect(bearerTokenOfParams({ authorization: 'Bearer a.b.c' })).toBe('a.b.c');
	expect(bearerTokenOfParams({ Authorization: 'Bearer a.b.c' })).toBe('a.b.c');
});

test.each([undefined, null, 'Bearer a.b.c', [], {}, { authorization: 7 }, { token: 'Bearer a.b.c' }])(
	'connection parameters %j hold no token',
	(params) => {
		expect(bearerTokenOfParams(params)).toBeUndefined();
	},
);
