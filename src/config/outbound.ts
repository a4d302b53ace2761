import { z } from 'zod';
import { MASK, maskUrl } from './database.ts';
import {
	choice,
	flag,
	integer,
	isDecodable,
	milliseconds,
	type Refusal,
	refuse,
	setting,
	wholeNumber,
} from './values.ts';

const DAY_MS = 86_400_000;

/** A provider's, perhaps with a user and a password (Basic). The text may hold secrets, so no message repeats it. */
function readProviderUrl(text: string): URL | Refusal {
	const url = URL.parse(text.trim());
	if (url === null || !isHttp(url)) return refuse('must be an http or https URL');
	if (!isDecodable(url.username + url.password))
		return refuse('must have what is special in a user or password percent-encoded');
	if (url.hash !== '') return refuse('must not have a "#": it would never be sent');
	return url;
}

/** Without what only one kind of request would need: paths are added to it. */
function readBaseUrl(text: string): URL | Refusal {
	const url = URL.parse(text.trim());
	if (url === null || !isHttp(url)) return refuse('must be an http or https URL');
	if (`${url.username}${url.password}${url.search}${url.hash}` !== '')
		return refuse('must be without a user, a password, "?" and "#"');
	return url;
}

const SMTP_FORMS = 'smtp://user:password@host:587, encrypted by STARTTLS, or smtps://user:password@host:465';

function readSmtpUrl(text: string): URL | Refusal {
	const url = URL.parse(text.trim());
	if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '')
		return refuse(`must be a mail server as ${SMTP_FORMS}`);
	if (!isDecodable(url.username + url.password))
		return refuse('must have what is special in a user or password percent-encoded');
	if ((url.username === '') !== (url.password === ''))
		return refuse('must have a user and a password, or none');
	if (!/^\/?$/.test(url.pathname) || url.hash !== '') return refuse('must have nothing behind host and port');
	if (url.search !== '' && (url.protocol === 'smtps:' || !/^\?encrypt=(true|false)$/.test(url.search)))
		return refuse('takes no parameter but ?encrypt=false, with smtp: alone');
	return url;
}

function isHttp(url: URL): boolean {
	return url.protocol === 'http:' || url.protocol === 'https:';
}

function readAccountSid(text: string): string | Refusal {
	const sid = text.trim();
	return /^AC[0-9a-f]{32}$/i.test(sid) ? sid : refuse('must be AC and 32 hexadecimal digits');
}

function readAuthToken(text: string): string | Refusal {
	const token = text.trim();
	return /^[!-~]+$/.test(token) ? token : refuse('must be one word of printable ASCII');
}

/** A key of Standard Webhooks: base64 of 24 to 64 bytes behind `whsec_`. */
function readWebhookSecret(text: string): string | Refusal {
	const secret = text.trim();
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
	const isWhole = secret === `whsec_${key.toString('base64')}`;
	if (isWhole && key.length >= 24 && key.length <= 64) return secret;
	return refuse('must be whsec_ and 24 to 64 bytes in base64 (openssl rand -base64 32)');
}

const HELP_REPLY = 'Reply STOP to receive no more messages.';
const HELP_REPLY_CHARACTERS = 480;

/** `off` is undefined: no reply. */
function readHelpReply(text: string): { readonly text: string | undefined } | Refusal {
	const reply = text.trim();
	if (reply.toLowerCase() === 'off') return { text: undefined };
	if (reply !== '' && reply.length <= HELP_REPLY_CHARACTERS) return { text: reply };
	return refuse(`must be off, or a text of at most ${HELP_REPLY_CHARACTERS} characters`);
}

/** Who carries messages outside, how long and how fast they are tried, and how the outside reaches the service. */
export const outboundModel = z.object({
	SMS_PROVIDER_URL: setting(readProviderUrl).optional(),
	SMS_FALLBACK_PROVIDER_URL: setting(readProviderUrl).optional(),
	EMAIL_PROVIDER_URL: setting(readProviderUrl).optional(),
	EMAIL_FALLBACK_PROVIDER_URL: setting(readProviderUrl).optional(),
	TWILIO_ACCOUNT_SID: setting(readAccountSid).optional(),
	TWILIO_AUTH_TOKEN: setting(readAuthToken).optional(),
	TWILIO_API_URL: setting(readBaseUrl).default(new URL('https://api.twilio.com')),
	SMTP_URL: setting(readSmtpUrl).optional(),
	MOCK_PROVIDER: choice(['auto', 'on', 'off']).default('auto'),
	PUBLIC_URL: setting(readBaseUrl).optional(),
	PROVIDER_WEBHOOK_SECRET: setting(readWebhookSecret).optional(),
	PROVIDER_IDEMPOTENT: flag(false),
	PROVIDER_TIMEOUT_MS: milliseconds(10_000, 50, 600_000),
	PROVIDER_MAX_ATTEMPTS: integer(8, { min: 1, max: 1000, unit: 'attempts' }),
	PROVIDER_BACKOFF_BASE_MS: milliseconds(1000, 1, DAY_MS),
	PROVIDER_BACKOFF_MAX_MS: milliseconds(600_000, 1, DAY_MS),
	PROVIDER_RATE_PER_SECOND: wholeNumber({ min: 1, max: 100_000, unit: 'messages' }).optional(),
	PROVIDER_MAX_IN_FLIGHT: integer(32, { min: 1, max: 10_000, unit: 'calls' }),
	SMS_HELP_REPLY: setting(readHelpReply).default({ text: HELP_REPLY }),
	ALLOW_PRIVATE_URLS: flag(false),
});

type Values = z.output<typeof outboundModel>;

