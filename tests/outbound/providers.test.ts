import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createProviders } from '../../src/outbound/providers/providers.ts';

async function namesOf(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
	const providers = createProviders(loadConfig(env).outbound);
	await Promise.all(providers.map((provider) => provider.close()));
	return providers.map(({ name, channels, isIdempotent }) =>
		[name, ...channels, ...(isIdempotent ? ['idempotent'] : [])].join(' '),
	);
}

test('without a provider there is none', async () => {
	expect(await namesOf({})).toEqual([]);
});

test('fallbacks come last, and only those of the generic wire may honour a key', async () => {
	const all = {
		SMS_PROVIDER_URL: 'http://127.0.0.1:1',
		SMS_FALLBACK_PROVIDER_URL: 'http://127.0.0.1:2',
		EMAIL_PROVIDER_URL: 'http://127.0.0.1:3',
		EMAIL_FALLBACK_PROVIDER_URL: 'http://127.0.0.1:4',
		TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
		TWILIO_AUTH_TOKEN: 'token',
		SMTP_URL: 'smtp://127.0.0.1',
		PROVIDER_IDEMPOTENT: 'true',
	};
	expect(await namesOf(all)).toEqual([
		'webhook SMS MMS idempotent',
		'twilio SMS MMS',
		'webhook-fallback SMS MMS idempotent',
		'webhook-email EMAIL idempotent',
		'smtp EMAIL',
		'webhook-email-fallback EMAIL idempotent',
	]);
});
