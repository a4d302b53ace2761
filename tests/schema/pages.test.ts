import { describe, expect, test } from 'vitest';
import { type CursorKind, connection, pageRequest, parsePair, printPair } from '../../schema/pages.ts';

const NUMBERS: CursorKind<number, number> = {
	name: 'numbers',
	print: String,
	parse: (text) => (/^\d+$/.test(text) ? Number(text) : undefined),
};
const cursor = (text: string) => Buffer.from(text).toString('base64');

describe('a page request', () => {
	test('takes the default size from the start', () => {
		expect(pageRequest(NUMBERS, {})).toEqual({ limit: 50, fromEnd: false });
		expect(pageRequest(NUMBERS, { first: null, last: null, after: null })).toEqual({
			limit: 50,
			fromEnd: false,
		});
	});

	test('counts from the end with last, and with before alone', () => {
		expect(pageRequest(NUMBERS, { last: 3 })).toEqual({ limit: 3, fromEnd: true });
		expect(pageRequest(NUMBERS, { before: cursor('numbers:7') })).toEqual({
			limit: 50,
			fromEnd: true,
			before: 7,
		});
		expect(pageRequest(NUMBERS, { before: cursor('numbers:7'), first: 2 })).toEqual({
			limit: 2,
			fromEnd: false,
			before: 7,
		});
	});

	test.each([
		['first', { first: -1 }],
		['first', { first: 101 }],
		['first', { first: 1e9 }],
		['last', { last: -1 }],
		['last', { last: 101 }],
	])('names the range of %s: %o', (field, args) => {
		expect(() => pageRequest(NUMBERS, args)).toThrow(
			expect.objectContaining({
				code: 'INVALID_INPUT',
				field,
				message: `${field} must be between 0 and 100.`,
			}),
		);
	});

	test('takes not first and last together', () => {
		expect(() => pageRequest(NUMBERS, { first: 1, last: 1 })).toThrow(
			expect.objectContaining({ field: 'last' }),
		);
	});

	test.each([
		['empty', ''],
		['bare', '7'],
		['of another connection', cursor('letters:7')],
		['of another shape', cursor('numbers:x')],
		['not how base64 is written', `${cursor('numbers:7')}=`],
	])('refuses a cursor that is %s', (_name, after) => {
		expect(() => pageRequest(NUMBERS, { after })).toThrow(
			expect.objectContaining({ code: 'INVALID_INPUT', field: 'after' }),
		);
	});
});

describe('a connection', () => {
	test('gives cursors that a page request takes', () => {
		const { edges, pageInfo } = connection(
			NUMBERS,
			{ limit: 2, fromEnd: false },
			{ rows: [4, 5], hasMore: true },
		);
		expect(edges.map(({ node }) => node)).toEqual([4, 5]);
		expect(pageRequest(NUMBERS, { after: pageInfo.endCursor }).after).toBe(5);
		expect(pageRequest(NUMBERS, { after: pageInfo.startCursor }).after).toBe(4);
	});

	test('says on which side there is more', () => {
		const more = { rows: [4], hasMore: true };
		const all = { rows: [4], hasMore: false };
		const pageInfo = (
			...args: [request: { limit: number; fromEnd: boolean; after?: number }, page: typeof more]
		) => connection(NUMBERS, ...args).pageInfo;
		const forward = { limit: 1, fromEnd: false };
		const backward = { limit: 1, fromEnd: true };
		expect(pageInfo(forward, more)).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
		expect(pageInfo(forward, all)).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
		expect(pageInfo({ ...forward, after: 3 }, all)).toMatchObject({
			hasNextPage: false,
			hasPreviousPage: true,
		});
		expect(pageInfo(backward, more)).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
	});

	test('has no cursors on an empty page', () => {
		const { pageInfo } = connection(NUMBERS, { limit: 0, fromEnd: false }, { rows: [], hasMore: true });
		expect(pageInfo).toEqual({
			hasNextPage: true,
			hasPreviousPage: false,
			startCursor: null,
			endCursor: null,
		});
	});
});

describe('a pair in a cursor', () => {
	test('comes back, whatever characters it has', () => {
		expect(parsePair(printPair('Zoë "😀" :,[', 'id'))).toEqual(['Zoë "😀" :,[', 'id']);
	});

	test.each(['', '{', 'null', '[]', '["a"]', '["a",1]', '["a","b","c"]'])('%s is none', (text) => {
		expect(parsePair(text)).toBeUndefined();
	});
});