/** What no single variable can tell: both halves of Twilio's sign-in or none, and a longest wait not below the first. */
export function findOutboundFaults(
	given: Readonly<Record<string, string>>,
): readonly { readonly name: string; readonly problem: string }[] {
	const faults = [];
	for (const [name, other] of [
		['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'],
		['TWILIO_AUTH_TOKEN', 'TWILIO_ACCOUNT_SID'],
	] as const) {
		if (given[name] === undefined && given[other] !== undefined)
			faults.push({ name, problem: `is missing beside ${other}: set both or none` });
	}
	const backoff = outboundModel
		.pick({ PROVIDER_BACKOFF_BASE_MS: true, PROVIDER_BACKOFF_MAX_MS: true })
		.safeParse(given).data;
	if (backoff !== undefined && backoff.PROVIDER_BACKOFF_MAX_MS < backoff.PROVIDER_BACKOFF_BASE_MS)
		faults.push({
			name: 'PROVIDER_BACKOFF_MAX_MS',
			problem: `must not be below PROVIDER_BACKOFF_BASE_MS, which is ${backoff.PROVIDER_BACKOFF_BASE_MS}`,
		});
	return faults;
}

export interface TwilioConfig {
	readonly accountSid: string;
	readonly authToken: string;
	readonly apiUrl: URL;
}

export type OutboundConfig = ReturnType<typeof outboundConfig>;

/** As the providers and the worker take it, durations in milliseconds. `findOutboundFaults` has said what may not be. */
export function outboundConfig(values: Values, production: boolean) {
	const hasProvider =
		(values.SMS_PROVIDER_URL ??
			values.SMS_FALLBACK_PROVIDER_URL ??
			values.EMAIL_PROVIDER_URL ??
			values.EMAIL_FALLBACK_PROVIDER_URL ??
			values.TWILIO_ACCOUNT_SID ??
			values.SMTP_URL) !== undefined;
	return {
		/** These may hold a user and a password. */
		smsProviderUrl: values.SMS_PROVIDER_URL,
		smsFallbackProviderUrl: values.SMS_FALLBACK_PROVIDER_URL,
		emailProviderUrl: values.EMAIL_PROVIDER_URL,
		emailFallbackProviderUrl: values.EMAIL_FALLBACK_PROVIDER_URL,
		smtpUrl: values.SMTP_URL,
		twilio: twilioConfig(values),
		/** Whether the mock provider is started, and serves the channels that have no other. */
		mockProvider:
			values.MOCK_PROVIDER === 'on' || (values.MOCK_PROVIDER === 'auto' && !production && !hasProvider),
		/** Where the outside reaches this service; its path may be more than `/`. */
		publicUrl: values.PUBLIC_URL,
		/** `whsec_…` */
		webhookSecret: values.PROVIDER_WEBHOOK_SECRET,
		/** Whether the providers of the generic wire honour their idempotency key. */
		isIdempotent: values.PROVIDER_IDEMPOTENT,
		/** Of one call, whole. */
		timeoutMs: values.PROVIDER_TIMEOUT_MS,
		maxAttempts: values.PROVIDER_MAX_ATTEMPTS,
		backoffBaseMs: values.PROVIDER_BACKOFF_BASE_MS,
		backoffMaxMs: values.PROVIDER_BACKOFF_MAX_MS,
		/** Of each provider, over all nodes; undefined without a limit. */
		ratePerSecond: values.PROVIDER_RATE_PER_SECOND,
		/** Of each provider and node. */
		maxInFlight: values.PROVIDER_MAX_IN_FLIGHT,
		/** Undefined: no reply. */
		helpReply: values.SMS_HELP_REPLY.text,
		/** Whether URLs of attachments and webhooks may lead into private networks. */
		allowPrivateUrls: values.ALLOW_PRIVATE_URLS,
	} as const;
}

function twilioConfig(values: Values): TwilioConfig | undefined {
	const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_API_URL: apiUrl } = values;
	if (accountSid === undefined || authToken === undefined) return undefined;
	return { accountSid, authToken, apiUrl };
}

/** What an operator may read of them. */
export function describeOutbound(values: Values) {
	return {
		SMS_PROVIDER_URL: values.SMS_PROVIDER_URL && maskLogin(values.SMS_PROVIDER_URL),
		SMS_FALLBACK_PROVIDER_URL:
			values.SMS_FALLBACK_PROVIDER_URL && maskLogin(values.SMS_FALLBACK_PROVIDER_URL),
		EMAIL_PROVIDER_URL: values.EMAIL_PROVIDER_URL && maskLogin(values.EMAIL_PROVIDER_URL),
		EMAIL_FALLBACK_PROVIDER_URL:
			values.EMAIL_FALLBACK_PROVIDER_URL && maskLogin(values.EMAIL_FALLBACK_PROVIDER_URL),
		SMTP_URL: values.SMTP_URL && maskUrl(values.SMTP_URL.href),
		TWILIO_AUTH_TOKEN: values.TWILIO_AUTH_TOKEN && MASK,
		PROVIDER_WEBHOOK_SECRET: values.PROVIDER_WEBHOOK_SECRET && MASK,
		SMS_HELP_REPLY: values.SMS_HELP_REPLY.text ?? 'off',
	};
}

/** A user without a password is a token, and so may be any parameter. */
function maskLogin(url: URL): string {
	const shown = new URL(url);
	if (shown.password !== '') shown.password = MASK;
	else if (shown.username !== '') shown.username = MASK;
	for (const name of shown.searchParams.keys()) shown.searchParams.set(name, MASK);
	return shown.href;
}
