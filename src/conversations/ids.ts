import { v7 } from 'uuid';
import { fromPublicId, toPublicId } from './public-ids.ts';

/** A new id: a UUID that sorts by its time (RFC 9562, version 7), so that indexes grow at their end. */
export function newId(): string {
	return v7();
}

/** An id that nothing has: the creator of a conversation that somebody outside began. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** As the API, providers and webhooks name a message. */
export function publicMessageId(id: string): string {
	return toPublicId('Message', id);
}

/** The message's uuid, in lower case; undefined for what is no public id of a message. */
export function readPublicMessageId(text: string): string | undefined {
	return fromPublicId('Message', text);
}
