import { z } from 'zod';

const address = z.string().min(1).max(320);
const type = z.enum(['sms', 'mms', 'email']);
const timestamp = z.iso.datetime({ offset: true });

/** What the service posts for each message, and for each attempt of it again. */
export const outgoingMessage = z.object({
	id: z.string().min(1).max(255),
	from: address,
	to: address,
	type,
	body: z.string(),
	attachments: z.array(z.string()),
	timestamp,
});
export type OutgoingMessage = z.output<typeof outgoingMessage>;

/** What a test or a person asks the mock provider to bring in. */
export const incomingMessage = z.object({
	id: z.string().min(1).max(255).optional(),
	from: address,
	to: address,
	type: type.default('sms'),
	body: z.string().default(''),
	attachments: z.array(z.string()).default([]),
	timestamp: timestamp.optional(),
});
export type IncomingMessage = z.output<typeof incomingMessage>;

/** How a message that was accepted fares later. */
export type CallbackStatus = 'sent' | 'delivered' | 'undelivered' | 'failed';

/** A webhook to the service: path and payload. */
export interface Callback {
	readonly path: '/webhooks/messages' | '/webhooks/status';
	readonly payload: {
		readonly type: 'message.received' | 'message.status';
		readonly data: Readonly<Record<string, unknown>> & { readonly id: string };
	};
}

const ERRORS: Partial<Record<CallbackStatus, string>> = {
	undelivered: 'The handset cannot be reached.',
	failed: 'The carrier refused the message.',
};

export function statusCallback(messageId: string, providerId: string, status: CallbackStatus): Callback {
	const error = ERRORS[status] ?? null;
	const data = { id: messageId, providerId, status, timestamp: new Date().toISOString(), error };
	return { path: '/webhooks/status', payload: { type: 'message.status', data } };
}

/** `id` is the provider's for a message that has none, which is dated at once when it has no time. */
export function messageCallback(message: IncomingMessage, id: string): Callback {
	const data = { ...message, id: message.id ?? id, timestamp: message.timestamp ?? new Date().toISOString() };
	return { path: '/webhooks/messages', payload: { type: 'message.received', data } };
}

/** The first fault of a body, for the one who sent it. */
export function describeFault(error: z.ZodError): string {
	const [issue] = error.issues;
	return `${issue?.path.join('.') || 'body'}: ${issue?.message}`;
}
