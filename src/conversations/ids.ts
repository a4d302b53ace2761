import { v7 } from 'uuid';

/** A new id: a UUID that sorts by its time (RFC 9562, version 7), so that indexes grow at their end. */
export function newId(): string {
	return v7();
}
