import { hash } from 'node:crypto';
import type { OutsideChannel } from './outside.ts';

/** 43 characters that stand for an author's idempotency key: the same only for the same author and key, to the last blank. */
export function sendKey(authorId: string, clientMessageId: string): string {
	return hash('sha256', `${authorId}\n${clientMessageId}`, 'base64url');
}

/** What a retry must repeat to be the same message: 43 characters over body, reply and the note's mark. */
export function contentHash(body: string, replyToId: string | null, internal: boolean): string {
	return hash('sha256', `${internal ? 'note' : 'message'}\n${replyToId ?? ''}\n${body}`, 'base64url');
}

/** The same for a message that was sent to an address: what is said, how, and which way. */
export function outboundHash(message: {
	readonly from: string;
	readonly to: string;
	readonly channel: OutsideChannel;
	readonly body: string;
	readonly attachments: readonly string[];
}): string {
	const { from, to, channel, body, attachments } = message;
	return hash('sha256', JSON.stringify(['outbound', from, to, channel, attachments, body]), 'base64url');
}
