import { v7 } from 'uuid';

/** A new id: a UUID that sorts by its time (RFC 9562, version 7), so that indexes grow at their end. */
export function newId(): string {
	return v7();
}

/** An id that nothing has: the creator of a conversation that somebody outside began. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';
