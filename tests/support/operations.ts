import { getOperationAST, parse } from 'graphql';
import type { Operation } from '../../src/http/operations.ts';

/** A text of one operation, as the pipeline hands it on. */
export function operationOf(text: string): Operation {
	const document = parse(text);
	const definition = getOperationAST(document);
	if (definition == null) throw new Error('No operation.');
	return { text, document, definition, operationName: undefined };
}
