import {
	type ASTVisitor,
	type DocumentNode,
	GraphQLError,
	Kind,
	type OperationDefinitionNode,
	OperationTypeNode,
	type SelectionNode,
	type SelectionSetNode,
	type ValidationContext,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Refuses subscriptions whose field is conditional (5.2.4.1): left out, it would leave nothing to subscribe to. */
export const useSubscriptionRoot: Plugin = {
	onValidate: ({ addValidationRule }) => addValidationRule(unconditionalRoot),
};

function unconditionalRoot(context: ValidationContext): ASTVisitor {
	return {
		OperationDefinition: ({ operation, selectionSet }) => {
			if (operation !== OperationTypeNode.SUBSCRIPTION) return false;
			for (const { directives = [] } of rootSelections(context.getDocument(), selectionSet)) {
				const nodes = directives.filter(({ name }) => name.value === 'skip' || name.value === 'include');
				if (nodes.length > 0)
					context.reportError(
						new GraphQLError('Neither @skip nor @include may stand at the root of a subscription.', {
							nodes,
						}),
					);
			}
			return false;
		},
	};
}

/**
 * The same valid document, with each subscription's field directly below it and once: it may have stood in fragments,
 * and been there in parts.
 */
export function withPlainSubscriptions(document: DocumentNode): DocumentNode {
	const definitions = document.definitions.map((definition) =>
		definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.SUBSCRIPTION
			? plainSubscription(document, definition)
			: definition,
	);
	return { ...document, definitions };
}

function plainSubscription(
	document: DocumentNode,
	operation: OperationDefinitionNode,
): OperationDefinitionNode {
	const fields = Array.from(rootSelections(document, operation.selectionSet)).filter(
		(selection) => selection.kind === Kind.FIELD,
	);
	const [first] = fields;
	if (first === undefined || operation.selectionSet.selections.every((selection) => selection === first))
		return operation;
	const parts = fields.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
	return { ...operation, selectionSet: selecting([{ ...first, selectionSet: selecting(parts) }]) };
}

function selecting(selections: readonly SelectionNode[]): SelectionSetNode {
	return { kind: Kind.SELECTION_SET, selections };
}

/** What is selected at the root, the fragments' selections after their spread; each fragment once. */
function* rootSelections(
	document: DocumentNode,
	{ selections }: SelectionSetNode,
	spread = new Set<string>(),
): Generator<SelectionNode> {
	for (const selection of selections) {
		yield selection;
		if (selection.kind === Kind.INLINE_FRAGMENT)
			yield* rootSelections(document, selection.selectionSet, spread);
		if (selection.kind !== Kind.FRAGMENT_SPREAD || spread.has(selection.name.value)) continue;
		spread.add(selection.name.value);
		for (const definition of document.definitions)
			if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value)
				yield* rootSelections(document, definition.selectionSet, spread);
	}
}
