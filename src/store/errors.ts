import { StoreUnavailable } from '../conversations/store.ts';

/** All connections are in use, and none came free in time: no sign of a database that is away. */
export class NoConnectionFree extends StoreUnavailable {
	constructor(options: ErrorOptions) {
		super('No connection to the database came free in time.', options);
	}
}

/** The database cannot be used; the message is for the person who starts the service. */
export class DatabaseError extends Error {}

/** The first of this class among an error and what caused it. */
export function findCause<Fault extends Error>(
	error: unknown,
	type: new (...settings: never[]) => Fault,
): Fault | undefined {
	for (let fault = error; fault instanceof Error; fault = fault.cause)
		if (fault instanceof type) return fault;
	return undefined;
}

/** Of several errors, such as of a host's several addresses, all. */
export function messageOf(error: unknown): string {
	if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
	return error instanceof Error ? error.message : String(error);
}
