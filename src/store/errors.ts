/** The database cannot be used; the message is for the person who starts the service. */
export class DatabaseError extends Error {}

export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
