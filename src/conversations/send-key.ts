import { hash } from 'node:crypto';

/** 43 characters that stand for an author's idempotency key: the same only for the same author and key, to the last blank. */
export function sendKey(authorId: string, clientMessageId: string): string {
	return hash('sha256', `${authorId}\n${clientMessageId}`, 'base64url');
}

/** What a retry must repeat to be the same message: 43 characters over body, reply and the note's mark. */
export function contentHash(body: string, replyToId: string | null, internal: boolean): string {
	return hash('sha256', `${internal ? 'note' : 'message'}\n${replyToId ?? ''}\n${body}`, 'base64url');
}
