import { v7 } from 'uuid';

/** A new id: a UUID that sorts by its time (RFC 9562, version 7), so that indexes grow at their end. */
export function newId(): string {
	return v7();
}

/** An id that nothing has: the creator of a conversation that somebody outside began. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** What a message's id begins with wherever it is seen from outside. */
export const MESSAGE_PREFIX = 'msg_';

const PUBLIC_MESSAGE_ID = /^msg_([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;

/** As the API, providers and webhooks name a message. */
export function publicMessageId(id: string): string {
	return MESSAGE_PREFIX + id;
}

/** The message's uuid, in lower case; undefined for what is no public id of a message. */
export function readPublicMessageId(text: string): string | undefined {
	return PUBLIC_MESSAGE_ID.exec(text)?.[1]?.toLowerCase();
}
