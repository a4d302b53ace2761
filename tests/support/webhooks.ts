import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { TestService } from './service.ts';

/** What the generic provider of tests signs with. */
export const WEBHOOK_SECRET = `whsec_${Buffer.from('a key for tests only, 32 bytes ..').toString('base64')}`;

export interface WebhookOptions {
	readonly secret?: string;
	readonly id?: string;
	/** How long ago it was signed. */
	readonly ageSeconds?: number;
	/** In place of those that are right. */
	readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly body: {
		readonly status?: string;
		readonly error?: { readonly code: string; readonly field?: string };
	};
}

/** The headers of a webhook as a provider signs it. */
export function signed(body: string, options: WebhookOptions = {}): Record<string, string> {
	const { secret = WEBHOOK_SECRET, id = `hook-${randomUUID()}`, ageSeconds = 0, headers } = options;
	const at = new Date(Date.now() - ageSeconds * 1000);
	return {
		'content-type': 'application/json',
		'webhook-id': id,
		'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
		'webhook-signature': new Webhook(secret).sign(id, at, body),
		...headers,
	};
}

export async function postWebhook(
	service: TestService,
	path: string,
	payload: unknown,
	options: WebhookOptions = {},
): Promise<Answer> {
	const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
	const response = await fetch(service.url + path, { method: 'POST', headers: signed(body, options), body });
	return {
		status: response.status,
		headers: response.headers,
		body: (await response.json()) as Answer['body'],
	};
}
