import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import { GraphQLError } from 'graphql';
import type { GraphQLContext } from './context.ts';
import { parseDateTime, printDateTime } from './date-time.ts';

/**
 * Extensions of a field whose value depends on who the viewer is, not on the role alone. Its result is never shared
 * between followers of one conversation.
 */
export const VIEWER_DEPENDENT = { viewerDependent: true } as const;

/** Extensions of a field that is the parent's property of the same name; see `plain-reads.ts`. */
export const PLAIN_READ = { plainRead: true } as const;

/** Extensions of a list without page arguments: how many rows it has at most, for the cost of what asks for it. */
export function rows(atMost: number): { readonly rows: number } {
	return { rows: atMost };
}

export const builder = new SchemaBuilder<{
	Context: GraphQLContext;
	DefaultFieldNullability: false;
	DefaultEdgesNullability: { list: false; items: false };
	DefaultNodeNullability: false;
	Scalars: {
		DateTime: { Input: Date; Output: Date };
		ID: { Input: string; Output: string };
	};
}>({
	plugins: [RelayPlugin],
	defaultFieldNullability: false,
	relay: {
		defaultConnectionTypeOptions: { description: 'A page of an ordered list (Relay).' },
		defaultEdgeTypeOptions: { description: 'A row of a page, and where it stands.' },
		edgesFieldOptions: {
			description: 'The rows of this page, in the order of the connection.',
			nullable: { list: false, items: false },
			extensions: PLAIN_READ,
		},
		nodeFieldOptions: { description: 'The row itself.', nullable: false, extensions: PLAIN_READ },
		cursorFieldOptions: { description: 'Opaque: where this row stands, for `after` and `before`.' },
		pageInfoFieldOptions: { description: 'Where this page begins and ends.', extensions: PLAIN_READ },
		pageInfoTypeOptions: { description: 'Where a page of a connection begins and ends (Relay).' },
		hasNextPageFieldOptions: { description: 'Whether there is more after this page.' },
		hasPreviousPageFieldOptions: { description: 'Whether there is more before this page.' },
		startCursorFieldOptions: { description: 'The cursor of the first row; null for an empty page.' },
		endCursorFieldOptions: { description: 'The cursor of the last row; null for an empty page.' },
		firstArgOptions: {
			description: 'At most so many rows from the start: 0 to 100. Not together with `last`.',
		},
		lastArgOptions: {
			description: 'At most so many rows from the end: 0 to 100. Not together with `first`.',
		},
		afterArgOptions: {
			description: 'Only rows after this cursor. Without `first` and `last` a page has 50 rows.',
		},
		beforeArgOptions: {
			description: 'Only rows before this cursor; alone, the 50 rows just before it.',
		},
	},
});

builder.scalarType('DateTime', {
	description: 'A date and time in UTC with milliseconds, as RFC 3339 writes it: 2026-01-31T12:00:00.000Z.',
	serialize: printDateTime,
	parseValue: (value) => {
		const date = parseDateTime(value);
		if (date === undefined) throw new GraphQLError('A DateTime looks like 2026-01-31T12:00:00.000Z.');
		return date;
	},
});

builder.queryType({ description: 'What can be asked.' });
builder.mutationType({
	description:
		'What can be done. Each answers with its payload or with an error that the caller can act on; ' +
		'`... on Error { code message retryable }` covers all of them.',
});
builder.subscriptionType({ description: 'What can be followed, over WebSocket or SSE.' });
