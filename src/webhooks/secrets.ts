import { randomBytes } from 'node:crypto';
import { Webhook as Signature } from 'standardwebhooks';
import type { Webhook } from './webhook.ts';

const PREFIX = 'whsec_';
/** Standard Webhooks asks for 24 to 64. */
const SECRET_BYTES = 32;

/** A secret as Standard Webhooks writes it: `whsec_` and base64. */
export function newSecret(): string {
	return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

export type Secrets = Pick<Webhook, 'secret' | 'previousSecret' | 'previousSecretUntil'>;

/**
 * The headers of Standard Webhooks for one attempt. While a secret that was replaced still holds, there are two
 * signatures, the present one's first.
 */
export function signatureHeaders(
	secrets: Secrets,
	id: string,
	payload: string,
	now: Date,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
	const signatures = secretsAt(secrets, now).map((secret) => new Signature(secret).sign(id, now, payload));
	return {
		'webhook-id': id,
		'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
		'webhook-signature': signatures.join(' '),
	};
}

function secretsAt({ secret, previousSecret, previousSecretUntil }: Secrets, now: Date): readonly string[] {
	const holds = previousSecret !== null && previousSecretUntil !== null && previousSecretUntil > now;
	return holds ? [secret, previousSecret] : [secret];
}
