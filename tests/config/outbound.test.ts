import { describe, expect, test } from 'vitest';
import { type ConfigError, describeConfig, loadConfig } from '../../src/config.ts';

const SID = `AC${'0123456789abcdef'.repeat(2)}`;

function outboundOf(env: NodeJS.ProcessEnv) {
	return loadConfig(env).outbound;
}

function faultsOf(env: NodeJS.ProcessEnv): Record<string, string> {
	try {
		loadConfig(env);
	} catch (error) {
		return Object.fromEntries((error as ConfigError).faults.map(({ name, problem }) => [name, problem]));
	}
	throw new Error('It was taken.');
}

function shown(env: NodeJS.ProcessEnv, name: string): string | undefined {
	return describeConfig(loadConfig(env)).find((setting) => setting.name === name)?.value;
}

test("a provider's URL may have a user and a password, which are shown to nobody", () => {
	const url = 'https://pendo:h%40sh@sms.example/v1/send?api=hash';
	expect(outboundOf({ SMS_PROVIDER_URL: url }).smsProviderUrl?.href).toBe(url);
	expect(shown({ SMS_PROVIDER_URL: url }, 'SMS_PROVIDER_URL')).toBe(
		'https://pendo:********@sms.example/v1/send?api=********',
	);
	expect(shown({ EMAIL_PROVIDER_URL: 'https://token@mail.example/' }, 'EMAIL_PROVIDER_URL')).toBe(
		'https://********@mail.example/',
	);
});

test.each([
	['SMS_PROVIDER_URL', 'sms.example'],
	['SMS_PROVIDER_URL', 'ftp://hush:hush@sms.example'],
	['SMS_FALLBACK_PROVIDER_URL', 'javascript:hush'],
	['EMAIL_PROVIDER_URL', 'https://u:hush%@mail.example'],
	['EMAIL_FALLBACK_PROVIDER_URL', 'https://mail.example/#hush'],
	['TWILIO_API_URL', 'https://hush:hush@api.twilio.com'],
	['PUBLIC_URL', 'https://pendo.example/?hush'],
	['PUBLIC_URL', 'pendo.example'],
	['SMTP_URL', 'mail.example:25'],
	['SMTP_URL', 'smtp://'],
	['SMTP_URL', 'smtp://u:hush%@mail.example'],
	['SMTP_URL', 'smtp://hush@mail.example'],
	['SMTP_URL', 'smtp://mail.example/hush'],
	['SMTP_URL', 'smtp://mail.example?hush=1'],
	['SMTP_URL', 'smtps://mail.example?encrypt=false'],
	['PROVIDER_WEBHOOK_SECRET', 'hush'],
	['PROVIDER_WEBHOOK_SECRET', Buffer.alloc(32).toString('base64')],
	['PROVIDER_WEBHOOK_SECRET', `whsec_${Buffer.alloc(23).toString('base64')}`],
	['PROVIDER_WEBHOOK_SECRET', `whsec_${Buffer.alloc(65).toString('base64')}`],
	['PROVIDER_WEBHOOK_SECRET', `whsec_${Buffer.alloc(32).toString('base64')}hush`],
	['SMS_HELP_REPLY', ' '],
	['SMS_HELP_REPLY', 'x'.repeat(481)],
	['MOCK_PROVIDER', 'maybe'],
	['PROVIDER_RATE_PER_SECOND', '0'],
	['PROVIDER_MAX_ATTEMPTS', '0'],
	['PROVIDER_TIMEOUT_MS', '49'],
])('%s=%s is a fault that repeats no secret', (name, value) => {
	const faults = faultsOf({ [name]: value });
	expect(Object.keys(faults)).toEqual([name]);
	expect(faults[name]).not.toContain('hush');
});

test('a key of Standard Webhooks is taken, and shown to nobody', () => {
	for (const bytes of [24, 64]) {
		const secret = `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
		expect(outboundOf({ PROVIDER_WEBHOOK_SECRET: secret }).webhookSecret).toBe(secret);
		expect(shown({ PROVIDER_WEBHOOK_SECRET: secret }, 'PROVIDER_WEBHOOK_SECRET')).toBe('********');
	}
});

describe('Twilio', () => {
	test('needs both halves of its sign-in', () => {
		expect(outboundOf({}).twilio).toBeUndefined();
		const env = { TWILIO_ACCOUNT_SID: SID, TWILIO_AUTH_TOKEN: 'hush' };
		expect(outboundOf(env).twilio).toEqual({
			accountSid: SID,
			authToken: 'hush',
			apiUrl: new URL('https://api.twilio.com'),
		});
		expect(shown(env, 'TWILIO_AUTH_TOKEN')).toBe('********');
		expect(faultsOf({ TWILIO_ACCOUNT_SID: SID })).toEqual({
			TWILIO_AUTH_TOKEN: 'is missing beside TWILIO_ACCOUNT_SID: set both or none',
		});
		expect(Object.keys(faultsOf({ TWILIO_AUTH_TOKEN: 'hush' }))).toEqual(['TWILIO_ACCOUNT_SID']);
	});

	test('is not signed in to with the halves exchanged', () => {
		expect(Object.keys(faultsOf({ TWILIO_ACCOUNT_SID: 'hush', TWILIO_AUTH_TOKEN: SID }))).toEqual([
			'TWILIO_ACCOUNT_SID',
		]);
	});
});

test('the longest wait is not below the first, and this is said beside all other faults', () => {
	const faults = faultsOf({
		PROVIDER_BACKOFF_BASE_MS: '2000',
		PROVIDER_BACKOFF_MAX_MS: '1999',
		TWILIO_AUTH_TOKEN: 'hush',
		PORT: 'x',
	});
	expect(Object.keys(faults).sort()).toEqual(['PORT', 'PROVIDER_BACKOFF_MAX_MS', 'TWILIO_ACCOUNT_SID']);
	expect(faults['PROVIDER_BACKOFF_MAX_MS']).toBe('must not be below PROVIDER_BACKOFF_BASE_MS, which is 2000');
});

test.each([
	[{}, true],
	[{ NODE_ENV: 'production', JWT_SECRET: 'x'.repeat(32) }, false],
	[{ NODE_ENV: 'production', JWT_SECRET: 'x'.repeat(32), MOCK_PROVIDER: 'on' }, true],
	[{ MOCK_PROVIDER: 'off' }, false],
	[{ SMS_PROVIDER_URL: 'http://127.0.0.1:1' }, false],
	[{ EMAIL_FALLBACK_PROVIDER_URL: 'http://127.0.0.1:1' }, false],
	[{ SMTP_URL: 'smtp://127.0.0.1' }, false],
	[{ TWILIO_ACCOUNT_SID: SID, TWILIO_AUTH_TOKEN: 'hush' }, false],
	[{ SMTP_URL: 'smtp://127.0.0.1', MOCK_PROVIDER: 'on' }, true],
])('with %j the mock provider is started: %s', (env: NodeJS.ProcessEnv, isStarted) => {
	expect(outboundOf(env).mockProvider).toBe(isStarted);
});

test('there is no reply to HELP where it is off', () => {
	expect(outboundOf({}).helpReply).toBe('Reply STOP to receive no more messages.');
	expect(outboundOf({ SMS_HELP_REPLY: 'Off' }).helpReply).toBeUndefined();
	expect(outboundOf({ SMS_HELP_REPLY: 'Call us.' }).helpReply).toBe('Call us.');
});
