import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { LIMITS } from '../conversations/limits.ts';
import { fromPublicId } from '../conversations/public-ids.ts';
import { receiveMessage } from '../outbound/receive-message.ts';
import { receiveStatus } from '../outbound/receive-status.ts';
import { readHttpUrl } from '../outbound/url-guard.ts';
import { readBody } from './body.ts';
import { parseJson, readAs } from './json-body.ts';
import { channel, instant, providerId, text } from './outside-models.ts';
import { type Taken, unproven, type Webhook, type WebhookDeps } from './webhook.ts';
import { verifyWebhook } from './webhook-signature.ts';

/** The envelope of Standard Webhooks. */
const Envelope = z.object({ type: text, data: z.unknown() }, 'must be a JSON object');

const IncomingData = z.object(
	{
		id: providerId,
		from: text,
		to: text,
		type: channel,
		body: text,
		attachments: z
			.array(text, 'must be null or a list of URLs')
			.max(LIMITS.attachments, `must be at most ${LIMITS.attachments}`)
			.nullish(),
		timestamp: instant,
	},
	'must be an object',
);

const STATUSES = ['SENT', 'DELIVERED', 'UNDELIVERED', 'FAILED'] as const;
const STATUS_PROBLEM = 'must be sent, delivered, undelivered or failed';

const StatusData = z.object(
	{
		id: text,
		providerId: providerId.nullish(),
		status: z.string(STATUS_PROBLEM).toUpperCase().pipe(z.enum(STATUSES, STATUS_PROBLEM)),
		timestamp: instant,
		error: text.nullish(),
	},
	'must be an object',
);

/** `{ "type": "message.received", "data": { "id", "from", "to", "type", "body", "attachments", "timestamp" } }` */
async function takeMessage(req: IncomingMessage, deps: WebhookDeps): Promise<Taken> {
	const { webhookId, type, data } = await readWebhook(req, deps);
	if (type !== 'message.received') return 'ignored';
	const { attachments, ...message } = readAs(IncomingData, data);
	return receiveMessage(deps.outbound, {
		...message,
		webhookId,
		provider: message.type === 'EMAIL' ? 'webhook-email' : 'webhook',
		attachments: (attachments ?? []).map((url) => {
			readHttpUrl('attachments', url);
			return { url, contentType: null, size: null };
		}),
	});
}

/** `{ "type": "message.status", "data": { "id", "providerId", "status", "timestamp", "error" } }` */
async function takeStatus(req: IncomingMessage, deps: WebhookDeps): Promise<Taken> {
	const { webhookId, type, data } = await readWebhook(req, deps);
	if (type !== 'message.status') return 'ignored';
	const { id, providerId, status, timestamp, error } = readAs(StatusData, data);
	const messageId = fromPublicId('Message', id);
	return receiveStatus(deps.outbound, {
		provider: 'webhook',
		webhookId,
		...(messageId !== undefined && { messageId }),
		status,
		timestamp,
		...(providerId != null && { providerMessageId: providerId }),
		...(error != null && { error }),
	});
}

/** A webhook that is proven to be the provider's. @throws HttpRefusal, InvalidInputError, BodyTooLarge. */
async function readWebhook(
	req: IncomingMessage,
	{ secret, maxBodyBytes }: WebhookDeps,
): Promise<z.output<typeof Envelope> & { readonly webhookId: string }> {
	const body = await readBody(req, maxBodyBytes);
	const webhookId = secret === undefined ? undefined : verifyWebhook(secret, req.headers, body);
	if (webhookId === undefined) throw unproven();
	return { ...readAs(Envelope, parseJson(body)), webhookId };
}

const shared = {
	from: 'generic',
	isOpen: ({ secret }: WebhookDeps) => secret !== undefined,
	// What is of no use here is taken all the same: another attempt would not make it useful.
	answer: (taken: Taken) => ({
		status: taken === 'ignored' || taken === 'not-found' ? 202 : 200,
		body: { status: taken },
	}),
} as const;

/** What the providers of the generic wire bring, signed as Standard Webhooks say. */
export const genericWebhooks = {
	messages: { ...shared, kind: 'message', take: takeMessage },
	status: { ...shared, kind: 'status', take: takeStatus },
} as const satisfies Record<string, Webhook>;
