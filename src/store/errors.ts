/** The database cannot be used; the message is for the person who starts the service. */
export class DatabaseError extends Error {}

/** Of several errors, such as of a host's several addresses, all. */
export function messageOf(error: unknown): string {
	if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
	return error instanceof Error ? error.message : String(error);
}
