import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { verifyWebhook } from '../../src/http/webhook-signature.ts';

const KEY = Buffer.from('a key for tests of 32 bytes here');
const SECRET = `whsec_${KEY.toString('base64')}`;
const BODY = Buffer.from('{"type": "message.received", "text": "Grüße 😀"}');
const WINDOW_SECONDS = 300;

/** Signed by hand, as the standard says, and not by the library that is to verify it. */
function headers(ageSeconds = 0, id = 'hook-1', key = KEY) {
	const timestamp = String(Math.floor(Date.now() / 1000) - ageSeconds);
	const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(BODY).digest('base64');
	return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

test('what the provider signed is known by its id', () => {
	expect(verifyWebhook(SECRET, headers(), BODY)).toBe('hook-1');
});

test('the library signs the same way', () => {
	const at = new Date();
	const signed = {
		'webhook-id': 'hook-2',
		'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
		'webhook-signature': new Webhook(SECRET).sign('hook-2', at, BODY.toString()),
	};
	expect(verifyWebhook(SECRET, signed, BODY)).toBe('hook-2');
});

test('one good signature of several is enough, while a secret is changed', () => {
	const good = headers();
	const other = headers(0, 'hook-1', Buffer.from('another key for tests, 32 bytes.'))['webhook-signature'];
	const several = `v1a,AAAA ${other} v1,short v1, v1 ${good['webhook-signature']}`;
	expect(verifyWebhook(SECRET, { ...good, 'webhook-signature': several }, BODY)).toBe('hook-1');
	expect(verifyWebhook(SECRET, { ...good, 'webhook-signature': other }, BODY)).toBeUndefined();
});

test('five minutes are the window, both ways', () => {
	// A margin for the time that the test takes.
	expect(verifyWebhook(SECRET, headers(WINDOW_SECONDS - 60), BODY)).toBe('hook-1');
	expect(verifyWebhook(SECRET, headers(WINDOW_SECONDS + 1), BODY)).toBeUndefined();
	expect(verifyWebhook(SECRET, headers(-WINDOW_SECONDS + 60), BODY)).toBe('hook-1');
	expect(verifyWebhook(SECRET, headers(-WINDOW_SECONDS - 60), BODY)).toBeUndefined();
});

test('every part of what was signed has to be as it was', () => {
	const good = headers();
	const later = String(Number(good['webhook-timestamp']) + 1);
	for (const changed of [
		{ ...good, 'webhook-id': 'hook-2' },
		{ ...good, 'webhook-timestamp': later },
		{ ...good, 'webhook-signature': good['webhook-signature'].replace('v1,', 'v2,') },
		{ ...good, 'webhook-signature': good['webhook-signature'].slice(0, -4) },
		{ ...good, 'webhook-signature': good['webhook-signature'].replace('v1,', '') },
	])
		expect(verifyWebhook(SECRET, changed, BODY)).toBeUndefined();
	expect(verifyWebhook(SECRET, good, Buffer.concat([BODY, Buffer.from(' ')]))).toBeUndefined();
	expect(verifyWebhook(SECRET, good, Buffer.alloc(0))).toBeUndefined();
});

test('nothing is taken whose headers are missing or nonsense', () => {
	const good = headers();
	for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
		expect(verifyWebhook(SECRET, { ...good, [name]: undefined }, BODY)).toBeUndefined();
		for (const nonsense of ['', ' ', 'x', '-1', 'NaN', '1e300', 'v1,', ','])
			expect(verifyWebhook(SECRET, { ...good, [name]: nonsense }, BODY)).toBeUndefined();
	}
});
