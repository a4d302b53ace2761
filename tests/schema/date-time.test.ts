import { GraphQLScalarType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';

const type = schema.getType('DateTime');
const dateTime = type instanceof GraphQLScalarType ? type : new GraphQLScalarType({ name: 'Missing' });

describe('DateTime', () => {
	test('is printed in UTC with milliseconds', () => {
		expect(dateTime.serialize(new Date(Date.UTC(2026, 0, 31, 12)))).toBe('2026-01-31T12:00:00.000Z');
		expect(() => dateTime.serialize(new Date(Number.NaN))).toThrow();
	});

	test.each([
		['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
		['2026-01-31T12:00:00.5Z', '2026-01-31T12:00:00.500Z'],
		['2024-02-29T23:59:59.999Z', '2024-02-29T23:59:59.999Z'],
	])('%s is one', (text, canonical) => {
		expect(dateTime.parseValue(text)).toEqual(new Date(canonical));
	});

	test.each([
		'2026-02-29T12:00:00Z',
		'2026-01-31T24:00:00Z',
		'2026-01-31T12:00:00+01:00',
		'2026-01-31T12:00:00.0001Z',
		'2026-01-31 12:00:00Z',
		'2026-01-31',
		'2026-01-31T12:00:00Z\n',
		1769860800000,
		'',
	])('%s is none', (value) => {
		expect(() => dateTime.parseValue(value)).toThrow('A DateTime looks like');
	});
});
