import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { LIMITS } from '../conversations/limits.ts';
import type { Attachment } from '../conversations/outside.ts';
import { fromPublicId } from '../conversations/public-ids.ts';
import { verifyTwilioSignature } from '../outbound/providers/twilio-signature.ts';
import { publicAddress } from '../outbound/public-address.ts';
import { receiveMessage } from '../outbound/receive-message.ts';
import { receiveStatus, type StatusReport } from '../outbound/receive-status.ts';
import { readHttpUrl } from '../outbound/url-guard.ts';
import { readBody } from './body.ts';
import { readAs } from './json-body.ts';
import { mediaType, providerId, text } from './outside-models.ts';
import { requestUrl } from './respond.ts';
import { type Taken, unproven, type Webhook, type WebhookDeps } from './webhook.ts';

type Form = Readonly<Record<string, string>>;

const MEDIA_PROBLEM = `must be a number from 0 to ${LIMITS.attachments}`;

const IncomingForm = z.object({
	MessageSid: providerId,
	From: text,
	To: text,
	Body: text.default(''),
	NumMedia: z.coerce
		.number(MEDIA_PROBLEM)
		.int(MEDIA_PROBLEM)
		.min(0, MEDIA_PROBLEM)
		.max(LIMITS.attachments, MEDIA_PROBLEM)
		.default(0),
});

const StatusForm = z.object({
	MessageSid: providerId,
	MessageStatus: text,
	ErrorCode: text.optional(),
});

/** Those that say more than that Twilio has the message, which its answer said. */
const STATUSES: ReadonlyMap<string, StatusReport['status']> = new Map([
	['sent', 'SENT'],
	['delivered', 'DELIVERED'],
	['undelivered', 'UNDELIVERED'],
	['failed', 'FAILED'],
]);

async function takeMessage(req: IncomingMessage, deps: WebhookDeps): Promise<Taken> {
	const form = await readForm(req, deps);
	const { MessageSid, From, To, Body, NumMedia } = readAs(IncomingForm, form);
	return receiveMessage(deps.outbound, {
		provider: 'twilio',
		id: MessageSid,
		from: From,
		to: To,
		type: NumMedia > 0 ? 'MMS' : 'SMS',
		body: Body,
		attachments: Array.from({ length: NumMedia }, (_, index) => readMedia(form, index)),
		// Twilio says no other time.
		timestamp: new Date(),
	});
}

function readMedia(form: Form, index: number): Attachment {
	const field = `MediaUrl${index}`;
	const url = form[field] ?? '';
	readHttpUrl(field, url);
	const contentType = mediaType.safeParse(form[`MediaContentType${index}`]).data ?? null;
	return { url, contentType, size: null };
}

async function takeStatus(req: IncomingMessage, deps: WebhookDeps): Promise<Taken> {
	const { MessageSid, MessageStatus, ErrorCode } = readAs(StatusForm, await readForm(req, deps));
	const status = STATUSES.get(MessageStatus);
	if (status === undefined) return 'ignored';
	// It stands in the address that Twilio was given with the message, and calls.
	const messageId = fromPublicId('Message', requestUrl(req)?.searchParams.get('message') ?? '');
	return receiveStatus(deps.outbound, {
		provider: 'twilio',
		...(messageId !== undefined && { messageId }),
		providerMessageId: MessageSid,
		status,
		...(ErrorCode !== undefined && { error: `Twilio error ${ErrorCode}` }),
		timestamp: new Date(),
	});
}

/** A form that is proven to be Twilio's. @throws HttpRefusal, BodyTooLarge. */
async function readForm(req: IncomingMessage, { twilio, maxBodyBytes }: WebhookDeps): Promise<Form> {
	const body = await readBody(req, maxBodyBytes);
	const form = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
	const signature = req.headers['x-twilio-signature']?.toString();
	const isTwilios =
		twilio !== undefined &&
		verifyTwilioSignature(twilio.authToken, publicAddress(twilio.publicUrl, req.url ?? '/'), form, signature);
	if (!isTwilios) throw unproven();
	return form;
}

const shared = {
	from: 'twilio',
	isOpen: ({ twilio }: WebhookDeps) => twilio !== undefined,
	// An instruction to do nothing: any other answer would be sent to the contact, or logged by Twilio as a fault.
	answer: () => ({
		status: 200,
		body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
		contentType: 'text/xml; charset=utf-8',
	}),
} as const;

/** What Twilio brings, signed as it signs. */
export const twilioWebhooks = {
	messages: { ...shared, kind: 'message', take: takeMessage },
	status: { ...shared, kind: 'status', take: takeStatus },
} as const satisfies Record<string, Webhook>;
