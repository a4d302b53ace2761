import { Buffer } from 'node:buffer';
import { NotFoundError } from '../src/conversations/errors.ts';
import { MESSAGE_PREFIX } from '../src/conversations/ids.ts';

export type NodeType = 'User' | 'Conversation' | 'Message';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** A well-formed id that nothing has: what an undecodable one becomes where the use case decides on the answer. */
export const ID_OF_NOTHING = '00000000-0000-0000-0000-000000000000';

const PREFIXES: Record<NodeType, string> = { User: 'user_', Conversation: 'conv_', Message: MESSAGE_PREFIX };

/**
 * The opaque global id (Relay): the uuid behind its type's prefix. Safe in a URL, and what stands in a log is found in
 * the database as it is.
 */
export function toGlobalId(type: NodeType, id: string): string {
	return PREFIXES[type] + id;
}

/** The uuid, in lower case; undefined unless the global id is one of this type. */
export function fromGlobalId(type: NodeType, globalId: string): string | undefined {
	const prefix = PREFIXES[type];
	if (!globalId.startsWith(prefix)) return undefined;
	const id = globalId.slice(prefix.length);
	return UUID.test(id) ? id.toLowerCase() : undefined;
}

/** @throws NotFoundError for an id that does not decode: the answer that an id of nothing gets. */
export function requireId(type: NodeType, globalId: string): string {
	const id = fromGlobalId(type, globalId);
	if (id === undefined) throw new NotFoundError(type.toLowerCase());
	return id;
}

/** For an id that a use case looks up: undecodable, it is one that nothing has. Null and undefined are undefined. */
export function idToLookUp(type: NodeType, globalId: string | null | undefined): string | undefined {
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

export function isUuid(text: unknown): text is string {
	return typeof text === 'string' && UUID.test(text);
}
