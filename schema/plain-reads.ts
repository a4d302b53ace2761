import { type GraphQLSchema, isObjectType } from 'graphql';

/**
 * Takes the resolver from every field that only reads the parent's property of its own name, so that an executor
 * reads the property: a compiled one calls no function then, which is most of the cost of a page of messages.
 * The fields are those that Pothos exposes under the property's name, and those marked with PLAIN_READ.
 */
export function withPlainReads(schema: GraphQLSchema): GraphQLSchema {
	for (const type of Object.values(schema.getTypeMap())) {
		if (!isObjectType(type)) continue;
		for (const field of Object.values(type.getFields())) {
			const { pothosExposedField, plainRead } = field.extensions;
			if (plainRead === true || pothosExposedField === field.name) delete field.resolve;
		}
	}
	return schema;
}
