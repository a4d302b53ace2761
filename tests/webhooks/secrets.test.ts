import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { newSecret, signatureHeaders } from '../../src/webhooks/secrets.ts';

const PAYLOAD = JSON.stringify({ type: 'message.sent', data: { body: 'Grüße 💡' } });
const [secret, previousSecret] = [newSecret(), newSecret()];

test('secrets are 32 bytes in base64, and no two are the same', () => {
	expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
	expect(secret).not.toBe(previousSecret);
});

test('a receiver verifies a signature with the secret, and with no other', () => {
	const now = new Date();
	const headers = signatureHeaders(
		{ secret, previousSecret: null, previousSecretUntil: null },
		'whd_1',
		PAYLOAD,
		now,
	);
	expect(headers).toMatchObject({
		'webhook-id': 'whd_1',
		'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
	});
	expect(new Webhook(secret).verify(PAYLOAD, headers)).toEqual(JSON.parse(PAYLOAD));
	expect(() => new Webhook(previousSecret).verify(PAYLOAD, headers)).toThrow();
});

test('the secret before signs as well, until its time is over', () => {
	const now = new Date();
	const secrets = { secret, previousSecret, previousSecretUntil: now };
	const before = signatureHeaders(secrets, 'whd_1', PAYLOAD, new Date(now.getTime() - 1));
	expect(new Webhook(secret).verify(PAYLOAD, before)).toEqual(JSON.parse(PAYLOAD));
	expect(new Webhook(previousSecret).verify(PAYLOAD, before)).toEqual(JSON.parse(PAYLOAD));
	const after = signatureHeaders(secrets, 'whd_1', PAYLOAD, now);
	expect(() => new Webhook(previousSecret).verify(PAYLOAD, after)).toThrow('No matching signature');
});
