import {
	buildSchema,
	type GraphQLField,
	type GraphQLNamedType,
	isEnumType,
	isInputObjectType,
	isInterfaceType,
	isObjectType,
	isSpecifiedScalarType,
	isUnionType,
	lexicographicSortSchema,
	printSchema,
	validateSchema,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { CONTRACT } from './contract.ts';

/** The schema as a client that only reads SDL sees it. */
const served = buildSchema(printSchema(lexicographicSortSchema(schema)));
const contract = buildSchema(CONTRACT);

function ownTypes(of: typeof schema): GraphQLNamedType[] {
	return Object.values(of.getTypeMap()).filter(
		(type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
	);
}

function signature(field: GraphQLField<unknown, unknown>): string {
	const args = field.args.map((arg) => `${arg.name}: ${arg.type}`).sort();
	return `${field.name}(${args.join(', ')}): ${field.type}`;
}

/** What clients can rely on in a type, one line each. */
function promises(type: GraphQLNamedType): string[] {
	if (isObjectType(type) || isInterfaceType(type))
		return [
			...type.getInterfaces().map(({ name }) => `implements ${name}`),
			...Object.values(type.getFields()).map(signature),
		];
	if (isUnionType(type)) return type.getTypes().map(({ name }) => `| ${name}`);
	if (isEnumType(type)) return type.getValues().map(({ name }) => name);
	if (isInputObjectType(type))
		return Object.values(type.getFields()).map((field) => `${field.name}: ${field.type}`);
	return [];
}

describe('the contract', () => {
	test('the schema is valid', () => {
		expect(validateSchema(schema)).toEqual([]);
	});

	test.each(ownTypes(contract).map((type) => [type.name, type] as const))(
		'%s is as promised',
		(name, type) => {
			const ours = served.getType(name);
			expect(ours?.constructor.name).toBe(type.constructor.name);
			expect(ours ? promises(ours) : []).toEqual(expect.arrayContaining(promises(type)));
		},
	);

	test('an input object has no fields beyond the contract, which old clients could not fill', () => {
		for (const type of ownTypes(contract).filter(isInputObjectType)) {
			const ours = served.getType(type.name);
			expect(ours ? promises(ours).sort() : []).toEqual(promises(type).sort());
		}
	});

	test('every result is a union of its payload and errors, and every error an Error', () => {
		const error = served.getType('Error');
		for (const field of Object.values(served.getMutationType()?.getFields() ?? {})) {
			const name = `${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}`;
			const result = served.getType(`${name}Result`);
			const members = isUnionType(result) ? result.getTypes() : [];
			const errors = members.filter((member) => member.getInterfaces().some((type) => type === error));
			expect(members.filter((member) => !errors.includes(member)).map(String)).toEqual([`${name}Payload`]);
			expect(errors.map(String)).toEqual(
				expect.arrayContaining([
					'InvalidInputError',
					'NotFoundError',
					'RateLimitedError',
					'ServiceBusyError',
				]),
			);
		}
	});

	test('everything is documented', () => {
		const bare: string[] = [];
		const check = (path: string, { description }: { description?: string | null | undefined }) => {
			if (!description) bare.push(path);
		};
		for (const type of ownTypes(served)) {
			check(type.name, type);
			if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
			if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
			for (const field of Object.values(type.getFields())) {
				check(`${type.name}.${field.name}`, field);
				for (const arg of 'args' in field ? field.args : [])
					check(`${type.name}.${field.name}(${arg.name})`, arg);
			}
		}
		expect(bare).toEqual([]);
	});
});
