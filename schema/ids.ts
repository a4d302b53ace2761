import { Buffer } from 'node:buffer';
import { NotFoundError } from '../src/conversations/errors.ts';
import { fromPublicId, type PublicType, toPublicId } from '../src/conversations/public-ids.ts';

export type NodeType = 'User' | 'Conversation' | 'Message';

/** A well-formed id that nothing has: what an undecodable one becomes where the use case decides on the answer. */
export const ID_OF_NOTHING = '00000000-0000-0000-0000-000000000000';

/** The opaque global id (Relay). */
export const toGlobalId = toPublicId;

/** The uuid, in lower case; undefined unless the global id is one of this type. */
export const fromGlobalId = fromPublicId;

/** @throws NotFoundError for an id that does not decode: the answer that an id of nothing gets. */
export function requireId(type: PublicType, globalId: string): string {
	const id = fromGlobalId(type, globalId);
	if (id === undefined) throw new NotFoundError(wordsOf(type));
	return id;
}

/** `webhook delivery` of `WebhookDelivery`. */
function wordsOf(type: PublicType): string {
	return type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

/** For an id that a use case looks up: undecodable, it is one that nothing has. Null and undefined are undefined. */
export function idToLookUp(type: PublicType, globalId: string | null | undefined): string | undefined {
	return globalId == null ? undefined : (fromGlobalId(type, globalId) ?? ID_OF_NOTHING);
}

/** Of the text's UTF-8. */
export function encodeBase64(text: string): string {
	// For ASCII both are the same, and btoa takes a quarter of the time: a page has a cursor for every row.
	return /^[ -~]*$/.test(text) ? btoa(text) : Buffer.from(text).toString('base64');
}

/** The text; undefined unless the input is exactly how `encodeBase64` writes it. */
export function decodeBase64(base64: string): string | undefined {
	const text = Buffer.from(base64, 'base64').toString();
	return encodeBase64(text) === base64 ? text : undefined;
}
