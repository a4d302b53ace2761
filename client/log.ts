import type { ResultError } from './state.ts';

/** What comes after this sequence, in the log with this epoch. */
export interface Place {
	readonly after: number;
	readonly epoch?: string | undefined;
}

/** A log that can be followed. */
export interface Log {
	/** What names it among the variables of a document. */
	readonly variables: Readonly<Record<string, unknown>>;
	/** Asks where it ends, with these variables. */
	readonly headQuery: string;
	/** Reads the answer: undefined where there is no such log for the viewer. */
	head(data: unknown): Place | undefined;
	/** What there is to say then. */
	readonly absent: readonly ResultError[];
}

export function conversationLog(conversationId: string): Log {
	return {
		variables: { conversationId },
		headQuery:
			'query ($conversationId: ID!) { conversation(id: $conversationId) { after: lastSequence epoch } }',
		head: (data) => (data as { readonly conversation: Place | null }).conversation ?? undefined,
		absent: [{ message: 'No such conversation.', extensions: { code: 'NOT_FOUND' } }],
	};
}
