import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';

/**
 * The id of a webhook that was signed with `secret` (`whsec_…`) within the last five minutes (Standard Webhooks 1.0.0);
 * undefined where its signature is missing, forged or old.
 */
export function verifyWebhook(
	secret: string,
	headers: IncomingHttpHeaders,
	body: Buffer,
): string | undefined {
	const id = headers['webhook-id']?.toString() ?? '';
	const signed = {
		'webhook-id': id,
		'webhook-timestamp': headers['webhook-timestamp']?.toString() ?? '',
		'webhook-signature': headers['webhook-signature']?.toString() ?? '',
	};
	try {
		new Webhook(secret).verify(body, signed, { jsonParse: false });
		return id;
	} catch {
		return undefined;
	}
}
