import {
	type DocumentNode,
	type FieldNode,
	type GraphQLCompositeType,
	type GraphQLError,
	type GraphQLSchema,
	isAbstractType,
	Kind,
	TypeInfo,
	visit,
	visitWithTypeInfo,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Takes a document in which two fields of one name have different types when no object can have both, as `message` of a
 * payload and `message` of an Error in one selection. The specification refuses it (5.3.2, SameResponseShape) for
 * clients that type answers without looking at __typename; each answer as such is well defined.
 */
export function useDisjointFields(): Plugin {
	return {
		onValidate:
			({ params: { schema, documentAST } }) =>
			({ result, setResult }) => {
				if (result.length === 0) return;
				const parents = parentTypes(schema, documentAST);
				const kept = result.filter((error) => !isDisjointConflict(schema, parents, error as GraphQLError));
				if (kept.length < result.length) setResult(kept);
			},
	};
}

function isDisjointConflict(
	schema: GraphQLSchema,
	parents: ReadonlyMap<FieldNode, GraphQLCompositeType>,
	{ message, nodes = [] }: GraphQLError,
): boolean {
	if (!/^Fields "\w+" conflict because they return conflicting types /.test(message)) return false;
	const types = nodes.map((node) => (node.kind === Kind.FIELD ? parents.get(node) : undefined));
	const [one, other] = types;
	if (types.length !== 2 || one === undefined || other === undefined) return false;
	const objects = new Set(objectsOf(schema, one));
	return objectsOf(schema, other).every((type) => !objects.has(type));
}

function objectsOf(schema: GraphQLSchema, type: GraphQLCompositeType): readonly GraphQLCompositeType[] {
	return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}

function parentTypes(
	schema: GraphQLSchema,
	document: DocumentNode,
): ReadonlyMap<FieldNode, GraphQLCompositeType> {
	const types = new TypeInfo(schema);
	const parents = new Map<FieldNode, GraphQLCompositeType>();
	const Field = (node: FieldNode) => {
		const parent = types.getParentType();
		if (parent) parents.set(node, parent);
	};
	visit(document, visitWithTypeInfo(types, { Field }));
	return parents;
}
