/** What has an id that others see: through the API, in webhooks, at providers. */
export type PublicType = keyof typeof PREFIXES;

const PREFIXES = {
	User: 'user_',
	Conversation: 'conv_',
	Message: 'msg_',
	Webhook: 'hook_',
	WebhookDelivery: 'whd_',
} as const;

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * The uuid behind its type's prefix. Safe in a URL, and what stands in a log is found in the database as it is. To those
 * who get it, it is opaque.
 */
export function toPublicId(type: PublicType, id: string): string {
	return PREFIXES[type] + id;
}

/** The uuid, in lower case; undefined unless the text is a public id of this type. */
export function fromPublicId(type: PublicType, text: string): string | undefined {
	const prefix = PREFIXES[type];
	if (!text.startsWith(prefix)) return undefined;
	const id = text.slice(prefix.length);
	return isUuid(id) ? id.toLowerCase() : undefined;
}

export function isUuid(text: unknown): text is string {
	return typeof text === 'string' && UUID.test(text);
}
